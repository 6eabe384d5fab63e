"""What one process compiled serves the next, and only where nothing that it rests on has changed."""

import gzip
import hmac
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from builders import member, open_household, pid, world
from kept_plans import note_builds
from worlds_on_disk import run

from pipelines.reconciling import reconcile
from pipelines.reconciling.reconcile import Reconciled
from warehouse.planning import shelf
from warehouse.planning.plans import Plan, Step
from warehouse.planning.shelf import Shelf

POOR = {
    "register_households": [open_household(income_current="6239.99")],
    "register_members": [member(person_id=pid(1))],
}


class Processes:
    """Runs that share a folder and nothing else."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
        self._folder = folder
        self.plans = folder / "plans"
        self.built = note_builds(monkeypatch, reconcile, "facts_of", lambda rule, _c: rule.code)

    def run(self, codes: tuple[str, ...] | None = ("TL01", "TL02"), **policy: int) -> tuple[list[str], Reconciled]:
        """Codes of the rules that were built, and what was found."""
        self.built.clear()
        values = {key.replace("__", "."): value for key, value in policy.items()}
        found = run(world(**POOR, policy=values), self._folder / "home", codes, self.plans)
        return list(self.built), found


@pytest.fixture
def processes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Processes:
    return Processes(monkeypatch, tmp_path)


def test_a_second_process_builds_nothing_and_finds_the_same(processes: Processes) -> None:
    built, first = processes.run(codes=None)
    again, second = processes.run(codes=None)
    assert "TL02" in built
    assert again == []
    assert second.findings.equals(first.findings)
    assert second.findings.num_rows
    assert [replace(r, seconds=0) for r in second.rule_runs] == [replace(r, seconds=0) for r in first.rule_runs]


def test_another_policy_value_is_built_and_kept_beside_the_first(processes: Processes) -> None:
    processes.run()
    built, found = processes.run(low_income_standard__rural=500)
    assert built == ["TL01", "TL02"]
    assert found.findings.num_rows == 0
    for policy in ({}, {"low_income_standard__rural": 500}):
        assert processes.run(**policy)[0] == []


def test_another_text_of_the_rules_has_plans_of_its_own(processes: Processes, monkeypatch: pytest.MonkeyPatch) -> None:
    processes.run()
    monkeypatch.setattr(shelf, "_text_and_versions", lambda _: "edited")
    assert processes.run()[0] == ["TL01", "TL02"]
    assert len(list(processes.plans.glob("*.gz"))) == 2


@pytest.mark.parametrize(
    "damaged",
    [b"", b"no gzip", gzip.compress(b"no JSON"), gzip.compress(b"{}" * 99)[:-9]],
    ids=["empty", "no gzip", "no JSON", "cut off"],
)
def test_a_damaged_file_costs_time_only(processes: Processes, damaged: bytes) -> None:
    processes.run()
    (file,) = processes.plans.glob("*.gz")
    file.write_bytes(damaged)
    assert processes.run()[0] == ["TL01", "TL02"]
    assert processes.run()[0] == []


def test_a_plan_that_somebody_changed_is_compiled_anew(processes: Processes) -> None:
    """It is SQL that runs as us."""
    _, kept = processes.run()
    (file,) = processes.plans.glob("*.gz")
    packed = file.read_bytes()[32:]
    text = gzip.decompress(packed).decode()
    assert "SELECT" in text
    other = gzip.compress(text.replace("SELECT", "SELECT /* 1 */").encode())
    file.write_bytes(hmac.digest(b"guess", file.name.encode() + b"\0" + other, "sha256") + other)
    built, found = processes.run()
    assert built == ["TL01", "TL02"]
    assert found.findings.equals(kept.findings)
    assert processes.run()[0] == []


def test_a_key_that_another_could_have_put_there_signs_nothing(processes: Processes) -> None:
    processes.run()
    (processes.plans / "folder.key").chmod(0o644)
    assert processes.run()[0] == ["TL01", "TL02"]


def test_a_folder_that_cannot_be_written_to_costs_time_only(processes: Processes) -> None:
    _, kept = processes.run()
    shutil.rmtree(processes.plans)
    processes.plans.write_text("a file")
    built, found = processes.run()
    assert built == ["TL01", "TL02"]
    assert found.findings.equals(kept.findings)


def test_a_rule_that_is_not_of_the_book_is_not_kept(processes: Processes, monkeypatch: pytest.MonkeyPatch) -> None:
    from expectations.rules import RULES, RULES_BY_CODE

    other = replace(RULES_BY_CODE["TL02"], name="another")
    monkeypatch.setattr("expectations.rules.RULES", tuple(other if r.code == "TL02" else r for r in RULES))
    processes.run()
    assert processes.run()[0] == ["TL02"]


def test_no_more_than_so_many_shapes_are_kept(tmp_path: Path) -> None:
    for number in range(130):
        one = Shelf(tmp_path, ("shape", number))
        one.add("key", Plan((), {}, "relation"))
        one.save()
    assert len(list(tmp_path.glob("*.gz"))) == 128
    assert [plan.result for plan in Shelf(tmp_path, ("shape", 129)).of("key")] == ["relation"]


def test_of_one_thing_the_plans_of_the_last_eight_policies_are_kept(tmp_path: Path) -> None:
    for number in range(10):
        one = Shelf(tmp_path, "shape")
        one.add("key", Plan((), {}, f"relation_{number}"))
        one.save()
    assert [plan.result for plan in Shelf(tmp_path, "shape").of("key")] == [f"relation_{n}" for n in range(2, 10)]


def test_what_is_kept_comes_back_as_it_was(processes: Processes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every plan of a full run, field by field: columns with their types, small tables with their rows."""
    made: list[Plan] = []
    add = Shelf.add
    monkeypatch.setattr(Shelf, "add", lambda kept, asked, plan: made.append(plan) or add(kept, asked, plan))
    processes.run(codes=None)
    for plan in made:
        again = shelf._decoded(shelf._encoded(plan))
        assert again.read == plan.read
        assert again.result == plan.result
        for one, other in zip(again.steps, plan.steps, strict=True):
            assert replace(one, rows=None) == replace(other, rows=None)
            assert (one.rows is None) == (other.rows is None)
            assert one.rows is None or one.rows.equals(other.rows)
    assert any(isinstance(step, Step) and step.rows is not None for plan in made for step in plan.steps)
