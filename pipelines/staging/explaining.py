"""Why too many rows were refused, in the words that a department can act on."""

from decimal import Decimal

import pyarrow as pa
import pyarrow.compute as pc

from expectations.reasons import fault_of
from pipelines.reading.notices import Cause, Notice
from warehouse.books.deliveries import Accounting

_ROWS_SHOWN = 10


def explain_bad_rows(accounting: Accounting, allowed_percent: Decimal, problems: pa.Table) -> list[Notice]:
    """The sentence on the share, then one a file, column and reason with the first row numbers."""
    rows = accounting.read - accounting.totals_or_blank
    share = Decimal(100 * accounting.quarantined) / rows
    said = (
        f"数据行共{rows}行，其中{accounting.quarantined}行（{share:.2f}%）有问题，超过允许的{allowed_percent}%，"
        "整批退回。请按下列各项更正后重新报送"
    )
    out = [Notice(Cause.TOO_MANY_BAD_ROWS, said)]
    refused = problems.filter(pc.equal(problems["scope"], "row"))
    by = ["file", "sheet", "heading", "reason", "detail"]
    groups = refused.group_by(by, use_threads=False).aggregate([("row", "list"), ("row", "count")])
    firsts = pc.list_slice(groups["row_list"], 0, _ROWS_SHOWN).to_pylist()
    for group, first in zip(groups.drop_columns(["row_list"]).to_pylist(), firsts, strict=True):
        said = f"“{group['heading']}”列有{group['row_count']}行{fault_of(group['reason'], group['detail']).label}"
        place = (group["file"], group["sheet"], tuple(first))
        out.append(Notice(group["reason"], said, *place, group["heading"], group["row_count"]))
    return out
