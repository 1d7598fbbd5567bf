"""Expressions that were composed are kept: a process that runs again composes only what has changed."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import ibis.expr.types as ir
import msgspec

from motherlode.tables import Promise


def composed(function: Callable[..., ir.Table], arguments: Sequence[Any], values: Mapping[str, Any]) -> ir.Table:
    """What a table function gives; composing all of them takes as long as running them on a small shop.

    Parameters
    ----------
    arguments
        Tables, and tables by name where a function reads every table of a kind.
    values
        Settings by name; those that hold promises are told apart by all that these say.
    """
    return _composed(_Call(function, arguments, values))


class _Call:
    """A function with what it is called with: two of the same are equal."""

    def __init__(self, function: Callable[..., ir.Table], arguments: Sequence[Any], values: Mapping[str, Any]) -> None:
        self.function, self.arguments, self.values = function, arguments, values
        self._key = (function, _comparable(arguments), _comparable(values))

    def __hash__(self) -> int:
        return hash(self._key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Call) and self._key == other._key


@lru_cache(maxsize=1024)
def _composed(call: _Call) -> ir.Table:
    return call.function(*call.arguments, **call.values)


def _comparable(value: Any) -> Any:
    if isinstance(value, Mapping):
        return tuple((name, _comparable(each)) for name, each in value.items())
    if isinstance(value, list | tuple):
        return tuple(map(_comparable, value))
    if isinstance(value, Promise):
        return _comparable(msgspec.structs.asdict(value))
    # Tables answer `==` with an expression of their own; 1, 1.0 and True are three columns of three kinds.
    return value.op() if isinstance(value, ir.Table) else (type(value), value)
