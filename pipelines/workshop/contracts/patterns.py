"""The forms of texts as regular expressions, for programs that know nothing of our parsers."""

from typing import Final

from expectations.feed import AreaCode, CountyCode, IdentityNumber, Month, SchoolYear, VillageCode

PATTERNS: Final[dict[type, str]] = {
    IdentityNumber: r"^[0-9]{17}[0-9X]$",
    Month: r"^[0-9]{4}-(0[1-9]|1[0-2])$",
    VillageCode: r"^[0-9]{12}$",
    AreaCode: r"^[0-9]{6}([0-9]{3}([0-9]{3})?)?$",
    CountyCode: r"^[0-9]{6}$",
    SchoolYear: r"^[0-9]{4}-[0-9]{4}$",
}
