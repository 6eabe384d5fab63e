"""Every kind of whole file over every feed and format: read as it was meant, or refused for what it is."""

import pytest
from feed_tables import AS_OF, COUNTY
from kinds import files, natives, texts
from kinds.files import KINDS
from sent_files import FORMATS

from expectations.feeds import FEEDS
from pipelines.reading.arrival import Arrival
from pipelines.staging.contents import open_contents


@pytest.mark.parametrize("feed", FEEDS, ids=lambda f: f.name)
def test_every_kind_of_file_is_read_as_meant_or_refused_for_what_it_is(tmp_path, feed):
    unlike = []
    for name, kind in KINDS.items():
        for form in kind.forms:
            path = kind.write(tmp_path, feed, form)
            arrival = Arrival(feed.name, COUNTY, AS_OF, (path,), (path.name,))
            with open_contents(arrival, feed, tmp_path / "scratch") as contents:
                refused = kind.refused(feed)
                said = [str(n.reason) for n in contents.problems]
                if said != refused:
                    unlike.append(f"{name}, {form}: {said} and not {refused}")
                if refused or said:
                    assert all(n.text for n in contents.problems)
                    continue
                warned = [str(n.reason) for n in contents.warnings]
                rows = sum(len(b) for t in contents.tables for b in t.batches())
                scales = {h.scale for t in contents.tables for h in t.layout.columns.values() if h.is_money}
                meant = {kind.scale or 1} if files.money_of(feed) else set()
                if (warned, rows, scales) != (kind.warned(feed), kind.rows, meant):
                    unlike.append(f"{name}, {form}: {warned}, {rows} rows, times {scales}")
            path.unlink()
    assert unlike == []


def test_each_kind_says_why_it_is_asked_of_no_other_format():
    assert [name for name, kind in KINDS.items() if set(kind.forms) != set(FORMATS) and not kind.why] == []
    assert all(set(kind.forms) <= set(FORMATS) for kind in KINDS.values())


def test_every_part_of_what_a_file_really_says_has_its_kinds():
    """The twelve parts of the list that this table grew from; 11 are pulls, whose types are in ``kinds.typed``."""
    parts = {k.part for k in [*KINDS.values(), *texts.KINDS.values(), *natives.KINDS.values()]}
    assert parts | {11} == set(range(1, 13))
