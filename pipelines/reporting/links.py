"""Which register household a finding leads to, and who helps it (帮扶责任人)."""

from dataclasses import dataclass
from typing import Final

import duckdb
import pyarrow as pa

from warehouse.current import Conformed

_LINKING = ("register_members", "register_households", "low_income_members", "low_income_households")
_LINKS: Final = pa.schema([("certificate_no", pa.string()), ("household_no", pa.string())])
_HELPED: Final = pa.schema([("household_no", pa.string()), ("helper_name", pa.string())])

NO_HELPER: Final = "未登记"
"""What stands where the register names nobody who helps a household."""


@dataclass(frozen=True)
class Homes:
    """``links``: (certificate_no, household_no), one row a certificate that shares a person with a household.

    ``helped``: (household_no, helper_name) of every household of the register, null where it names nobody; no row where
    the register is not there, and nothing is said of helpers then. Both sorted.
    """

    links: pa.Table
    helped: pa.Table


NO_HOMES: Final = Homes(_LINKS.empty_table(), _HELPED.empty_table())
"""Nothing is known of households."""


def homes_of(conformed: Conformed) -> Homes:
    """By the current rows of a run.

    Certificates in force or not: a visit goes to the household all the same. Of several households the least number.
    """
    return Homes(_linked(conformed), _helped(conformed))


def _linked(conformed: Conformed) -> pa.Table:
    """Linked as rules.md says: they share a person."""
    if any(feed not in conformed.feeds for feed in _LINKING):
        return _LINKS.empty_table()
    members, households, listed, certificates = (conformed.feeds[feed].sql() for feed in _LINKING)
    with duckdb.connect() as connection:
        return connection.execute(
            f"""SELECT l.certificate_no, min(m.household_no) AS household_no
            FROM ({listed}) l JOIN ({members}) m USING (person_id)
            JOIN (SELECT DISTINCT household_no FROM ({households})) h USING (household_no)
            JOIN (SELECT DISTINCT certificate_no FROM ({certificates})) c USING (certificate_no)
            WHERE m.person_status = '正常' GROUP BY 1 ORDER BY 1"""
        ).to_arrow_table()


def _helped(conformed: Conformed) -> pa.Table:
    if "register_households" not in conformed.feeds:
        return _HELPED.empty_table()
    households = conformed.feeds["register_households"].sql()
    with duckdb.connect() as connection:
        return connection.execute(
            f"SELECT household_no, helper_name FROM ({households}) ORDER BY household_no"
        ).to_arrow_table()
