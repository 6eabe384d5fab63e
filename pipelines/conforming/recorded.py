"""The rows that counted in a run of the books, whatever has arrived since."""

from pipelines.conforming.current import conform
from pipelines.house.settings import Settings
from warehouse.books.deliveries import list_deliveries, once_accepted
from warehouse.books.runs import Run
from warehouse.books.schema import deliveries
from warehouse.current import Conformed


def conformed_of(settings: Settings, run: Run) -> Conformed:
    """The rows that counted in a run of the books; what no document allows any more does not count (decision 0043)."""
    wanted = {delivery for ids in run.deliveries.values() for delivery in ids}
    known = list_deliveries(settings.home.books, (deliveries.c.county == run.county,))
    chosen = [one for one in known if one.id in wanted]
    ever = [one for one in once_accepted(settings.home.books, known) if one.received_at <= run.started_at]
    return conform(settings.home.lake, chosen, run.county, run.as_of, settings.policies.at(run.county, run.as_of), ever)
