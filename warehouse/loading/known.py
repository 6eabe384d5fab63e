"""Which figures a county's rows let anyone say: the only thing about rows that households' statements depend on."""

from datetime import date
from typing import NamedTuple

import duckdb

from expectations.calendar import settled_date
from expectations.terms import County


class Known(NamedTuple):
    """Whether the county's deliveries speak about the period that is asked for."""

    insurance_year: bool
    """The enrolments have the insurance year of D."""
    education_term: bool
    """The subsidies have the last finished term."""
    school_year: bool
    """The pupils are as of a day on which the school year of D is settled."""

    @classmethod
    def of(cls, connection: duckdb.DuckDBPyConnection, county: County, as_of: dict[str, date]) -> "Known":
        """Looked up in the views ``current_<feed>``; ``as_of`` has the feeds that are there."""
        term = county.term
        settled = settled_date(county.school_year_start, str(county.policy["school.settled_on"]))
        return cls(
            "insurance_enrolments" in as_of
            and _any(connection, "current_insurance_enrolments", year=county.insurance_year),
            "education_subsidies" in as_of
            and _any(connection, "current_education_subsidies", school_year=term.school_year, term=term.term),
            "students" in as_of and as_of["students"] >= settled,
        )


def _any(connection: duckdb.DuckDBPyConnection, view: str, **values: str | int) -> bool:
    where = " AND ".join(f"{column} = ?" for column in values)
    found = connection.execute(f"SELECT EXISTS (FROM {view} WHERE {where})", list(values.values())).fetchone()
    return bool(found and found[0])
