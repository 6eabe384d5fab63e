"""Policy files: read, checked, and laid over one another (national defaults, then ``*``, then the county's own)."""

import re
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from datetime import date
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml
from yaml.constructor import SafeConstructor

from expectations.errors import Place, Problem, ValueRefusedError
from expectations.policies import nearest_key, parameter_of
from expectations.policy import Entry, Policy, PolicyError, Timeline

DEFAULTS = "defaults.yaml"
EVERY_COUNTY = "*"


@dataclass(frozen=True)
class Policies:
    """The defaults and every county's own parameters."""

    defaults: Mapping[str, Timeline]
    own: Mapping[str, Mapping[str, Timeline]]

    def at(self, county: str, d: date) -> Policy:
        """The county's policy bound to D; PolicyError where a required key has no value at D."""
        policy = Policy(county, d, {**self.defaults, **self.own.get(EVERY_COUNTY, {}), **self.own.get(county, {})})
        if problems := policy.problems():
            raise PolicyError(problems)
        return policy

    def check(self, county: str, d: date) -> None:
        """Raise PolicyError with everything that is missing for the county at D."""
        self.at(county, d)


def load_policies(directory: Path | None) -> Policies:
    """The packaged defaults and the ``*.yaml|*.yml`` files of a directory; PolicyError lists every problem."""
    reading = _Reading()
    defaults = reading.parameters(DEFAULTS, (files("expectations.policies") / DEFAULTS).read_bytes())
    own: dict[str, dict[str, Timeline]] = {}
    for path in _policy_files(directory):
        for county, parameters in reading.parameters(path.name, path.read_bytes()).items():
            known = own.setdefault(county, {})
            for key in sorted(known.keys() & parameters.keys()):
                other = known[key][0].file
                reading.problem(path.name, key, None, f"county {county} has this key in {other} too")
            known.update(parameters)
    if reading.problems:
        raise PolicyError(reading.problems)
    return Policies(defaults[EVERY_COUNTY], own)


def _policy_files(directory: Path | None) -> list[Path]:
    """The policy files of a directory, by name."""
    if directory is None:
        return []
    if not directory.is_dir():
        raise PolicyError([Problem("no such directory of policy files", Place(file=directory.name))])
    found = (p for p in directory.iterdir() if p.suffix in {".yaml", ".yml"} and not p.name.startswith("."))
    return sorted(p for p in found if p.is_file())


class _Strict(SafeConstructor):
    """Refuses a key written twice in one mapping (plain YAML silently keeps the last); leaves a date as it was written.

    So an impossible one (2025-02-30) is a problem of its entry, not of the file.
    """

    yaml_constructors = SafeConstructor.yaml_constructors | {
        "tag:yaml.org,2002:timestamp": SafeConstructor.construct_yaml_str
    }

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[str] = set()
        for key in (key for key, _ in node.value if isinstance(key, yaml.ScalarNode)):
            if key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, f"{key.value} is written twice", key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep=deep)


class _Loader(_Strict, yaml.SafeLoader):
    """Reads in Python: slow, and says best what is wrong and where."""


class _FastLoader(_Strict, yaml.CSafeLoader):
    """Reads in C: a house of a hundred counties has a hundred files, and every run reads them all."""


def _document(content: bytes) -> Any:
    """The document of a file; raises what PyYAML's own reading raises, in its words."""
    try:
        return _read(content, _FastLoader)
    except (yaml.YAMLError, ValueError):
        return _read(content, _Loader)


def _read(content: bytes, kind: type[_Loader] | type[_FastLoader]) -> Any:
    loader = kind(content)
    try:
        return loader.get_single_data()
    finally:
        loader.dispose()


@dataclass
class _Reading:
    """Files being read; problems are collected, so that one look finds them all."""

    problems: list[Problem] = field(default_factory=list)

    def problem(self, file: str, key: str, on: date | None, what: str) -> None:
        """Note one problem."""
        self.problems.append(Problem(what, Place(file=file, key=key, on=on)))

    def parameters(self, file: str, content: bytes) -> dict[str, dict[str, Timeline]]:
        """``{county: {key: timeline}}`` of one file (one county); what is wrong is left out and noted."""
        try:
            document = _document(content)
        except (yaml.YAMLError, ValueError) as error:
            self.problem(file, "", None, f"no readable YAML: {' '.join(str(error).split())}")
            return {}
        if not isinstance(document, dict) or set(document) != {"county", "parameters"}:
            self.problem(file, "", None, "a policy file has exactly the two parts county and parameters")
            return {}
        county, parameters = str(document["county"]), document["parameters"] or {}
        if county != EVERY_COUNTY and not (county.isascii() and county.isdigit() and len(county) == 6):
            self.problem(file, "county", None, f'{county!r} is neither "*" nor a 6-digit county code')
            return {}
        if not isinstance(parameters, dict):
            self.problem(file, "parameters", None, "no mapping from keys to lists of entries")
            return {}
        timelines = {str(key): self._timeline(file, county, str(key), raw) for key, raw in parameters.items()}
        return {county: {key: timeline for key, timeline in timelines.items() if timeline}}

    def _timeline(self, file: str, county: str, key: str, raw: object) -> Timeline:
        """The entries of one key, oldest first."""
        if parameter_of(key) is None:
            near = nearest_key(key)
            self.problem(file, key, None, "unknown key" + (f" (did you mean {near}?)" if near else ""))
            return ()
        village = key.rpartition(".")[2] if key.startswith("agricultural_population.") else ""
        if village and county != EVERY_COUNTY and not village.startswith(county):
            self.problem(file, key, None, f"the village does not lie in county {county}")
        if not isinstance(raw, list) or not raw:
            self.problem(file, key, None, "no list of entries {from, value, source}")
            return ()
        entries = [entry for item in raw if (entry := self._entry(file, key, item)) is not None]
        entries.sort(key=lambda entry: entry.valid_from)
        for before, after in pairwise(entries):
            if before.valid_from == after.valid_from or (before.valid_to and before.valid_to >= after.valid_from):
                self.problem(file, key, after.valid_from, f"overlaps the entry from {before.valid_from}")
        return tuple(entries)

    def _entry(self, file: str, key: str, item: object) -> Entry | None:
        """One entry of a list, or None where it cannot be read."""
        if not isinstance(item, dict) or not {"from", "value", "source"} <= set(item) <= {
            "from",
            "to",
            "value",
            "source",
        }:
            start = _as_date(item.get("from")) if isinstance(item, dict) else None
            self.problem(file, key, start, "an entry has from, value and source (and may have to), nothing else")
            return None
        start, end = _as_date(item["from"]), _as_date(item.get("to"))
        before = len(self.problems)
        if start is None:
            self.problem(file, key, None, f"from is no date YYYY-MM-DD: {item['from']!r}")
        if end is None and item.get("to") is not None:
            self.problem(file, key, start, f"to is no date YYYY-MM-DD: {item['to']!r}")
        if start and end and end < start:
            self.problem(file, key, start, f"ends on {end}, before it begins")
        if not (isinstance(item["source"], str) and item["source"].strip()):
            self.problem(file, key, start, "source is missing: the document and number that set the value")
        parameter = parameter_of(key)
        value = None
        try:
            value = parameter.kind.read(item["value"]) if parameter else None
        except ValueRefusedError as error:
            self.problem(file, key, start, str(error))
        if start is None or len(self.problems) > before:
            return None
        return Entry(value, start, end, item["source"].strip(), file)


def _as_date(raw: object) -> date | None:
    """A date YYYY-MM-DD, or None for anything else."""
    if not isinstance(raw, str) or re.fullmatch(r"\d{4}-\d{2}-\d{2}", raw.strip(), re.ASCII) is None:
        return None
    try:
        return date.fromisoformat(raw.strip())
    except ValueError:
        return None
