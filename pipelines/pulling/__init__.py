"""A department's own database as a source: its rows become a file, and the file a delivery like any other."""

from pipelines.pulling.config import PullConfig, PullConfigError, load_pull_config
from pipelines.pulling.errors import PullError

__all__ = ["PullConfig", "PullConfigError", "PullError", "load_pull_config"]
