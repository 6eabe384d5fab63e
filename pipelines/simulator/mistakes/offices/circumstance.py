"""What another office knows of some people, or gets wrong: planted after the county's own mistakes."""

from collections.abc import Callable
from dataclasses import dataclass

from pipelines.simulator.chosen import Wanted
from pipelines.simulator.mistakes.scene import Scene, Victims


@dataclass(frozen=True)
class Circumstance:
    """One kind of it (or a near miss), as ``Mistake`` is one of the county's own departments: whom it needs, what it
    writes into the other office's book, and whether it lasts."""

    plant: Callable[[Scene, Victims], None]
    needs: tuple[Wanted, ...]
    many: bool = False
    steady: bool = False
    main: bool = False

    @property
    def name(self) -> str:
        """The name of the function that plants it."""
        return self.plant.__name__
