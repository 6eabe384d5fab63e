"""An S3 of our own for tests: moto's server, a process with one bucket in its memory."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from clusters import free_port, until


@dataclass(frozen=True)
class ObjectStore:
    """A running server and what clients need to know of it, as environment variables."""

    process: "subprocess.Popen[bytes]"
    address: str
    bucket: str

    @property
    def url(self) -> str:
        """The bucket."""
        return f"s3://{self.bucket}"

    @property
    def environment(self) -> dict[str, str]:
        """Where it answers, and who may enter (anybody)."""
        return {
            "AWS_ENDPOINT_URL": self.address,
            "AWS_ACCESS_KEY_ID": "a-test",
            "AWS_SECRET_ACCESS_KEY": "a-test",
            "AWS_REGION": "us-east-1",
        }


@contextmanager
def object_store(program: Path, bucket: str = "county") -> Iterator[ObjectStore]:
    """A server with an empty bucket, which ends with the block."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    process = subprocess.Popen(
        [program, "-H", "127.0.0.1", "-p", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        until("moto", lambda: process.poll() is not None or _answers(port))
        _asked(port, "PUT", f"/{bucket}")
        yield ObjectStore(process, address, bucket)
    finally:
        process.kill()
        process.wait()


def _answers(port: int) -> bool:
    with suppress(OSError, HTTPException):
        return _asked(port, "GET", "/moto-api/") == HTTPStatus.OK
    return False


def _asked(port: int, method: str, path: str) -> int:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request(method, path)
        return connection.getresponse().status
    finally:
        connection.close()
