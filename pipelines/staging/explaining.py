"""Why too many rows were refused, in the words that a department can act on."""

from decimal import Decimal

import pyarrow as pa
import pyarrow.compute as pc

from expectations.reasons import Reason
from pipelines.reading.errors import where
from warehouse.books.deliveries import Accounting

_ROWS_SHOWN = 10


def explain_bad_rows(accounting: Accounting, allowed_percent: Decimal, problems: pa.Table) -> list[str]:
    """The sentence on the share, then one a file, column and reason with the first row numbers."""
    rows = accounting.read - accounting.totals_or_blank
    share = Decimal(100 * accounting.quarantined) / rows
    out = [
        f"数据行共{rows}行，其中{accounting.quarantined}行（{share:.2f}%）有问题，超过允许的{allowed_percent}%，"
        "整批退回。请按下列各项更正后重新报送"
    ]
    refused = problems.filter(pc.equal(problems["scope"], "row"))
    by = ["file", "sheet", "heading", "reason"]
    groups = refused.group_by(by, use_threads=False).aggregate([("row", "list"), ("row", "count")])
    for group in groups.to_pylist():
        shown = "、".join(str(r) for r in group["row_list"][:_ROWS_SHOWN])
        more = "等" if group["row_count"] > _ROWS_SHOWN else ""
        label = Reason(group["reason"]).label
        place = where(group["file"], group["sheet"])
        out.append(f"{place}：“{group['heading']}”列有{group['row_count']}行{label}（第{shown}行{more}）")
    return out
