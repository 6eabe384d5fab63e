"""Who asks is a value that a door hands in: what it may see is cut by it, and nothing inside asks the system."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from actors import TESTER, acting
from homes import COUNTY, copy_home, settings_of
from hypothesis import given
from hypothesis import strategies as st

from expectations.departments import Department
from expectations.errors import ValueRefusedError
from pipelines.commands.person import at_the_terminal
from pipelines.house.actor import LONGEST_NAME, Actor, NotYoursError, PurposeMissingError, Role, Scope
from pipelines.house.settings import open_settings

ROOT = Path(__file__).parents[2]
INSIDE = [
    path
    for package in ("expectations", "warehouse", "pipelines")
    for path in sorted((ROOT / package).rglob("*.py"))
    if "commands" not in path.parts
]
NAMES_OF_PERSONS = {"USER", "LOGNAME", "USERNAME", "SUDO_USER"}
WHOSE_FILES = ("warehouse/keys.py", "warehouse/lake.py")
"""Ask whose a file is, never who acts."""
ASKS = {"getlogin", "getuid", "geteuid", "getpwuid", "getpwnam", "getuser", "getresuid"}


def asked_of_the_system(path: Path) -> Iterator[str]:
    """Whatever a module asks of the system that tells who runs it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Import(names=names) if {alias.name for alias in names} & {"getpass", "pwd"}:
                yield ast.unparse(node)
            case ast.ImportFrom(module="getpass" | "pwd"):
                yield ast.unparse(node)
            case ast.ImportFrom(module="os", names=names) if {alias.name for alias in names} & ASKS:
                yield ast.unparse(node)
            case ast.Attribute(attr=attr) if attr in ASKS:
                yield ast.unparse(node)
            case ast.Constant(value=value) if value in NAMES_OF_PERSONS:
                yield f"{value!r}"


def test_nothing_but_a_door_asks_the_system_who_runs_it() -> None:
    asked = {str(path.relative_to(ROOT)): found for path in INSIDE if (found := list(asked_of_the_system(path)))}
    assert asked == {path: ["os.geteuid"] for path in WHOSE_FILES}
    door = ROOT / "pipelines" / "commands" / "person.py"
    assert {"import pwd", "os.getuid", "pwd.getpwuid"} <= set(asked_of_the_system(door))


def test_at_the_terminal_sits_the_data_team_by_the_systems_name_or_another() -> None:
    assert at_the_terminal().role is Role.DATA_TEAM
    assert at_the_terminal().who
    assert at_the_terminal("石复核", " 复核 ") == Actor("石复核", Role.DATA_TEAM, purpose="复核")


def test_a_name_is_kept_as_the_books_keep_it_and_nobody_has_none() -> None:
    assert Actor(f" {'长' * 100} ", Role.DATA_TEAM).who == "长" * LONGEST_NAME
    with pytest.raises(ValueRefusedError, match="has a name"):
        Actor("  ", Role.DATA_TEAM)


@pytest.mark.parametrize(
    ("role", "scope"),
    [
        (Role.TOWNSHIP, Scope()),
        (Role.TOWNSHIP, Scope((COUNTY,))),
        (Role.TOWNSHIP, Scope(township_code=f"{COUNTY}101")),
        (Role.DEPARTMENT, Scope((COUNTY,))),
        (Role.DEPARTMENT, Scope(department=Department.HOUSING)),
        (Role.COUNTY, Scope()),
    ],
)
def test_a_role_whose_own_is_not_named_sees_nothing(role: Role, scope: Scope) -> None:
    with pytest.raises(ValueRefusedError, match="its own only"):
        Actor("某人", role, scope)


def test_values_in_clear_are_for_a_purpose_and_never_for_an_evaluator() -> None:
    for role in (Role.DATA_TEAM, Role.EVALUATOR):
        with pytest.raises(PurposeMissingError if role.may_see_clear else NotYoursError):
            Actor("某人", role).need_clear()
    Actor("某人", Role.DATA_TEAM, purpose="入户核实").need_clear()
    with pytest.raises(NotYoursError):
        Actor("某人", Role.EVALUATOR, purpose="入户核实").need_clear()
    Actor("某人", Role.EVALUATOR, purpose="年度评估").need_purpose()


ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "county": st.sampled_from(["522601", "522602", None]),
            "township_code": st.sampled_from(["522601101", "522601102", None]),
            "owner": st.sampled_from([*Department, None]),
        }
    )
)
SCOPES = st.builds(
    Scope,
    st.sampled_from([(), ("522601",), ("522601", "522602"), ("999999",)]),
    st.sampled_from([None, "522601101", "999999999"]),
    st.sampled_from([None, *Department]),
)
SCHEMA = pa.schema([(name, pa.string()) for name in ("county", "township_code", "owner")])


@given(ROWS, SCOPES)
def test_a_row_is_seen_where_each_bound_is_known_to_hold(rows: list[dict[str, Any]], scope: Scope) -> None:
    def seen(row: dict[str, Any]) -> bool:
        return (
            (not scope.counties or row["county"] in scope.counties)
            and (scope.township_code is None or row["township_code"] == scope.township_code)
            and (scope.department is None or row["owner"] == scope.department)
        )

    table = pa.Table.from_pylist([{k: v and str(v) for k, v in row.items()} for row in rows], SCHEMA)
    assert scope.cut(table).to_pylist() == [r for r, row in zip(table.to_pylist(), rows, strict=True) if seen(row)]


def test_settings_are_opened_over_the_counties_that_the_actor_sees(night_home: Path) -> None:
    def opened(actor: Actor, *counties: str) -> tuple[str, ...]:
        return open_settings(
            night_home, inbox=None, policy=None, now=lambda: pytest.fail("no clock"), actor=actor, counties=counties
        ).counties

    bound = Actor("县里", Role.COUNTY, Scope((COUNTY, "522602")))
    assert opened(TESTER) == ()
    assert opened(TESTER, "522603") == ("522603",)
    assert opened(bound) == (COUNTY, "522602")
    assert opened(bound, "522602") == ("522602",)
    with pytest.raises(NotYoursError, match="this is not open to you") as refused:
        opened(bound, "522603")
    assert "522603" not in str(refused.value)


def test_decisions_bear_the_actors_name(night_home: Path, tmp_path: Path) -> None:
    from pipelines.desk.freezing import freeze

    settings = settings_of(copy_home(night_home, tmp_path / "home"))
    assert freeze(acting(settings, "审批人", purpose="年度评估"), "2026").who == "审批人"
