"""Commands called in this process, through the entry point that ``liangxian`` has."""

import sys
from dataclasses import dataclass

import pytest
from night.counties import Home

from pipelines.cli import main


@dataclass(frozen=True)
class Said:
    """Exit status and what was printed."""

    status: int
    stdout: str
    stderr: str


def call(
    *arguments: str, home: Home | None, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Said:
    """Call a command; ``--home`` is given where there is a home."""
    monkeypatch.setattr(sys, "argv", ["liangxian", *arguments, *(["--home", str(home.path)] if home else [])])
    capsys.readouterr()
    with pytest.raises(SystemExit) as ended:
        main()
    printed = capsys.readouterr()
    code = ended.value.code
    assert code is None or isinstance(code, int)
    return Said(code or 0, printed.out, printed.err)
