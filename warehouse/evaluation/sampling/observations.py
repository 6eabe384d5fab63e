"""What surveyors saw, item by item, and the verdict that follows from it: beside the one that they gave."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from warehouse.evaluation.records import AgreementRow, DifferRow
from warehouse.evaluation.sampling.design import Sample
from warehouse.evaluation.sampling.frame import Group
from warehouse.evaluation.sampling.survey import COMPLETED, RIGHT, VERDICTS, fault_of

INCOMES: Final = ("wage_income", "business_income", "property_income", "transfer_income")
"""Parts of a household's income, yuan a year."""
GUARANTEES: Final = ("house_safe", "schooling_safe", "all_insured", "water_safe")
OBSERVED: Final = (*INCOMES, *GUARANTEES, "helper_known", "policy_known")
"""Columns of the feed survey_results that hold observations."""


def derived_verdict(group: Group, row: Mapping[str, Any], line: Decimal | None) -> str | None:
    """The verdict that the observations give; None where they do not suffice.

    A household lacks something where its income a person is below the line or one of four guarantees is not there.
    Who is open and lacks nothing is 错评, who exited and lacks something 错退, who is outside and does 漏评.
    """
    lacks = _lacks(row, line)
    if lacks is None:
        return None
    wronged = not lacks if group is Group.OPEN else lacks
    return VERDICTS[group] if wronged else RIGHT


def _lacks(row: Mapping[str, Any], line: Decimal | None) -> bool | None:
    """Whether something is lacking: one thing suffices; that nothing is takes all of them."""
    parts = [row.get(name) for name in INCOMES]
    income = None if None in parts else sum(Decimal(part) for part in parts if part is not None)
    enough = None if income is None or line is None else income >= line * row["persons"]
    met = [enough, *(row.get(name) for name in GUARANTEES)]
    return True if False in met else None if None in met else False


def compare_verdicts(sample: Sample, results: Sequence[Mapping[str, Any]], line: Decimal | None) -> AgreementRow:
    """How often the given verdict is the derived one, and the households where it is another."""
    units = {unit.unit_no: unit for unit in sample.units}
    compared = 0
    differ: list[DifferRow] = []
    for row in sorted(results, key=lambda r: str(r["unit_no"])):
        unit = units.get(row["unit_no"])
        if unit is None or row["outcome"] != COMPLETED or fault_of(unit, row):
            continue
        derived = derived_verdict(unit.group, row, line)
        if derived is not None:
            compared += 1
            if derived != row["verdict"]:
                differ.append({"unit_no": unit.unit_no, "given": str(row["verdict"]), "derived": derived})
    return {"compared": compared, "differ": differ}
