"""Characters that were lost on the way, and text in another encoding, are told over every feed."""

import pytest
from feed_tables import rows_of, text_table
from sent_files import with_cells

from expectations.feed import Name, Text
from expectations.feeds import FEEDS, FEEDS_BY_NAME

each_feed = pytest.mark.parametrize("feed", FEEDS, ids=lambda f: f.name)


@each_feed
def test_a_name_that_lost_a_character_or_has_none_is_none(bench, feed):
    names = [c for c in feed.columns if isinstance(c.type, Name)]
    lost = ["王?", "李\ufffd", "张□", "刘？？", "\ue000四", "陈〓"]
    spoilt = [
        *((t, "lost_characters") for t in lost),
        ("12345", "no_letter"),
        ("——·", "no_letter"),
        ("鐜嬩紵", "foreign_encoding"),
        ("ÍõÎ°", "foreign_encoding"),
    ]
    cells = [(c, text) for c in names for text, _ in spoilt]
    staged = bench.stage_csv(feed, with_cells(feed, cells))
    problems = bench.found(staged)
    details = [detail for _ in names for _, detail in spoilt]
    assert problems == {
        (n, c.name): ("row" if c.must_be_there else "value", "bad_text", detail)
        for n, ((c, _), detail) in enumerate(zip(cells, details, strict=True), start=2)
    }


@each_feed
def test_a_replaced_byte_or_a_foreign_encoding_is_told_in_every_text(bench, feed):
    texts = [c for c in feed.columns if isinstance(c.type, Text)]
    cells = [(c, text) for c in texts for text in ("高岭\ufffd", "姘存矡闀囦腑蹇冨皬瀛?", "璇歌憶瀛旀槑")]
    staged = bench.stage_csv(feed, with_cells(feed, cells))
    assert {k: v[1] for k, v in bench.found(staged).items()} == {
        (n, c.name): "bad_text" for n, (c, _) in enumerate(cells, start=2)
    }


def test_a_characters_old_place_and_its_present_one_are_the_same(bench):
    feed = FEEDS_BY_NAME["students"]
    rows = rows_of(feed, 2)
    rows[0]["name"], rows[1]["name"] = "王\u9fb4", "李\U00020087"
    table = text_table(feed, rows)
    table[1][0], table[2][0] = "王\ue81e", "李\ue816"
    staged = bench.stage_csv(feed, table)
    assert [r["name"] for r in bench.rows(staged)] == ["王\u9fb4", "李\U00020087"]
    assert bench.problems(staged) == []


def test_words_stand_open_in_the_list_and_names_do_not(bench):
    feed = FEEDS_BY_NAME["students"]
    table = text_table(feed, rows_of(feed, 3))
    table[1][0], table[2][0] = "#REF!", "王?"
    assert [p["value"] for p in bench.problems(bench.stage_csv(feed, table))] == ["#REF!", "王*"]
