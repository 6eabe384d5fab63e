"""Secret URLs by the name of a variable: from the environment, else from the Airflow connection of that name."""

from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit, urlunsplit

DRIVERS = {"postgres": "postgresql+psycopg", "postgresql": "postgresql+psycopg", "mysql": "mysql+pymysql"}
"""Airflow names databases otherwise than SQLAlchemy does."""


class SecretUrls(Mapping[str, str]):
    """``urls["CIVIL_AFFAIRS_URL"]`` is the variable's value, else the connection ``civil_affairs_url`` as a URL."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment

    def __getitem__(self, name: str) -> str:
        if name in self._environment:
            return self._environment[name]
        from airflow.sdk import Connection
        from airflow.sdk.exceptions import AirflowNotFoundException

        try:
            return sqlalchemy_url(Connection.get(name.lower()).get_uri())
        except AirflowNotFoundException:
            raise KeyError(name) from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._environment)

    def __len__(self) -> int:
        return len(self._environment)


def sqlalchemy_url(uri: str) -> str:
    """Airflow's URI with the driver that we install."""
    parts = urlsplit(uri)
    return urlunsplit(parts._replace(scheme=DRIVERS.get(parts.scheme, parts.scheme)))
