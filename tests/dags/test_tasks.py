"""A task fails at once where no other attempt can help, and is tried again where one may."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from airflows import DAGS, airflow_environment

RAISING = """
from airflow.sdk.exceptions import AirflowFailException
from expectations.errors import RequestError, UnavailableError
from liangxian_tasks import fails_at_once

@fails_at_once
def work(error, *, dag_run=None):
    raise error

for error in (RequestError("no delivery 8f"), UnavailableError("no answer"), KeyError("a mistake of ours")):
    try:
        work(error)
    except Exception as raised:
        print(type(raised).__name__, isinstance(raised, AirflowFailException), raised)
"""


def test_what_cannot_be_mended_by_waiting_fails_for_good(tmp_path: Path) -> None:
    given = airflow_environment(tmp_path / "airflow", tmp_path / "home")
    given["PYTHONPATH"] = f"{DAGS / 'plugins'}:{DAGS.parent}"
    done = subprocess.run([sys.executable, "-c", RAISING], env=given, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-3:] == [
        "AirflowFailException True no delivery 8f",
        "UnavailableError False no answer",
        "KeyError False 'a mistake of ours'",
    ]


@pytest.mark.parametrize("path", sorted(DAGS.glob("*.py")), ids=lambda path: path.stem)
def test_every_task_of_a_dag_is_one_of_these(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    imported = {
        alias.name: node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names
    }
    assert imported.get("task", "liangxian_tasks") == "liangxian_tasks"
    callables = [
        ast.unparse(k.value) for k in ast.walk(tree) if isinstance(k, ast.keyword) and k.arg == "python_callable"
    ]
    assert all(one.startswith("fails_at_once(") for one in callables)
