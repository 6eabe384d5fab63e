"""Who asks, in which role, for which part of the house and to what purpose.

A door says it once (the terminal, a DAG, a page); inside, nothing asks the operating system or the environment.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from expectations.departments import Department
from expectations.errors import LiangxianError, RequestError, ValueRefusedError

LONGEST_NAME: Final = 64
"""Characters of a name that the books keep."""


class Role(StrEnum):
    """What somebody is to the house."""

    TOWNSHIP = "township"
    DEPARTMENT = "department"
    COUNTY = "county"
    DATA_TEAM = "data_team"
    EVALUATOR = "evaluator"

    @property
    def may_see_clear(self) -> bool:
        """Whether personal values may be shown at all, for a purpose: an evaluator gets masked ones only."""
        return self is not Role.EVALUATOR


class NotYoursError(LiangxianError):
    """Something that the actor may not do or see; no word about what is there."""

    def __init__(self) -> None:
        super().__init__("this is not open to you")


class PurposeMissingError(RequestError):
    """Personal values were asked for, and not what they are needed for."""

    def __init__(self) -> None:
        super().__init__("personal values are shown for a purpose only", advice="--purpose")


@dataclass(frozen=True)
class Scope:
    """What part of the house somebody sees: some counties, of them one township or what one office answers for.

    No county named: every county.
    """

    counties: tuple[str, ...] = ()
    township_code: str | None = None
    department: Department | None = None

    @property
    def is_part_of_a_county(self) -> bool:
        """Whether even of a county that is seen not everything is."""
        return self.township_code is not None or self.department is not None

    def sees(self, county: str | None) -> bool:
        """Whether anything of a county may be seen; where somebody is bound to counties, nothing of none."""
        return not self.counties or county in self.counties

    def cut(self, findings: pa.Table) -> pa.Table:
        """The rows of a ledger that may be seen; one that lacks what is asked of it may not."""
        seen = findings
        if self.counties:
            seen = seen.filter(pc.is_in(seen["county"], pa.array(self.counties, pa.string())))
        for column, own in (("township_code", self.township_code), ("owner", self.department)):
            if own is not None:
                seen = seen.filter(pc.fill_null(pc.equal(seen[column], str(own)), fill_value=False))
        return seen


EVERYTHING: Final = Scope()


@dataclass(frozen=True)
class Actor:
    """One who asks. ``purpose``: what personal values are needed for, or what a decision is for; empty without one.

    Raises ValueRefusedError for a name that is none, and for a role whose scope is not named.
    """

    who: str
    role: Role
    scope: Scope = EVERYTHING
    purpose: str = ""

    def __post_init__(self) -> None:
        """Names as the books keep them; no role sees more than its own for want of a word."""
        object.__setattr__(self, "who", self.who.strip()[:LONGEST_NAME])
        object.__setattr__(self, "purpose", self.purpose.strip())
        if not self.who:
            raise ValueRefusedError("whoever asks has a name")
        needed = {
            Role.TOWNSHIP: bool(self.scope.counties and self.scope.township_code),
            Role.DEPARTMENT: bool(self.scope.counties and self.scope.department),
            Role.COUNTY: bool(self.scope.counties),
        }
        if not needed.get(self.role, True):
            raise ValueRefusedError(f"a {self.role} sees its own only, and it is not said what that is")

    def need_purpose(self) -> None:
        """Raise PurposeMissingError where it is not said what something is for."""
        if not self.purpose:
            raise PurposeMissingError()

    def need_county(self, county: str) -> None:
        """Raise NotYoursError where what concerns the whole of a county is not this actor's to decide."""
        if self.role not in (Role.COUNTY, Role.DATA_TEAM) or self.scope.is_part_of_a_county:
            raise NotYoursError()
        if not self.scope.sees(county):
            raise NotYoursError()

    def need_clear(self) -> None:
        """Raise NotYoursError or PurposeMissingError where personal values may not be shown in clear."""
        if not self.role.may_see_clear:
            raise NotYoursError()
        self.need_purpose()
