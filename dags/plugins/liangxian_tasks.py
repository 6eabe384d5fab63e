"""Tasks of this house: what no other attempt can mend fails at once, with the sentence that the command line says."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from airflow.sdk import task as airflow_task
from airflow.sdk.exceptions import AirflowFailException

from expectations.errors import LiangxianError


def task(function: Callable[..., Any] | None = None, **options: Any) -> Any:
    """Airflow's ``@task``, with or without options, for a function that calls the night or the desk."""

    def make(function: Callable[..., Any]) -> Any:
        return airflow_task(**options)(fails_at_once(function))

    return make if function is None else make(function)


def fails_at_once(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, failing for good where it raises an error of ours that does not pass by itself."""

    @wraps(function)
    def called(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except LiangxianError as error:
            if error.may_pass:
                raise
            raise AirflowFailException(error.for_people()) from error

    return called
