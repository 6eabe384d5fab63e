"""Words that stand for nothing, and the error values of spreadsheets: one list for every reader."""

from typing import Final

NOTHING: Final = frozenset(
    {
        "null",
        "(null)",
        "<null>",
        "[null]",
        "\\n",
        "none",
        "nan",
        "nat",
        "<na>",
        "n/a",
        "无数据",
        "空",
        "--",
        "---",
        "——",
    }
)
"""Written where there is nothing, in lower case, as NFKC leaves them."""

NO_FIGURE: Final = frozenset({"inf", "+inf", "-inf", "infinity", "+infinity", "-infinity", "#n/a"})
"""Missing too, but somebody's calculation went wrong: recorded also where a value may be missing."""

ERRORS: Final = frozenset(
    {"#ref!", "#value!", "#div/0!", "#name?", "#num!", "#null!", "#spill!", "#calc!", "#getting_data", "#field!"}
    | {"#unknown!", "#blocked!", "#connect!", "#busy!", "#error!"}
    | {f"err:{n}" for n in range(501, 541)}
    | {"#" * n for n in range(2, 41)}
)
"""Error values as text, in lower case; a row of # is a cell that was too narrow when a sheet was saved as text."""

ERROR_OF_NO_NAME: Final = "#ERROR!"
"""Shown for an error cell whose value is none of these."""
