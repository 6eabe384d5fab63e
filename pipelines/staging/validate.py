"""Great Expectations over a profile: results only, no files, no pages, no personal values, no calls home."""

import logging
import os
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Final

from expectations.feed import Feed
from expectations.suites import Expectation, Severity, suite
from pipelines.house.records.profile import ExpectationRow
from pipelines.staging.lean_import import import_great_expectations

_WHETHER: Final = {"result_format": "BOOLEAN_ONLY"}
_WHICH: Final = {"result_format": "COMPLETE", "unexpected_index_column_names": ["column"]}
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "liangxian/expectations")


@dataclass(frozen=True)
class Result:
    """What one expectation said of the whole delivery (column ``""``) or of one column; ``observed`` is a figure."""

    expectation: Expectation
    column: str
    success: bool
    observed: float

    def row(self) -> ExpectationRow:
        """As the books keep it (table ``quality``, without the delivery)."""
        return {
            "expectation": f"{self.expectation.measure}:{self.column}" if self.column else self.expectation.measure,
            "column_name": self.column,
            "severity": self.expectation.severity.value,
            "success": self.success,
            "observed": f"{self.observed:.6g}",
            "description": self.expectation.description,
        }

    @property
    def rejects(self) -> bool:
        """Whether the delivery is stopped by it."""
        return not self.success and self.expectation.severity is Severity.REJECT


def validate_profile(feed: Feed, measured: Mapping[str, Mapping[str, float | None]]) -> list[Result]:
    """Judge measures, by column and name, by the feed's suite; what is not known is not judged.

    Raises RuntimeError where the engine itself fails.
    """
    columns = tuple(measured)
    expectations = [e for e in suite(feed) if any(measured[c].get(e.measure) is not None for c in columns)]
    if not expectations:
        return []
    figures = tuple((e.measure, tuple(measured[c].get(e.measure) for c in columns)) for e in expectations)
    failed = _failed(feed, columns, figures)
    results = []
    for expectation in expectations:
        for column in columns:
            observed = measured[column].get(expectation.measure)
            if observed is not None:
                success = column not in failed.get(expectation.measure, ())
                results.append(Result(expectation, column, success, observed))
    return results


Figures = tuple[tuple[str, tuple[float | None, ...]], ...]
"""By measure its values, one a column."""


@lru_cache(maxsize=256)
def _failed(feed: Feed, columns: tuple[str, ...], figures: Figures) -> Mapping[str, Collection[str]]:
    """The columns that fail, by measure, of those measures where any does. The same figures are judged once a process.

    Which ones costs more to say than whether any: it is asked of the measures that fail, mostly one of ten.
    """
    import pandas as pd

    batch, suite_of = _engine()
    frame = pd.DataFrame({measure: pd.Series(values, dtype="float64") for measure, values in figures})
    frame["column"] = columns
    profile = batch.get_batch(batch_parameters={"dataframe": frame})
    known = frozenset(measure for measure, _ in figures)
    failing = [measure for measure, said in _said(profile, suite_of(feed, known), _WHETHER).items() if not said.success]
    if not failing:
        return {}
    return {
        measure: {place["column"] for place in said.result["unexpected_index_list"]}
        for measure, said in _said(profile, suite_of(feed, frozenset(failing)), _WHICH).items()
    }


def _said(profile: Any, definition: Any, result_format: Mapping[str, Any]) -> dict[str, Any]:
    """What each expectation said, by measure. Raises RuntimeError where one could not be evaluated."""
    outcome = profile.validate(definition, result_format=result_format)
    said = {result.expectation_config.kwargs["column"]: result for result in outcome.results}
    for measure, result in said.items():
        if result.exception_info.get("raised_exception"):
            raise RuntimeError(f"expectation {measure} of {definition.name} could not be evaluated")
    return said


@lru_cache(maxsize=1)
def _engine() -> tuple[Any, Any]:
    """The batch definition and the suites of one ephemeral context: made once a process, on first use."""
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    gx = import_great_expectations()
    from great_expectations.data_context.types.base import ProgressBarsConfig

    # this module of its sets its own level to INFO on import
    for name in ("great_expectations", "great_expectations.data_context.types.base"):
        logging.getLogger(name).setLevel(logging.ERROR)
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    batch = (
        context.data_sources.add_pandas("profiles")
        .add_dataframe_asset("profile")
        .add_batch_definition_whole_dataframe("all")
    )

    @cache
    def definition(feed: Feed, measures: frozenset[str]) -> Any:
        return gx.ExpectationSuite(
            name=feed.name,
            id=str(uuid.uuid5(_NAMESPACE, feed.name)),
            expectations=[
                {**e.as_dict(), "id": str(uuid.uuid5(_NAMESPACE, f"{feed.name}/{e.measure}"))}
                for e in suite(feed)
                if e.measure in measures
            ],
        )

    return batch, definition
