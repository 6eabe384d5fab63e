"""What is compiled from now on is noted: what was kept is not."""

from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest


def note_builds(monkeypatch: pytest.MonkeyPatch, module: ModuleType, build: str, code: Callable[..., str]) -> list[str]:
    """What ``module.build`` is called for from now on, as ``code`` of its arguments says."""
    built: list[str] = []
    original = getattr(module, build)

    def noting(*given: Any) -> Any:
        built.append(code(*given))
        return original(*given)

    monkeypatch.setattr(module, build, noting)
    return built
