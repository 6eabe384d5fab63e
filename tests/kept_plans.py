"""Plans as another process finds them: what this one compiled is forgotten, and what it compiles is noted."""

from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

from warehouse.planning.plans import PLANS


def forget_plans(monkeypatch: pytest.MonkeyPatch) -> None:
    """Begin without what the process has compiled so far."""
    monkeypatch.setattr(PLANS, "_plans", type(PLANS._plans)())


def note_builds(monkeypatch: pytest.MonkeyPatch, module: ModuleType, build: str, code: Callable[..., str]) -> list[str]:
    """What ``module.build`` is called for from now on, as ``code`` of its arguments says."""
    built: list[str] = []
    original = getattr(module, build)

    def noting(*given: Any) -> Any:
        built.append(code(*given))
        return original(*given)

    monkeypatch.setattr(module, build, noting)
    return built
