"""Evidence as people read it: a line for each row, absence or policy value, rendered by DuckDB for all at once."""

from collections.abc import Sequence
from typing import Final

import duckdb
import pyarrow as pa

from expectations.feed import Feed, YesNo, problem_column
from expectations.identity import IdentityProblem
from expectations.masks import CLEAR, WHOLE, Audience, mask_of, masks_for
from expectations.policies import PARAMETERS
from pipelines.house.words import day_in_digits
from pipelines.reporting.numbers_in_text import masked_text
from warehouse.books.deliveries import Delivery
from warehouse.sql import cases, literal

LINES_SHOWN: Final = 25
"""More lines than this make a row taller than a spreadsheet can show; the rest is counted, not shown."""

_WAYS: Final = tuple(dict.fromkeys((CLEAR, WHOLE, *masks_for(Audience.DEPARTMENT).values())))
"""How a department is shown a value; ``kind`` of a label is the place in here, or what needs words of its own."""

_ITEM: Final = (
    '[{"feed":"VARCHAR","delivery":"VARCHAR","file":"VARCHAR","sheet":"VARCHAR","row":"VARCHAR",'
    '"searched":"VARCHAR","policy":"VARCHAR","value":"VARCHAR","from":"VARCHAR","source":"VARCHAR","on":"VARCHAR",'
    '"values":"MAP(VARCHAR, VARCHAR)"}]'
)


def register_labels(
    connection: duckdb.DuckDBPyConnection,
    feeds: Sequence[Feed],
    deliveries: Sequence[Delivery],
) -> None:
    """Make the words that evidence lines need known to the connection, from the declarations."""
    columns: list[dict[str, str]] = []
    for feed in feeds:
        for c in feed.columns:
            mask = WHOLE if feed.discreet else mask_of(feed.name, c.name, Audience.DEPARTMENT)
            kind = "yes_no" if isinstance(c.type, YesNo) and mask.is_clear else str(_WAYS.index(mask))
            columns.append({"feed": feed.name, "name": c.name, "title": c.title, "unit": c.unit, "kind": kind})
            if c.is_identity_number:
                name, title = problem_column(c.name), f"{c.title}问题"
                if not feed.discreet and mask_of(feed.name, name, Audience.DEPARTMENT).is_clear:
                    columns.append({"feed": feed.name, "name": name, "title": title, "unit": "", "kind": "problem"})
    policies = [{"policy": key, "label": p.title_of(key), "unit": p.unit} for p in PARAMETERS for key in p.keys]
    text = pa.string()
    tables = {
        "column_labels": pa.Table.from_pylist(
            columns, pa.schema([(n, text) for n in ("feed", "name", "title", "unit", "kind")])
        ),
        "feed_labels": pa.table({"feed": [f.name for f in feeds], "title": [f.title for f in feeds]}),
        "delivery_days": pa.table(
            {
                "delivery": pa.array([d.id for d in deliveries], text),
                "as_of": pa.array([day_in_digits(d.as_of) for d in deliveries], text),
            }
        ),
        "policy_labels": pa.Table.from_pylist(policies),
        "problem_labels": pa.table(
            {"problem": [p.value for p in IdentityProblem], "label": [p.label for p in IdentityProblem]}
        ),
    }
    for name, table in tables.items():
        connection.register(name, table)


def render_evidence(connection: duckdb.DuckDBPyConnection) -> None:
    """From table ``open_findings`` (n, evidence) make ``rendered`` (n, evidence, sources): readable lines.

    A row: 「建档立卡户 file.xlsx 第123行：本年度人均纯收入=3000.00元/人·年」. A value is shown as a department may
    see its column, ``***`` where no declaration knows it.
    """
    masked = cases("c.kind", {str(n): way.sql("v.value") for n, way in enumerate(_WAYS)}, WHOLE.sql("v.value"))
    shown = f"""CASE WHEN v.value IS NULL THEN '（空）'
        WHEN c.kind = 'yes_no' THEN CASE lower(v.value) WHEN 'true' THEN '是' WHEN 'false' THEN '否' ELSE v.value END
        WHEN c.kind = 'problem' THEN coalesce(p.label, v.value)
        ELSE ({masked}) || coalesce(c.unit, '') END"""
    connection.execute(f"""
        CREATE TEMP TABLE items AS
        SELECT n, household_no, certificate_no, case_no, generate_subscripts(item, 1) AS position,
               unnest(item, max_depth := 2)
        FROM (SELECT n, household_no, certificate_no, case_no, from_json(nullif(evidence, ''), {literal(_ITEM)}) AS item
              FROM open_findings)
    """)
    connection.execute(f"""
        CREATE TEMP TABLE item_values AS
        SELECT v.n, v.position,
               string_agg(coalesce(c.title, v.key) || '=' || {shown}, '；' ORDER BY v.place) AS shown
        FROM (SELECT n, position, feed, generate_subscripts(map_keys("values"), 1) AS place,
                     unnest(map_keys("values")) AS key, unnest(map_values("values")) AS value FROM items) v
        LEFT JOIN column_labels c ON c.feed = v.feed AND c.name = v.key
        LEFT JOIN problem_labels p ON c.kind = 'problem' AND p.problem = v.value
        GROUP BY v.n, v.position
    """)
    # a delivery that is no longer in force (the rule was not evaluated since) still names its day in its id
    from_id = "try_strptime(regexp_extract(i.delivery, '_(\\d{8})_', 1), '%Y%m%d')"
    day = f"coalesce(d.as_of, strftime({from_id}, '%Y-%m-%d'))"
    searched = masked_text("i.searched", "i.household_no", "i.certificate_no", "i.case_no")
    connection.execute(f"""
        CREATE TEMP TABLE lines AS
        SELECT i.n, i.position, coalesce(f.title, i.feed) AS title, {day} AS as_of,
               CASE
                 WHEN i.policy IS NOT NULL THEN '政策标准 ' || coalesce(l.label, i.policy)
                   || '=' || coalesce(translate(i.value, '"{{}}[]', ''), '') || coalesce(l.unit, '')
                   || coalesce('（' || nullif(concat_ws('，', i."on" || '时', nullif(i."from", '') || '起',
                               nullif(i.source, '')), '') || '）', '')
                 WHEN i.row IS NOT NULL THEN coalesce(f.title, i.feed) || ' ' || coalesce(i.file, '')
                   || coalesce('「' || nullif(i.sheet, '') || '」', ' ') || '第' || i.row || '行'
                   || coalesce('：' || v.shown, '')
                 ELSE coalesce(f.title, i.feed) || coalesce(' 截至' || {day}, '')
                   || coalesce('：' || {searched}, '') || coalesce('：' || v.shown, '')
               END AS line
        FROM items i
        LEFT JOIN item_values v USING (n, position)
        LEFT JOIN feed_labels f ON f.feed = i.feed
        LEFT JOIN delivery_days d ON d.delivery = i.delivery
        LEFT JOIN policy_labels l ON l.policy = i.policy
    """)
    connection.execute(f"""
        CREATE TEMP TABLE rendered AS
        WITH told AS (
          SELECT n, count(*) AS number,
                 string_agg(line, chr(10) ORDER BY position) FILTER (WHERE position <= {LINES_SHOWN}) AS evidence
          FROM lines GROUP BY n
        ), named AS (
          SELECT n, string_agg(title || coalesce(' ' || as_of, ''), chr(10) ORDER BY first) AS sources
          FROM (SELECT n, title, as_of, min(position) AS first FROM lines WHERE title IS NOT NULL
                GROUP BY n, title, as_of)
          GROUP BY n
        )
        SELECT n, evidence || CASE WHEN number > {LINES_SHOWN}
                 THEN chr(10) || '……另有' || (number - {LINES_SHOWN}) || '条，见数据组' ELSE '' END AS evidence,
               sources
        FROM told LEFT JOIN named USING (n)
    """)
