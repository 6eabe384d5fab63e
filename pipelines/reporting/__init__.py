"""Report: the departments' workbooks, the run's summary page, and the summary on a terminal."""
