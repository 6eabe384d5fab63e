"""What is pulled from where: a YAML file that names tables and columns, and the variable that holds the URL.

```yaml
county: "522601"
url_env: CIVIL_AFFAIRS_URL        # the environment variable with the SQLAlchemy URL; the URL itself never stands here
feeds:
  low_income_households:
    table: dibao.certificate      # or query: "select … from …"
    columns: {低保证号: cert_no, 户主姓名: head_name}   # heading: column; left out where the columns are headings
    watermark: {column: updated_at, full_every_days: 30, key: [id]}
```
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Final

import yaml

from expectations.errors import Place, Problem, RequestError
from expectations.feed import Feed
from expectations.feeds import FEEDS_BY_NAME
from pipelines.reading.headings import Headings

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class PullConfigError(RequestError):
    """A configuration that cannot be used; ``problems`` says everything that is wrong with it."""

    def __init__(self, file: str, problems: Iterable[str]) -> None:
        super().__init__("", problems=[Problem(what, Place(file=file)) for what in problems])


@dataclass(frozen=True)
class Watermark:
    """Pull only what changed since the last pull: rows whose ``column`` (a time or a number) has grown.

    ``key``: columns of the source that name a row; without them the feed's own key. ``overlap``: seconds (or units)
    that are pulled again, for rows whose transaction was committed late. A full pull finds what was deleted.
    """

    column: str
    key: tuple[str, ...] = ()
    full_every_days: int = 30
    overlap: int = 600


@dataclass(frozen=True)
class FeedSource:
    """Where the rows of one feed come from; ``columns`` maps headings to columns of the table or query."""

    feed: str
    table: str | None = None
    query: str | None = None
    columns: tuple[tuple[str, str], ...] = ()
    watermark: Watermark | None = None

    @property
    def said(self) -> str:
        """The table in words, or that it is a query."""
        return f"表{self.table}" if self.table else "查询语句（query）"

    def digest(self) -> str:
        """Hash of what is pulled: rows pulled by another configuration are not merged onto."""
        content = asdict(self)
        if self.watermark is not None:
            content["watermark"] = {"column": self.watermark.column, "key": self.watermark.key}
        return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()[:16]

    def key_headings(self) -> tuple[str, ...]:
        """The headings under which the feed's key stands, as mapped."""
        known = Headings(FEEDS_BY_NAME[self.feed])
        found = {known_as[0].name: h for h, _ in self.columns if (known_as := known.recognise(h)) is not None}
        feed = FEEDS_BY_NAME[self.feed]
        return tuple(found.get(name, feed[name].title) for name in feed.key)


@dataclass(frozen=True)
class PullConfig:
    """A department's database. Time-outs in seconds; ``attempts`` counts new beginnings after a broken connection."""

    county: str
    url_env: str
    feeds: tuple[FeedSource, ...]
    chunk_rows: int = 50_000
    attempts: int = 3
    wait_seconds: int = 5
    connect_timeout: int = 10
    statement_timeout: int = 1_800


_ORIGINS: Final = ("table", "query")
_NUMBERS: Final = ("chunk_rows", "attempts", "wait_seconds", "connect_timeout", "statement_timeout")


def load_pull_config(path: Path) -> PullConfig:
    """Read a configuration; raises PullConfigError with all that is wrong with it."""
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise PullConfigError(path.name, [f"no readable YAML: {' '.join(str(error).split())}"]) from error
    if not isinstance(document, dict):
        raise PullConfigError(path.name, ["no mapping"])
    problems = _unknown(document, {f.name for f in fields(PullConfig)}, "")
    county, variable = str(document.get("county", "")), document.get("url_env", "")
    if not re.fullmatch(r"[0-9]{6}", county):
        problems.append("county is no 6-digit code")
    if not (isinstance(variable, str) and _VARIABLE.fullmatch(variable)):
        # whatever stands there may be the secret itself: it is not repeated
        problems.append("url_env must be the name of an environment variable; the URL itself must not stand in a file")
    numbers = {name: document[name] for name in _NUMBERS if name in document}
    least = {"wait_seconds": 0}
    problems += [
        f"{n} is no whole number from {least.get(n, 1)}"
        for n, v in numbers.items()
        if type(v) is not int or v < least.get(n, 1)
    ]
    listed = document.get("feeds")
    if not isinstance(listed, dict) or not listed:
        problems.append("feeds is empty")
        listed = {}
    sources = [_source(str(name), raw, problems) for name, raw in listed.items()]
    if problems:
        raise PullConfigError(path.name, problems)
    return PullConfig(county, str(variable), tuple(s for s in sources if s is not None), **numbers)


def _source(name: str, raw: Any, problems: list[str]) -> FeedSource | None:
    feed = FEEDS_BY_NAME.get(name)
    if feed is None:
        problems.append(f"feeds.{name}: no such feed; there are {', '.join(FEEDS_BY_NAME)}")
        return None
    if not isinstance(raw, dict):
        problems.append(f"feeds.{name}: no mapping")
        return None
    problems += _unknown(raw, {"table", "query", "columns", "watermark"}, f"feeds.{name}: ")
    if bool(raw.get("table")) == bool(raw.get("query")):
        problems.append(f"feeds.{name}: needs either a table or a query")
    problems += [f"feeds.{name}.{part}: no text" for part in _ORIGINS if not isinstance(raw.get(part) or "", str)]
    columns = raw.get("columns") or {}
    if not isinstance(columns, dict):
        problems.append(f"feeds.{name}.columns: no mapping from headings to columns")
        columns = {}
    known = Headings(feed)
    for heading in columns:
        if known.recognise(str(heading)) is None:
            problems.append(f"feeds.{name}.columns: {heading} is no heading of {feed.title}")
    return FeedSource(
        name,
        raw.get("table"),
        raw.get("query"),
        tuple((str(h), str(c)) for h, c in columns.items()),
        _watermark(feed, raw.get("watermark"), problems),
    )


def _watermark(feed: Feed, raw: Any, problems: list[str]) -> Watermark | None:
    if raw is None:
        return None
    place = f"feeds.{feed.name}.watermark"
    if not isinstance(raw, dict):
        problems.append(f"{place}: no mapping")
        return None
    column = raw.get("column")
    if not isinstance(column, str):
        problems.append(f"{place}: needs a column")
    problems += _unknown(raw, {f.name for f in fields(Watermark)}, f"{place}: ")
    key = raw.get("key") or ()
    if not isinstance(key, list | tuple) or not all(isinstance(k, str) for k in key):
        problems.append(f"{place}.key: no list of columns")
        key = ()
    if not key and any(feed[name].is_identity_number for name in feed.key):
        # a row without a number has no key of its own: merged by the rest, one person would replace another
        problems.append(f"{place}: needs a key, columns of the source that name a row even without an identity number")
    numbers = {n: raw[n] for n in ("full_every_days", "overlap") if n in raw}
    problems += [f"{place}.{n} is no whole number from 0" for n, v in numbers.items() if type(v) is not int or v < 0]
    return Watermark(str(column), tuple(key), **numbers)


def _unknown(raw: Mapping[Any, Any], known: set[str], place: str) -> list[str]:
    return [f"{place}unknown key {key}" for key in raw if key not in known]
