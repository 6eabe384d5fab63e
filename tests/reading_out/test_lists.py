"""Rules, policy and deliveries on a terminal and in a pipe."""

import io
from datetime import date
from pathlib import Path

import pytest
from homes import AS_OF, COUNTY, REJECTED, settings_of
from inboxes import open_inbox
from rich.cells import cell_len
from rich.console import Console

from expectations.rule import Rule
from expectations.rules import RULES
from pipelines.house.language import Language, spoken_in
from pipelines.house.policies import load_policies
from pipelines.house.words import feed_title
from pipelines.night.halves import told_rows
from pipelines.night.summary import numbered_row
from pipelines.reading_out import print_deliveries, print_policy, print_rule, print_rules, rule_row
from warehouse.books.deliveries import list_deliveries


def paper(width: int | None = None) -> Console:
    """A pipe, or a terminal of some width."""
    return Console(
        file=io.StringIO(),
        highlight=False,
        soft_wrap=True,
        width=width,
        force_terminal=width is not None,
        color_system=None,
        legacy_windows=False,
    )


def text_of(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_the_rule_book_has_a_line_a_rule_in_both_languages() -> None:
    for language, name in ((Language.ZH, "name"), (Language.EN, "name_en")):
        console = paper()
        with spoken_in(language):
            print_rules(RULES, console)
        lines = text_of(console).splitlines()
        assert all(any(r.code in line and getattr(r, name) in line for line in lines) for r in RULES)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_one_rule_is_told_whole(rule: Rule) -> None:
    console = paper()
    print_rule(rule, console)
    printed = text_of(console)
    for part in (rule.sentence, rule.expected, rule.actual, rule.explanation, rule.clears_when, rule.basis):
        assert part in printed
    assert all(key in printed for key in rule.policy_keys)
    assert rule_row(rule)["needs"] == list(rule.needs)


def test_policy_shows_every_key_with_its_source_and_villages_as_one_sum() -> None:
    rows = load_policies(None).at(COUNTY, date(2026, 6, 30)).in_force()
    villages = [
        {"key": f"agricultural_population.{COUNTY}10020{n}", "value": 1000, "from": "2026-01-01", "source": f"年报{n}"}
        for n in (1, 2)
    ]
    console = paper()
    print_policy({COUNTY: [*rows, *villages]}, console)
    printed = text_of(console)
    assert all(row["key"] in printed and row["source"].partition(" (liangxian")[0] in printed for row in rows)
    assert "not statutory" not in printed
    assert "2,000（2个村合计）" in printed
    assert villages[0]["key"] not in printed


def test_deliveries_show_their_counts_and_why_one_was_rejected(night_home: Path) -> None:
    rows = [numbered_row(d) for d in list_deliveries(settings_of(night_home).home.books)]
    console = paper()
    print_deliveries(rows, console)
    printed = text_of(console)
    (rejected,) = [row for row in rows if row["status"] == "rejected"]
    assert all(row["id"] in printed for row in rows)
    assert rejected["files"] == [REJECTED]
    assert all(line in printed for line in rejected["reason"].splitlines())


def test_a_half_that_came_alone_says_what_it_waits_for(tmp_path: Path) -> None:
    inbox = open_inbox(tmp_path / "home")
    alone = inbox.send("register_households", 3)
    console = paper()
    print_deliveries(told_rows(inbox.settings, [alone]), console)
    assert "暂不采用" in text_of(console)
    assert "register_members）还没有数据截止2026-06-30的数据" in text_of(console)


def test_on_a_narrow_terminal_no_column_vanishes(night_home: Path) -> None:
    rows = [numbered_row(d) for d in list_deliveries(settings_of(night_home).home.books)]
    console = paper(width=100)
    print_deliveries(rows, console)
    printed = text_of(console)
    assert "522601" in printed
    assert AS_OF.isoformat() in printed
    assert all(len(line) <= 100 for line in printed.splitlines() if line.startswith(" 采用"))


def test_a_terminal_of_80_columns_holds_a_delivery_in_one_line_with_its_number(night_home: Path) -> None:
    rows = [numbered_row(d) for d in list_deliveries(settings_of(night_home).home.books)]
    console = paper(width=80)
    print_deliveries(rows, console)
    lines = [line.split() for line in text_of(console).splitlines() if " 522601 " in line]
    assert [(line[0], line[2]) for line in lines] == [(str(r["number"]), feed_title(r["feed"])) for r in rows]
    assert max(cell_len(line) for line in text_of(console).split("退回 ")[0].splitlines()) <= 80


def test_markup_in_a_departments_text_is_text() -> None:
    row = dict.fromkeys(("as_of", "read", "staged", "quarantined", "totals_or_blank", "repeated", "values_refused"))
    console = paper()
    print_deliveries(
        [{**row, "status": "rejected", "feed": "[bold]x", "county": "522601", "id": "d", "reason": "[red]列[/red]"}],
        console,
    )
    assert "[bold]x" in text_of(console)
    assert "[red]列[/red]" in text_of(console)
