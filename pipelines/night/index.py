"""The page that lists the nights of a home, made anew at the end of each of them."""

from pipelines.house.counties import county_name
from pipelines.house.home import hold
from pipelines.house.settings import Settings
from pipelines.reporting.index_page import ListedNight, write_index
from warehouse.books.runs import last_recorded_counts


def list_nights(settings: Settings) -> None:
    """Write ``HOME/index.html`` from the books: the last recorded run of each county and day."""
    home = settings.home
    # one writer at a time reads and writes: who looked earlier must not write later
    with hold(home.lake, "index"):
        nights = last_recorded_counts(home.books)
        write_index(home.lake, [ListedNight(run, of, county_name(of), day, counts) for run, of, day, counts in nights])
