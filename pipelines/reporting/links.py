"""Which register household a certificate belongs to: they share a person (rules.md, linked)."""

import duckdb
import pyarrow as pa

from warehouse.current import Conformed

_FEEDS = ("register_members", "register_households", "low_income_members", "low_income_households")
_SCHEMA = pa.schema([("certificate_no", pa.string()), ("household_no", pa.string())])


def linked_households(conformed: Conformed) -> pa.Table:
    """(certificate_no, household_no), one row a certificate that shares a person with a household; sorted.

    Certificates in force or not: a visit goes to the household all the same. Of several households the least number.
    """
    if any(feed not in conformed.feeds for feed in _FEEDS):
        return _SCHEMA.empty_table()
    members, households, listed, certificates = (conformed.feeds[feed].sql() for feed in _FEEDS)
    with duckdb.connect() as connection:
        return connection.execute(
            f"""SELECT l.certificate_no, min(m.household_no) AS household_no
            FROM ({listed}) l JOIN ({members}) m USING (person_id)
            JOIN (SELECT DISTINCT household_no FROM ({households})) h USING (household_no)
            JOIN (SELECT DISTINCT certificate_no FROM ({certificates})) c USING (certificate_no)
            WHERE m.person_status = '正常' GROUP BY 1 ORDER BY 1"""
        ).to_arrow_table()
