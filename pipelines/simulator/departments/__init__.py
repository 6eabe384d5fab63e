"""What each department's book says at an as-of date when nobody makes a mistake."""

from pipelines.simulator.books import Book
from pipelines.simulator.departments.assistance import low_income_households, low_income_members, low_income_payments
from pipelines.simulator.departments.education import education_subsidies, students
from pipelines.simulator.departments.housing import housing_renovations
from pipelines.simulator.departments.insurance import insurance_enrolments
from pipelines.simulator.departments.moment import Moment
from pipelines.simulator.departments.register import register_households, register_members


def keep_books(m: Moment) -> dict[str, Book]:
    """The books at a moment, by feed name: one of each feed that is declared as simulated."""
    pupils = students(m)
    kept = (
        register_households(m),
        register_members(m),
        low_income_households(m),
        low_income_members(m),
        low_income_payments(m),
        insurance_enrolments(m),
        pupils,
        education_subsidies(m, pupils),
        housing_renovations(m),
    )
    return {book.feed.name: book for book in kept}
