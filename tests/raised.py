"""What errors of the house say, found by reading the source: sentences with `{}` where something is put in."""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

import motherlode
from motherlode import errors

SOURCE = Path(motherlode.__file__).parent
KINDS = frozenset(
    name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, errors.MotherlodeError)
)
# `refuse(name, array, wrong, hint)` of the models raises with the hint that it is given.
REFUSING = 4
GAP = "{}"
Names = Mapping[str, list[ast.expr]]


def sentences() -> dict[str, str]:
    """Every sentence, with a place at which it is raised; what a catalogue of words gives is left out."""
    found: dict[str, str] = {}
    for path in sorted(SOURCE.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node, names in _calls(tree, _assigned(tree.body)):
            for argument in _arguments(node):
                for sentence in _shapes(argument, names):
                    found.setdefault(sentence, f"{path.relative_to(SOURCE)}:{node.lineno}")
    for node in ast.walk(ast.parse((SOURCE / "errors.py").read_text(encoding="utf-8"))):
        if isinstance(node, ast.Return) and node.value is not None:
            found |= dict.fromkeys(_shapes(node.value, {}), "errors.py")
    return found


def _calls(tree: ast.AST, names: Names) -> Iterator[tuple[ast.Call, Names]]:
    """Every call, with what names stand for there."""
    for child in ast.iter_child_nodes(tree):
        here = names
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            here = {**names, **_assigned([node for node in ast.walk(child) if isinstance(node, ast.stmt)])}
        if isinstance(child, ast.Call):
            yield child, here
        yield from _calls(child, here)


def _assigned(statements: list[ast.stmt]) -> dict[str, list[ast.expr]]:
    names: dict[str, list[ast.expr]] = {}
    for node in statements:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            names.setdefault(node.targets[0].id, []).append(node.value)
    return names


def _arguments(call: ast.Call) -> list[ast.expr]:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if name == "refuse" and len(call.args) == REFUSING:
        return call.args[-1:]
    if name not in KINDS:
        return []
    return [*call.args[:2], *(keyword.value for keyword in call.keywords if keyword.arg == "hint")]


def _shapes(node: ast.expr, names: Names) -> list[str]:
    """What an expression can be; nothing where it is no text of the source."""
    if isinstance(node, ast.Constant):
        return [node.value] if isinstance(node.value, str) and node.value else []
    if isinstance(node, ast.JoinedStr):
        return [one.replace(GAP * 2, GAP) for one in _joined(node.values, names)]
    if isinstance(node, ast.IfExp):
        return _shapes(node.body, names) + _shapes(node.orelse, names)
    if isinstance(node, ast.BinOp):
        ends = _shapes(node.right, names) or [GAP]
        return [(one + end).replace(GAP * 2, GAP) for one in _shapes(node.left, names) for end in ends]
    if isinstance(node, ast.Name):
        others = {name: found for name, found in names.items() if name != node.id}
        return [shape for found in names.get(node.id, []) for shape in _shapes(found, others)]
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
        tables = [found for found in names.get(node.value.id, []) if isinstance(found, ast.Dict)]
        return [shape for table in tables for value in table.values for shape in _shapes(value, names)]
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format":
        gaps = [keyword.arg for keyword in node.keywords]
        return [_without(shape, gaps) for shape in _shapes(node.func.value, names)]
    return []


def _joined(parts: list[ast.expr], names: Names) -> list[str]:
    """The ways in which the parts of a text with gaps can go on; a part that is a sentence itself is read too."""
    shapes = [""]
    for part in parts:
        inner = part.value if isinstance(part, ast.FormattedValue) else None
        ends = (_shapes(inner, names) if isinstance(inner, ast.Name) else []) if inner else _shapes(part, names)
        shapes = [shape + end for shape in shapes for end in (ends or [GAP])]
    return shapes


def _without(shape: str, gaps: list[str | None]) -> str:
    for gap in gaps:
        shape = shape.replace(f"{{{gap}}}", GAP)
    return shape
