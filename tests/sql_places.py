"""Places in the source where a list becomes SQL, or an expression that becomes SQL."""

import ast
from collections.abc import Iterator
from pathlib import Path

import dags
import expectations
import pipelines
import warehouse


def _is_declared(node: ast.expr) -> bool:
    """A constant's name, or values that stand there."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name.strip("_").isupper()
        case ast.Tuple(elts=values) | ast.List(elts=values) | ast.Set(elts=values):
            return bool(values) and all(isinstance(v, ast.Constant | ast.Attribute | ast.Starred) for v in values)
        case ast.ListComp(generators=[ast.comprehension(iter=over, ifs=[])]):
            return _is_declared(over)
        case _:
            return False


_JOINS = ("UNION", " AND ", " OR ", " JOIN ", ";")


def _makes_sql(call: ast.Call) -> bool:
    """Whether a list becomes SQL here. ``among`` and its like may be given any list, which is tested with them."""
    if not isinstance(call.func, ast.Attribute) or not call.args:
        return False
    of, given = call.func.value, call.args[0]
    match call.func.attr:
        case "in_" | "not_in" | "isin" | "notin":
            return not (isinstance(of, ast.Name) and of.id == "np") and not _is_declared(given)
        case "union":
            return any(isinstance(argument, ast.Starred) for argument in call.args)
        case "join" if isinstance(of, ast.Constant) and isinstance(of.value, str):
            joins = any(word in of.value for word in _JOINS) and of.value != "; "
            constant = isinstance(given, ast.GeneratorExp) and _is_declared(given.generators[0].iter)
            return joins and not constant
        case _:
            return False


def places_in(source: str, name: str) -> Iterator[str]:
    """Functions of a module in which a list becomes SQL."""

    def within(node: ast.AST, inside: tuple[str, ...]) -> Iterator[str]:
        for child in ast.iter_child_nodes(node):
            named = isinstance(child, ast.FunctionDef | ast.ClassDef)
            here = (*inside, child.name) if isinstance(child, ast.FunctionDef | ast.ClassDef) and named else inside
            if isinstance(child, ast.Call) and _makes_sql(child):
                yield ".".join((name, *here))
            yield from within(child, here)

    yield from within(ast.parse(source), ())


def all_places() -> set[str]:
    found: set[str] = set()
    for package in (dags, expectations, pipelines, warehouse):
        root = Path(str(next(iter(package.__path__))))
        for path in sorted(root.rglob("*.py")):
            parts = path.relative_to(root.parent).with_suffix("").parts
            if "migrations" not in parts:
                found.update(places_in(path.read_text(encoding="utf-8"), ".".join(parts)))
    return found
