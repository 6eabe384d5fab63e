"""Why rows were refused, in the words that a department can act on."""

from decimal import Decimal
from difflib import get_close_matches

import pyarrow as pa
import pyarrow.compute as pc

from expectations.codes import CodeList
from expectations.feed import Code, Feed
from expectations.reasons import Reason, fault_of
from pipelines.reading.notices import Cause, Notice
from warehouse.books.deliveries import Accounting

_ROWS_SHOWN = 10
LABELS_SHOWN = 20
"""Texts of a column that no code list knows: so many are told, the rest is counted."""

_LEAST_ALIKE = 0.4


def explain_bad_rows(feed: Feed, accounting: Accounting, allowed_percent: Decimal, problems: pa.Table) -> list[Notice]:
    """The sentence on the share, then one a file, column and reason with the first row numbers.

    Of labels that no code list knows one a label.
    """
    rows = accounting.read - accounting.totals_or_blank
    share = Decimal(100 * accounting.quarantined) / rows
    said = (
        f"数据行共{rows}行，其中{accounting.quarantined}行（{share:.2f}%）有问题，超过允许的{allowed_percent}%，"
        "整批退回。请按下列各项更正后重新报送"
    )
    out = [Notice(Cause.TOO_MANY_BAD_ROWS, said)]
    refused = problems.filter(pc.equal(problems["scope"], "row"))
    is_label = pc.equal(refused["reason"], Reason.UNKNOWN_CODE.value)
    refused = refused.append_column("label", pc.if_else(is_label, refused["value"], pa.scalar(None, pa.string())))
    by = ["file", "sheet", "column", "heading", "reason", "detail", "label"]
    # Arrow's groups are mostly, not always, in the order in which they are met
    refused = refused.append_column("place", pa.array(range(len(refused)), pa.int64()))
    grouped = refused.group_by(by, use_threads=False).aggregate([("row", "list"), ("row", "count"), ("place", "min")])
    groups = grouped.sort_by("place_min").drop_columns(["place_min"])
    firsts = pc.list_slice(groups["row_list"], 0, _ROWS_SHOWN).to_pylist()
    labels: dict[tuple[str, str], int] = {}
    for group, first in zip(groups.drop_columns(["row_list"]).to_pylist(), firsts, strict=True):
        place = (group["file"], group["heading"])
        labels[place] = labels.get(place, 0) + (group["label"] is not None)
        if labels[place] > LABELS_SHOWN and group["label"] is not None:
            continue
        told = say_fault(feed, group["column"], group["reason"], group["detail"], group["label"])
        said = f"“{group['heading']}”列有{group['row_count']}行{told}"
        where_to = (group["file"], group["sheet"], tuple(first))
        out.append(Notice(group["reason"], said, *where_to, group["heading"], group["row_count"]))
    out += [
        Notice(Reason.UNKNOWN_CODE, f"“{heading}”列另有{count - LABELS_SHOWN}种写法不在代码表内", file)
        for (file, heading), count in labels.items()
        if count > LABELS_SHOWN
    ]
    return out


def say_fault(feed: Feed, column: str, reason: str, detail: str | None, value: str | None) -> str:
    """What is wrong with a cell; of a label that no code list knows the label, the likest that one does, what to do."""
    told = fault_of(reason, detail).label
    kind = feed[column].type
    if reason != Reason.UNKNOWN_CODE or not value or not isinstance(kind, Code):
        return told
    near = nearest_label(kind.codes, value)
    own = f"本县通用的写法由县级写入政策文件：labels.{column}"
    if near:
        return (
            f"“{value}”{told}，最接近的是“{near}”。如果就是它，请改成它；不是的，请按填报说明中的选项填写。"
            f"{own}（{value}: {near}）"
        )
    return f"“{value}”{told}，也没有相近的。请改成以下之一：{'、'.join(kind.codes.labels)}。{own}"


def nearest_label(codes: CodeList, value: str) -> str | None:
    """The label whose words are most like a text, where any are."""
    accepted = codes.mapping()
    near = get_close_matches(value, accepted, n=1, cutoff=_LEAST_ALIKE)
    return accepted[near[0]] if near else None
