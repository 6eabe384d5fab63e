"""Homes that several tests read; whoever writes takes a copy."""

import shutil
from datetime import date
from pathlib import Path

import pytest
from night.counties import KEY, Home, copy_home, make_home, share
from sharing import folder_of_all

from pipelines.night.flow import run_night

LAST_NIGHT = date(2025, 10, 20)
DIRTY_NIGHT = date(2025, 12, 31)
# Past dates: the command line takes no delivery as of a day that is still to come.


@pytest.fixture(scope="session")
def together(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A folder that all workers of this session share."""
    return folder_of_all(tmp_path_factory, worker_id)


@pytest.fixture(autouse=True)
def _one_key(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Homes that are made here have one key; that of all tests has its own, which its books ask for."""
    if "night_home" not in request.fixturenames:
        monkeypatch.setenv("LIANGXIAN_FINDING_KEY", KEY)


@pytest.fixture(scope="session")
def three_nights(together: Path) -> Home:
    """100 households, clean; three monthly deliveries, one night each, around the turn of the school year."""

    def make(path: Path) -> Home:
        home = make_home(path, households=100, seed=5, as_of=LAST_NIGHT, months=3)
        *before, last = home.dates()
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("LIANGXIAN_FINDING_KEY", KEY)
            for d in before:
                home.arrive(d)
                run_night(home.settings(d), d)
        shutil.rmtree(together / "two_nights", ignore_errors=True)
        copy_home(home, together / "two_nights")
        _run_aloud(home, last)
        return home

    return share(together, "three_nights", make)


@pytest.fixture(scope="session")
def two_nights(three_nights: Home, together: Path) -> Home:
    """The same county before its third night: the last deliveries are sent and have not arrived."""
    assert three_nights.path.exists()
    return Home(together / "two_nights")


@pytest.fixture(scope="session")
def dirty_night(together: Path) -> Home:
    """200 households as departments and other offices really send them, one night."""

    def make(path: Path) -> Home:
        home = make_home(path, households=200, seed=7, as_of=DIRTY_NIGHT, dirt="real", other_offices=True)
        _run_aloud(home, DIRTY_NIGHT)
        return home

    return share(together, "dirty_night", make)


def _run_aloud(home: Home, d: date) -> None:
    """The night by command, with everything that it has to say kept."""
    home.arrive(d)
    done = home.liangxian("run", "--as-of", d.isoformat(), LIANGXIAN_LOG="DEBUG")
    home.said.mkdir()
    (home.said / "stdout.txt").write_text(done.stdout, encoding="utf-8")
    (home.said / "stderr.txt").write_text(done.stderr, encoding="utf-8")
    (home.said / "status.txt").write_text(str(done.returncode), encoding="utf-8")
    assert done.returncode in (0, 3), done.stderr
