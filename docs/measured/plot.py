"""Draw the measurements that lie beside this file: ``make plots``. The same figures give the same bytes."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from matplotlib import pyplot as plt

plt.switch_backend("svg")
plt.rcParams.update({"svg.hashsalt": "liangxian", "font.size": 9, "axes.spines.top": False, "axes.spines.right": False})

HERE: Final = Path(__file__).parent
STEPS: Final = ("stage", "reconcile", "record", "publish", "report")
COLOURS: Final = ("#4477aa", "#228833", "#ccbb44", "#ee6677", "#aa3377")


def read(name: str) -> list[dict[str, Any]]:
    """The measurements of one kind, by size."""
    found: list[dict[str, Any]] = json.loads((HERE / f"{name}.json").read_text(encoding="utf-8"))
    return sorted(found, key=lambda one: one["persons"])


def save(figure: Any, name: str) -> None:
    """One drawing, without the date that would make it another one tomorrow."""
    figure.tight_layout()
    figure.savefig(HERE / f"{name}.svg", metadata={"Date": None})
    plt.close(figure)


def draw_growth(nights: Sequence[dict[str, Any]]) -> None:
    """Time by step, and memory, against the number of registered persons."""
    persons = [night["persons"] for night in nights]
    figure, (time, memory) = plt.subplots(1, 2, figsize=(9, 3.6))
    for step, colour in zip(STEPS, COLOURS, strict=True):
        # counties side by side are recorded where they are reconciled: such a night has no step of its own for it
        took = [n["nights"][-1]["steps"][step]["seconds"] or None for n in nights]
        time.plot(persons, took, "o-", color=colour, label=step)
    whole = [sum(s["seconds"] for s in n["nights"][-1]["steps"].values()) for n in nights]
    time.plot(persons, whole, "ks-", label="night")
    time.plot(persons, [n["baselines"]["scan"]["seconds"] for n in nights], "k:", label="scan of all that was staged")
    time.set(xscale="log", yscale="log", xlabel="registered persons", ylabel="seconds")
    time.legend(frameon=False, fontsize=7, ncols=4, loc="lower left", bbox_to_anchor=(0, 1))
    memory.plot(persons, [n["megabytes"] / 1000 for n in nights], "ks-")
    memory.set(xscale="log", xlabel="registered persons", ylabel="GB at peak, all processes", ylim=(0, None))
    save(figure, "growth")


def draw_rules(nights: Sequence[dict[str, Any]]) -> None:
    """Where a night's evaluation goes, by rule, at the largest county that was measured alone."""
    largest = max((night for night in nights if night["counties"] == 1), key=lambda night: int(night["persons"]))
    rules = sorted(largest["nights"][-1]["rules"].items(), key=lambda rule: rule[1])
    figure, axes = plt.subplots(figsize=(7, 6))
    axes.barh([rule for rule, _ in rules], [seconds for _, seconds in rules], color=COLOURS[1])
    axes.set(xlabel=f"seconds at {largest['persons']:,} registered persons, without evidence and sentences")
    axes.tick_params(axis="y", labelsize=7)
    save(figure, "rules")


def draw_jobs(measured: Sequence[dict[str, Any]]) -> None:
    """The rules beside their baselines, against the number of registered persons."""
    figure, (time, memory) = plt.subplots(1, 2, figsize=(9, 3.6))
    for job in ("rules", "judged", "reconciled", "scan", "sql", "polars", "pandas"):
        there = [one for one in measured if job in one["jobs"]]
        persons = [one["persons"] for one in there]
        style = "o-" if job in ("rules", "judged", "reconciled") else "s--"
        time.plot(persons, [one["jobs"][job]["best"] for one in there], style, label=job)
        memory.plot(persons, [one["jobs"][job]["megabytes"] / 1000 for one in there], style, label=job)
    time.set(xscale="log", yscale="log", xlabel="registered persons", ylabel="seconds (best)")
    memory.set(xscale="log", yscale="log", xlabel="registered persons", ylabel="GB at peak")
    time.legend(frameon=False, fontsize=7, ncols=4, loc="lower left", bbox_to_anchor=(0, 1))
    save(figure, "baselines")


if __name__ == "__main__":
    draw_growth(read("nights"))
    draw_rules(read("nights"))
    draw_jobs(read("rules"))
