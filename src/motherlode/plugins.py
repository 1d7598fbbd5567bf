"""Find what can be wired and opened: our own rooms and doors, installed packages', and the project's `plugins/` folder.

All come by the same road: an entry point names a package to walk (`motherlode.rooms`) or a door (`motherlode.sources`).
"""

import importlib
import importlib.util
import inspect
import pkgutil
import sys
from collections.abc import Callable, Iterator
from functools import partial
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType
from typing import Any

from motherlode.errors import ConfigError, ContractError, did_you_mean
from motherlode.tables import Promise, promised


def find_promises(root: Path | None = None) -> tuple[Promise, ...]:
    """Every table function of the installed rooms and of `plugins/` in the project at `root`."""
    packages = [point.load() for point in entry_points(group="motherlode.rooms")]
    modules = [module for package in packages for module in _modules(package)]
    modules += [module for path, module in _plugin_modules(root)]
    return tuple(promise for module in modules for promise in _promises(module))


def find_source(name: str, root: Path | None = None) -> Callable[..., Any]:
    """The door that a source's `use` names; raises `ConfigError` with the nearest name."""
    doors: dict[str, Callable[[], Any]] = {point.name: point.load for point in entry_points(group="motherlode.sources")}
    for path, module in _plugin_modules(root):
        function = getattr(module, path.stem, None)
        if inspect.isfunction(function) and path.parent.name == "sources":
            doors[path.stem] = partial(_same, function)
    if name not in doors:
        raise ConfigError(f"no door `{name}` for a source", hint=did_you_mean(name, doors))
    return doors[name]()  # type: ignore[no-any-return]


def _same(function: Callable[..., Any]) -> Callable[..., Any]:
    return function


def _modules(package: ModuleType) -> Iterator[ModuleType]:
    yield package
    for info in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        yield importlib.import_module(info.name)


def _plugin_modules(root: Path | None) -> Iterator[tuple[Path, ModuleType]]:
    folder = root / "plugins" if root else None
    if folder is None or not folder.is_dir():
        return
    for path in sorted(folder.rglob("*.py")):
        yield path, _load(path, ".".join(("plugins", *path.relative_to(folder).with_suffix("").parts)))


def _load(path: Path, name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ContractError(f"plugin {path} cannot be loaded", hint="a plugin is a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        hint = f"run `python {path}` to see it alone, or take the file out of plugins/"
        raise ContractError(f"plugin {path} fails on import: {type(error).__name__}: {error}", hint=hint) from error
    return module


def _promises(module: ModuleType) -> Iterator[Promise]:
    for _, function in inspect.getmembers(module, inspect.isfunction):
        promise = promised(function)
        if promise is not None and function.__module__ == module.__name__:
            yield promise
