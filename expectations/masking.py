"""How personal values are masked in sentences, as expressions; the same shapes as warehouse/evaluation/masking.py."""

import ibis
from ibis.expr.types import StringValue

from expectations.feed import Personal

IDENTITY_STARS = "*" * 11


def masked_name(name: StringValue) -> StringValue:
    """``张*``."""
    return name.left(1) + "*"


def masked_identity(number: StringValue) -> StringValue:
    """``510***********1234``."""
    return number.left(3) + IDENTITY_STARS + number.right(4)


def masked_student_no(number: StringValue) -> StringValue:
    """Letter and masked identity number; other numbers keep four characters at either end, short ones the first."""
    return ibis.cases(
        (number.re_search("^G[0-9]{17}[0-9X]$"), number.left(1) + masked_identity(number.substr(1))),
        (number.length() >= 12, number.left(4) + "***" + number.right(4)),
        else_=number.left(1) + "***",
    )


def masked(value: StringValue, personal: Personal) -> StringValue:
    """``value`` masked as its kind of personal data demands."""
    if personal is Personal.NAME:
        return masked_name(value)
    if personal is Personal.IDENTITY_NUMBER:
        return masked_identity(value)
    if personal is Personal.STUDENT_NO:
        return masked_student_no(value)
    return value.left(3) + "****" + value.right(4)
