"""How a view's columns are given to a recipient, the same in his file and behind his login."""

from collections.abc import Mapping
from typing import Final

from expectations.feed import Code
from expectations.feeds import FEEDS_BY_NAME
from warehouse.evaluation.surrogates import OF_FINDINGS, is_own_number
from warehouse.evaluation.views import View, ViewColumn

PSEUDONYM: Final = "_pseudonym"
"""End of the name of the column beside a masked identity number."""


def raws_of(view: View) -> Mapping[str, str]:
    """What stands behind columns that are masked, by column: identity numbers, and what a finding speaks of."""
    raws = {column.name: column.raw for column in view.columns if column.raw}
    return raws | {name: f"f.{name}" for name in OF_FINDINGS if view.name == "findings"}


def is_decided(column: ViewColumn) -> bool:
    """Whether a text is masked or of a code list; of others ``surrogates`` says what is public."""
    return column.masked or bool(codes_of(column))


def comment_given(column: ViewColumn) -> str:
    """What a recipient reads of a column."""
    return f"{column.comment}（接收方自有编号，各表可关联）" if is_own_number(column.name) else column.comment


def pseudonym_label(column: ViewColumn) -> str:
    """What a recipient reads of the pseudonyms beside a masked identity number."""
    return f"{(column.origin.info['heading'] if column.origin is not None else '') or '证件号码'}假名"


def codes_of(column: ViewColumn) -> tuple[str, ...]:
    """Labels of the feed's code list, where the column has one and shows them."""
    if column.masked:
        return ()
    info = column.origin.info if column.origin is not None else {}
    feed = FEEDS_BY_NAME.get(info.get("feed") or "")
    declared = next((c for c in feed.columns if c.title == info["heading"]), None) if feed is not None else None
    if declared is None or not isinstance(declared.type, Code) or declared.name != column.name:
        return ()
    return declared.type.codes.labels
