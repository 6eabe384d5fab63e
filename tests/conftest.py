"""What tests share: tools that pip cannot bring are skipped with a sentence, and with CI=true they fail."""

import gc
import os
import shutil
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import hypothesis
import pytest
from databases import new_database
from dealing import in_order_for
from servers import SERVERS, answers, started
from sharing import folder_of_all, made_once

# a busy machine is no failure: how long an example takes is for the benchmark to say
hypothesis.settings.register_profile("patient", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("patient")

# where Python is told to keep nothing of what it compiles (as images of containers do), each of some hundred processes
# that tests begin would compile our packages anew, and each worker rewrite the asserts of all tests
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

PLANS = pytest.StashKey[TemporaryDirectory[str]]()


def pytest_configure(config: pytest.Config) -> None:
    """All homes of a session, in all its processes, share what the rules were compiled to: minutes otherwise."""
    if not hasattr(config, "workerinput"):
        config.stash[PLANS] = TemporaryDirectory(prefix="liangxian-plans-")
        os.environ["LIANGXIAN_PLANS"] = config.stash[PLANS].name
        # Spark in a test lives for minutes over a few rows: compiling it to the utmost takes longer than it saves
        # whatever the machine's locale is
        os.environ["LIANGXIAN_LANG"] = "en"
        os.environ.setdefault("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")


def pytest_unconfigure(config: pytest.Config) -> None:
    """The plans go with the session."""
    if PLANS in config.stash:
        config.stash[PLANS].cleanup()


@pytest.fixture(scope="session")
def plans() -> Path:
    """Where worlds that tests make leave what rules were compiled to, for one another."""
    return Path(os.environ["LIANGXIAN_PLANS"]) / "worlds"


TOOLS = {
    "soffice": "LibreOffice, which shows a workbook as another program sees it",
    "chromium": "Chromium, which shows a page as a browser does",
    "java": "a Java 17, which Spark runs on",
    "pdftoppm": "Poppler, which turns pages into pictures",
    "datacontract": "datacontract-cli, which reads our data contracts",
    "frictionless": "Frictionless, which reads our data packages",
    "hadolint": "hadolint, which reads our Dockerfile",
    "moto_server": "moto, which answers as S3 does",
    "docker-compose": "Docker Compose, which reads our Compose file without an engine",
}
"""Commands that rendering tests use, and what they are for."""

TOOL_FOLDER = Path(__file__).parents[1] / ".tools" / "bin"
"""Where `make services` puts Python programs that do not fit into our environment."""

NOT_HERE = "not here:"


@pytest.fixture(scope="session")
def tool() -> Callable[[str], Path]:
    """``tool("soffice")`` is the command's path; where it is missing the test is skipped, or fails with CI=true."""

    def find(name: str) -> Path:
        # ours first: it has the version that the Makefile names
        found = shutil.which(name, path=str(TOOL_FOLDER)) or shutil.which(name)
        if found is None:
            sentence = f"{NOT_HERE} {name} ({TOOLS[name]}); `make services` installs it"
            if os.environ.get("CI") == "true":
                pytest.fail(sentence, pytrace=False)
            pytest.skip(sentence)
        return Path(found)

    return find


@pytest.fixture(scope="session")
def server() -> Iterator[Callable[[str], str]]:
    """``server("postgres")`` is its URL; where none answers the session starts one of its own.

    Where its program is not installed either, the test is skipped, or fails with CI=true.
    """
    own: dict[str, str | None] = {}
    with ExitStack() as running:

        def find(name: str) -> str:
            variable, usual = SERVERS[name]
            url = os.environ.get(variable, usual)
            if answers(url):
                return url
            if name not in own:
                # not below pytest's folder, which only its owner may enter: the server has a user of its own
                folder = Path(running.enter_context(TemporaryDirectory(prefix=f"liangxian-{name}-")))
                folder.chmod(0o755)
                own[name] = running.enter_context(started(name, folder / "data"))
            found = own[name]
            if found is None:
                sentence = f"{NOT_HERE} {name} (`make services` installs it, or {variable} names a server)"
                if os.environ.get("CI") == "true":
                    pytest.fail(sentence, pytrace=False)
                pytest.skip(sentence)
            return found

        yield find


@pytest.fixture
def database(server: Callable[[str], str]) -> Iterator[str]:
    """An empty PostgreSQL database for one test."""
    with new_database(server("postgres")) as url:
        yield url


@pytest.fixture(scope="session")
def night_home(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[Path]:
    """A home after one real night (tests/homes.py), made once for all workers: to be read, or copied and changed.

    Whoever gives files out of it, or reads in clear, needs a copy: its audit log has that, for all tests after.
    """
    from homes import make_home, read_of  # slow to import, and most tests need no home

    home = made_once(folder_of_all(tmp_path_factory, worker_id) / "night_home", make_home)
    yield home
    assert read_of(home) == [], "a test left this in the audit log of the home that all share: let it take a copy"


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What takes minutes is begun first and by different workers, so that the end does not wait for it alone."""
    workers = getattr(config, "workerinput", {}).get("workercount", 1)
    items[:] = in_order_for(workers, items)


def pytest_collection_finish() -> None:
    """Look for garbage seldom, and not among what was collected and imported: no test makes that garbage."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name in one line each what was not there, and how many tests were skipped for it."""
    reasons = Counter(
        report.longrepr[2].removeprefix("Skipped: ")
        for report in terminalreporter.stats.get("skipped", ())
        if isinstance(report.longrepr, tuple)
    )
    for reason, tests in sorted(reasons.items()):
        terminalreporter.write_line(f"skipped {tests}: {reason}")
