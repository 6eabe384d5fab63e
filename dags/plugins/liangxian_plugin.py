"""What Airflow's pages get from us: a button from a task to the run's summary page, and the pages in the menu."""

import sys
from contextlib import suppress
from typing import Any

from airflow.plugins_manager import AirflowPlugin
from airflow.providers.standard.operators.python import PythonOperator
from airflow.sdk import BaseOperatorLink
from airflow.sdk.execution_time.xcom import XCom
from liangxian_house import find_place

if "scheduler" in sys.argv:
    # a task of the LocalExecutor is a fork of the scheduler: what that has imported, no task imports for itself again
    with suppress(ImportError):
        from pipelines.night.warming import import_for_forks

        import_for_forks()


class SummaryLink(BaseOperatorLink):
    """From a task that returns a run's id to that run's summary."""

    name = "运行摘要 summary"

    def get_link(self, operator: Any, *, ti_key: Any) -> str:
        """The summary page under LIANGXIAN_PAGES, or where it lies; empty where the task made no run."""
        run = XCom.get_value(ti_key=ti_key, key="return_value")
        return summary_address(run) if isinstance(run, str) else ""


class RunOperator(PythonOperator):
    """A Python task that returns a run's id, with a button to the run's summary page."""

    operator_extra_links = (SummaryLink(),)


def summary_address(run: str) -> str:
    """Address of a run's summary page."""
    place = find_place()
    base = place.pages.rstrip("/") if place.pages else f"file://{place.home}/runs"
    return f"{base}/{run}/summary.html"


class LiangxianPlugin(AirflowPlugin):
    """Registers the button; the menu entry is there where the pages have an address."""

    name = "liangxian"
    operator_extra_links = (SummaryLink(),)
    external_views = (
        [{"name": "两线合一 liangxian", "href": find_place().pages, "destination": "nav", "url_route": "liangxian"}]
        if find_place().pages
        else []
    )
