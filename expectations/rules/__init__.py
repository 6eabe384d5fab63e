"""The rule book: each module of this folder and of those below it declares rules, each folder or module one family.

Nothing registers itself: the modules are listed, and what each holds as ``RULES`` are its rules; a family's ``FAMILY``
says where it stands in the book (decision 0024).

Importing this loads Ibis; the command line does so only where it must.
"""

from collections.abc import Iterable, Iterator
from importlib import import_module
from itertools import pairwise
from pkgutil import walk_packages
from types import ModuleType

from expectations.rule import Family, Rule


def in_order(modules: Iterable[ModuleType]) -> tuple[tuple[Family, tuple[Rule, ...]], ...]:
    """Families by their place, each with its rules by their codes, from what the modules hold.

    Raises ValueError with every rule that its module declares and does not list, that no family's code begins, or whose
    code stands twice, and every place that is taken twice.
    """
    modules = list(modules)
    families = sorted(
        (family for module in modules if isinstance(family := vars(module).get("FAMILY"), Family)),
        key=lambda family: family.place,
    )
    rules = sorted((rule for module in modules for rule in vars(module).get("RULES", ())), key=lambda rule: rule.code)
    problems = [*_unlisted(modules, rules), *_misplaced(families, rules)]
    if problems:
        raise ValueError("; ".join(sorted(problems)))
    return tuple((family, tuple(rule for rule in rules if rule.family == family.code)) for family in families)


def _unlisted(modules: Iterable[ModuleType], rules: Iterable[Rule]) -> Iterator[str]:
    listed = {id(rule) for rule in rules}
    for module in modules:
        for value in vars(module).values():
            if isinstance(value, Rule) and value.finds.__module__ == module.__name__ and id(value) not in listed:
                yield f"{module.__name__} declares {value.code} and does not list it in RULES"


def _misplaced(families: list[Family], rules: list[Rule]) -> Iterator[str]:
    for one, other in pairwise(families):
        if one.place == other.place:
            yield f"{min(one.code, other.code)} and {max(one.code, other.code)} both stand at place {one.place}"
    for one_rule, next_rule in pairwise(rules):
        if one_rule.code == next_rule.code:
            yield f"{one_rule.code} is declared twice"
    for rule in rules:
        if rule.family not in {family.code for family in families}:
            yield f"{rule.code} is of no family"


FAMILIES: tuple[tuple[Family, tuple[Rule, ...]], ...] = in_order(
    import_module(found.name) for found in walk_packages(__path__, f"{__name__}.")
)
"""Each family with its rules, in the order of the book."""

RULES: tuple[Rule, ...] = tuple(rule for _, rules in FAMILIES for rule in rules)

RULES_BY_CODE: dict[str, Rule] = {rule.code: rule for rule in RULES}
