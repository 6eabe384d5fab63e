"""The home's secret: born once and closed, known again by its fingerprint, and a key of its own for each use."""

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from expectations.errors import ValueRefusedError
from warehouse.keys import FROM_ENVIRONMENT, Keys, SecretDamagedError, Use, bear
from warehouse.lake import Lake
from warehouse.secret_values import DATABASE_URL, secret_value


@pytest.fixture
def lake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lake:
    monkeypatch.delenv(FROM_ENVIRONMENT, raising=False)
    return Lake(tmp_path / "home")


def test_a_secret_is_closed_from_its_first_byte_whatever_the_umask(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    born: list[int] = []
    opened = os.open

    def watching(path: str | os.PathLike[str], flags: int, mode: int = 0o777, **more: int) -> int:
        handle = opened(path, flags, mode, **more)
        if flags & os.O_CREAT:
            assert flags & os.O_EXCL
            born.append(stat.S_IMODE(os.fstat(handle).st_mode))
        return handle

    monkeypatch.setattr(os, "open", watching)
    before = os.umask(0)
    try:
        secret = Keys(lake).finding
    finally:
        os.umask(before)
    assert len(secret) == 32
    assert born == [0o600]
    folder = lake.finding_key.parent
    assert [path.name for path in folder.iterdir()] == ["finding.key"]
    assert (stat.S_IMODE(folder.stat().st_mode), stat.S_IMODE(lake.finding_key.stat().st_mode)) == (0o700, 0o600)


def test_who_bears_a_secret_at_once_has_the_same(lake: Lake) -> None:
    with ThreadPoolExecutor(8) as pool:
        secrets = set(pool.map(lambda _: Keys(lake).finding, range(32)))
    assert len(secrets) == 1
    assert not bear(lake.finding_key, "another")
    assert {Keys(lake).finding} == secrets


def test_each_use_has_a_key_of_its_own_that_stays(lake: Lake, tmp_path: Path) -> None:
    keys, again, other = Keys(lake), Keys(lake), Keys(Lake(tmp_path / "other"))
    assert len({keys.finding, *map(keys.of, Use)}) == 1 + len(Use)
    assert [*map(keys.of, Use)] == [*map(again.of, Use)]
    assert keys.fingerprint == again.fingerprint
    assert not {*map(keys.of, Use)} & {*map(other.of, Use)}
    assert keys.fingerprint != other.fingerprint
    assert keys.fingerprint not in keys.finding.hex()
    assert keys.finding.hex() not in repr(keys)


def test_to_ask_whether_there_is_a_secret_makes_none(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not Keys(lake).is_there
    assert not lake.home.exists()
    monkeypatch.setenv(FROM_ENVIRONMENT, "ab" * 32)
    assert Keys(lake).is_there
    assert Keys(lake).finding == bytes.fromhex("ab" * 32)
    assert not lake.home.exists()


@pytest.mark.parametrize("text", ["", "no digits", "ab" * 15 + "a"])
def test_a_secret_that_is_none_is_told_without_its_text(lake: Lake, text: str) -> None:
    bear(lake.finding_key, text)
    with pytest.raises(SecretDamagedError, match="the key of finding ids is no hexadecimal text") as told:
        _ = Keys(lake).finding
    assert not text or text not in str(told.value)


def test_a_secret_may_stand_in_a_file_that_the_environment_names(
    lake: Lake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "secret"
    file.write_text(f"{'ab' * 32}\n")
    monkeypatch.delenv(FROM_ENVIRONMENT, raising=False)
    monkeypatch.setenv(f"{FROM_ENVIRONMENT}_FILE", str(file))
    assert Keys(lake).finding == bytes.fromhex("ab" * 32)
    assert not lake.finding_key.exists()
    named = {f"{DATABASE_URL}_FILE": str(file)}
    assert secret_value(DATABASE_URL, named) == "ab" * 32
    assert secret_value(DATABASE_URL, named | {DATABASE_URL: "postgresql://own"}) == "postgresql://own"
    assert secret_value(DATABASE_URL, {}) is None


@pytest.mark.parametrize("content", [None, b"", b" \n", b"\xff\xfe"])
def test_a_file_without_its_secret_opens_no_other_books(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "secret").write_bytes(content)
    with pytest.raises(ValueRefusedError, match="LIANGXIAN_DATABASE_URL_FILE names cannot be read, or is empty"):
        secret_value(DATABASE_URL, {f"{DATABASE_URL}_FILE": str(tmp_path / "secret")})
