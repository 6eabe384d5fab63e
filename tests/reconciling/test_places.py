"""Where findings lie: the names of township and village come from the register, and a mistyped row is outvoted."""

from pathlib import Path

from builders import COUNTY, World, deliver, household, housing_case, member, pid, world
from office_rows import relocation
from worlds_on_disk import run

VILLAGE, OTHER = f"{COUNTY}101201", f"{COUNTY}101301"


def test_a_mistyped_name_in_one_row_renames_neither_village_nor_township(tmp_path: Path) -> None:
    poor = {"income_current": 100, "township": "三棵树镇"}
    households = [
        household("H1", head_id=pid(1), village_code=VILLAGE, **poor | {"township": "三棵树镇", "village": "0朗利"}),
        household("H2", head_id=pid(2), village_code=VILLAGE, village="朗利村", **poor),
        household("H3", head_id=pid(3), village_code=VILLAGE, village="朗利村", **poor),
        household("H4", head_id=pid(4), village_code=OTHER, village="平寨村", **poor | {"township": "三棵树"}),
        household(
            "H5", head_id=pid(5), village_code=f"{COUNTY}102201", village="清江村", **poor | {"township": "下司镇"}
        ),
    ]
    members = [member(f"M{n}", f"H{n}", pid(n)) for n in range(1, 6)]
    rows = (deliver("register_households", rows=households), deliver("register_members", rows=members))
    found = run(World(deliveries=rows), tmp_path, ("EX01",)).findings.to_pylist()
    assert {f["household_no"]: (f["township"], f["village"]) for f in found} == {
        **dict.fromkeys(("H1", "H2", "H3"), ("三棵树镇", "朗利村")),
        "H4": ("三棵树镇", "平寨村"),
        "H5": ("下司镇", "清江村"),
    }


def test_what_is_found_of_a_household_lies_where_the_household_does(tmp_path: Path) -> None:
    house = housing_case(village_code=OTHER, grade="D", started_on=None, acceptance="未验收", plan_year=2025)
    rows = (
        deliver("register_households", rows=[household("H1", head_id=pid(1), village_code=VILLAGE, village="朗利村")]),
        deliver("register_members", rows=[member("M1", "H1", pid(1))]),
        deliver("housing_renovations", rows=[house]),
    )
    found = run(World(deliveries=rows), tmp_path, ("CV05", "EX02")).findings.to_pylist()
    assert [(f["rule"], f["village_code"]) for f in found] == [("CV05", VILLAGE), ("EX02", VILLAGE)]


def test_a_relocation_lies_where_the_household_of_its_number_does_else_that_of_its_head(tmp_path: Path) -> None:
    late = {"moved_in_on": None, "completed_on": None}
    given = world(
        register_households=[household("H1"), household("H2", head_id=pid(2), village_code=OTHER, village="平寨村")],
        register_members=[member(), member("M2", "H2", pid(2))],
        relocations=[
            relocation("R1", **late),
            relocation("R2", household_no="H2", **late),
            relocation("R3", head_id=pid(3), **late),
        ],
    )
    found = run(given, tmp_path, ("RL01",)).findings.to_pylist()
    assert [(f["subject_key"], f["household_no"], f["village"], f["person_id"]) for f in found] == [
        ("R1", "H1", "朗利村", pid(1)),
        ("R2", "H2", "平寨村", pid(1)),
        ("R3", None, "", pid(3)),
    ]
