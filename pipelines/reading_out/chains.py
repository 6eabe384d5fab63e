"""The books' chains followed, and looked for in them what was noted elsewhere."""

from collections.abc import Sequence

from pipelines.house.settings import Settings
from pipelines.recording.verify import LedgerCheck, counties_with_events, verify_ledger
from warehouse.books.audit import AuditCheck, verify_audit
from warehouse.books.heads import AUDIT, noted_heads


def verify_ledgers(settings: Settings, expected: Sequence[str] = ()) -> tuple[list[LedgerCheck], list[str]]:
    """Each county's chains (of those asked for), and heads of ``expected`` that are in none of them."""
    books = settings.home.books
    noted = {chain: heads for chain, heads in noted_heads(settings.home.lake).items() if chain != AUDIT}
    counties = settings.counties or sorted({*counties_with_events(books), *noted})
    checks = [verify_ledger(books, county, noted.get(county, ())) for county in counties]
    missing = set(expected)
    for county in counties if missing else ():
        missing &= set(verify_ledger(books, county, missing).lost)
    return checks, sorted(missing)


def verify_log(settings: Settings, expected: Sequence[str] = ()) -> AuditCheck:
    """The audit log's chain, with what was noted of it and what is expected."""
    noted = noted_heads(settings.home.lake).get(AUDIT, set())
    return verify_audit(settings.home.books, {*noted, *expected})
