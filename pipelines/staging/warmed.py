"""What a process that reads one delivery needs, loaded once by the server that such processes are forked from."""

import gc
from importlib import import_module

from expectations.feeds import FEEDS
from expectations.suites import suite
from pipelines.staging import stage
from pipelines.staging.validate import validate_profile

# its progress bars, which nobody sees, are watched by a thread, and what forks has but one of its own
import_module("tqdm").tqdm.monitor_interval = 0
# Great Expectations finds and builds most of what it uses when it is first asked
validate_profile(FEEDS[0], {"": {e.measure: 0.0 for e in suite(FEEDS[0])}})
# what is loaded stays: no process looks through it for garbage, which would copy all its pages
gc.collect()
gc.freeze()

__all__ = ["stage"]
