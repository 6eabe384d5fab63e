"""How a command ends that cannot do what it was asked for: in a sentence on standard error, with its exit status."""

import errno
import logging
import sys
from collections.abc import Sequence
from typing import Any, Final

import typer

from expectations.errors import LiangxianError, RequestError
from pipelines.commands.printing import tell_error
from pipelines.commands.speaking import Group, in_language, speaking

DONE, FAILED, WRONG_USAGE, INCOMPLETE = 0, 1, 2, 3
"""Exit statuses: 3 is done, but a delivery of an expected feed was rejected, or a rule was not evaluated."""

UsageError: Final[type[Exception]] = typer.BadParameter.__mro__[1]
"""Wrong usage of every kind; Typer brings its own, and names it nowhere."""

logger = logging.getLogger(__name__)


class Door(Group):
    """The group of all commands. Errors of ours, of databases and disks end here; a mistake of ours is a traceback.

    With ``LIANGXIAN_LOG=DEBUG`` the traceback of an error of ours is logged too.
    """

    def main(self, args: Sequence[str] | None = None, *more: Any, **given: Any) -> Any:
        """Run a command line, in its language."""
        with speaking(sys.argv[1:] if args is None else args):
            return super().main(args, *more, **given)

    def make_context(self, *given: Any, **more: Any) -> Any:
        """Read what stands before the command."""
        try:
            return super().make_context(*given, **more)
        except UsageError as error:
            raise in_language(error) from None

    def invoke(self, ctx: Any) -> Any:
        """Run the command that was named; what it writes is closed to others."""
        from warehouse.lake import closed_to_others

        try:
            with closed_to_others():
                return super().invoke(ctx)
        except UsageError as error:
            raise in_language(error) from None
        except LiangxianError as error:
            end(error)
        except Exception as error:
            if isinstance(error, OSError) and error.errno == errno.EPIPE:
                raise  # whoever read standard output has gone: no failure
            from warehouse.failures import failure_of

            failure = failure_of(error)
            if failure is None:
                raise
            end(failure)


def end(error: LiangxianError) -> None:
    """Tell what is wrong, and exit: wrong usage where another request is needed, else failed."""
    logger.debug("the command ends here", exc_info=True)
    tell_error(error)
    raise typer.Exit(status_of(error))


def status_of(error: LiangxianError) -> int:
    """The exit status that an error means."""
    return WRONG_USAGE if isinstance(error, RequestError) else FAILED
