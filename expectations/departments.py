"""The county's offices: who sends feeds, and who answers for findings; an office may do one, both or neither.

One line an office, in the order in which outputs name them.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, Self

OF_A_PLACE: Final = "^[^县市区]*[县市区]"
"""What may stand before an office's name: 县, 市 or 区, and the name of the place before that."""


class Department(StrEnum):
    """An office. The value stands in exports and folder names, ``label`` in letters and workbooks.

    ``short`` are other names that people call it by, as offices write them in their own lists.
    """

    label: str
    short: tuple[str, ...]

    REGISTER = "register", "乡村振兴局（建档立卡）", "乡村振兴局"
    CIVIL_AFFAIRS = "civil_affairs", "民政局"
    HEALTH_INSURANCE = "health_insurance", "医疗保障局", "医保局"
    EDUCATION = "education", "教育局"
    HOUSING = "housing", "住房和城乡建设局", "住建局"
    WATER = "water", "水务局", "水利局"
    PUBLIC_SECURITY = "public_security", "公安局"
    NATURAL_RESOURCES = "natural_resources", "自然资源局"
    MARKET_REGULATION = "market_regulation", "市场监督管理局", "市场监管局"
    FINANCE = "finance", "财政局"
    HUMAN_RESOURCES = "human_resources", "人力资源和社会保障局", "人社局"
    DISABLED_FEDERATION = "disabled_federation", "残疾人联合会", "残联"
    DEVELOPMENT = "development", "发展和改革局", "发改局"
    COUNTY_OFFICE = "county_office", "县领导小组办公室"

    def __new__(cls, code: str, label: str = "", *short: str) -> Self:
        """A member is its code; label and short names hang on it. (Called with a code alone, the class looks it up.)"""
        member = str.__new__(cls, code)
        member._value_ = code
        member.label, member.short = label, short
        return member

    @property
    def called(self) -> str:
        """Its title, without what stands in brackets behind it."""
        return self.label.split("（")[0]

    @property
    def names(self) -> tuple[str, ...]:
        """Its title and short forms, by which offices name it in what they send."""
        return tuple(dict.fromkeys((self.called, *self.short)))


TITLES: Final[Mapping[Department, str]] = {office: office.label for office in Department}
"""What offices are called where a county's policy does not say otherwise."""


def department_of(name: str) -> Department | None:
    """The office that is called so: by code, label or short name, the 局 at its end left out or not."""
    plain = name.strip()
    return next((office for office in Department if plain in _names(office)), None)


def _names(office: Department) -> set[str]:
    titles = {office.label, *office.short}
    return {office.value, *titles, *(title.removesuffix("局") for title in titles)}
