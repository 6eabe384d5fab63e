"""What other offices' books say when nobody makes a mistake: lawful things, of which no rule asks anything.

Whatever a rule could ask about is told of those alone whom no rule helps (``Chosen.unaided``), or in the kind that the
rules leave out; what they do ask about is planted (mistakes/offices).
"""

from collections.abc import Mapping

from pipelines.simulator.books import Book
from pipelines.simulator.chosen import Chosen
from pipelines.simulator.departments.moment import Moment
from pipelines.simulator.offices.county_office import outside_leads, work_plans
from pipelines.simulator.offices.development import relocations
from pipelines.simulator.offices.disabled_federation import disabilities
from pipelines.simulator.offices.finance import public_payroll
from pipelines.simulator.offices.human_resources import pensions
from pipelines.simulator.offices.market_regulation import business_licences
from pipelines.simulator.offices.medical import medical_costs
from pipelines.simulator.offices.natural_resources import real_estate
from pipelines.simulator.offices.public_security import deaths, vehicles
from pipelines.simulator.offices.totals import reported_totals


def keep_office_books(m: Moment, chosen: Chosen, books: Mapping[str, Book]) -> dict[str, Book]:
    """The other offices' books at a moment, by feed name; ``books`` are the nine, from which totals are reported."""
    kept = (
        deaths(m, chosen),
        vehicles(m, chosen),
        real_estate(m, chosen),
        business_licences(m, chosen),
        public_payroll(m, chosen),
        pensions(m, chosen),
        disabilities(m, chosen),
        medical_costs(m, chosen),
        relocations(m, chosen),
        reported_totals(m, books),
        outside_leads(m, chosen),
        work_plans(m),
    )
    return {book.feed.name: book for book in kept}
