"""Find what can be wired and opened: our own rooms and doors, installed packages', and the project's `plugins/` folder.

All come by the same road: an entry point names a package to walk (`motherlode.rooms`) or a door (`motherlode.sources`,
`motherlode.kms`).
"""

import functools
import importlib
import importlib.util
import inspect
import pkgutil
import re
import sys
import typing
from collections.abc import Callable, Iterator
from functools import partial
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec

from motherlode.doors import Kms
from motherlode.errors import ConfigError, ContractError, MotherlodeError, did_you_mean
from motherlode.tables import Promise, promised


def find_promises(root: Path | None = None) -> tuple[Promise, ...]:
    """Every table function of the installed rooms and of `plugins/` in the project at `root`."""
    packages = [_loaded(point) for point in entry_points(group="motherlode.rooms")]
    installed = [promise for package in packages for module in _modules(package) for promise in _promises(module)]
    added = [_watched(path, promise) for path, module in _plugin_modules(root) for promise in _promises(module)]
    return (*installed, *added)


def find_source(name: str, root: Path | None = None) -> Callable[..., Any]:
    """The door that a source's `use` names; raises `ConfigError` with the nearest name."""
    doors: dict[str, Callable[[], Callable[..., Any]]] = {
        point.name: partial(_loaded, point) for point in entry_points(group="motherlode.sources")
    }
    for path, module in _plugin_modules(root):
        if path.parent.name == "sources":
            doors[path.stem] = partial(_door, path, module)
    if name not in doors:
        raise ConfigError(f"no door `{name}` for a source", hint=did_you_mean(name, doors))
    return doors[name]()


def find_kms(url: str, root: Path | None = None) -> Kms:
    """The key management system that a URL names by what stands before its first `:` or `+`.

    Raises
    ------
    ConfigError
        There is no door of this name; with the nearest one.
    """
    name = re.split(r"[:+]", url, maxsplit=1)[0]
    doors: dict[str, Callable[[], Callable[..., Any]]] = {
        point.name: partial(_loaded, point) for point in entry_points(group="motherlode.kms")
    }
    for path, module in _plugin_modules(root):
        if path.parent.name == "kms":
            doors[path.stem] = partial(getattr, module, path.stem)
    if name not in doors:
        raise ConfigError(f"kms: there is no door `{name}` to a key management system", hint=did_you_mean(name, doors))
    try:
        opened: Kms = doors[name]()(url)
    except ValueError as error:
        raise ConfigError(f"kms: {error}", hint="see docs/how-to/keep-the-key-elsewhere.md") from error
    return opened


def plugin_folders(root: Path) -> list[Path]:
    """The project's `plugins/` and every folder in it."""
    folder = root / "plugins"
    inner = [path for path in sorted(folder.rglob("*")) if path.is_dir() and path.name != "__pycache__"]
    return [folder, *inner] if folder.is_dir() else []


def _loaded(point: EntryPoint) -> Any:
    try:
        return point.load()
    except Exception as error:
        hint = "mend or uninstall the package that it comes from"
        raise ContractError(f"`{point.value}` fails on import: {_said(error)}", hint=hint) from error


def _door(path: Path, module: ModuleType) -> Callable[..., Any]:
    """The function of a door's file: its name is the file's, its one parameter is annotated with its settings."""
    function = getattr(module, path.stem, None)
    hints = typing.get_type_hints(function) if inspect.isfunction(function) else {}
    kind = next(iter(hints.values()), None)
    if not inspect.isfunction(function) or not (inspect.isclass(kind) and issubclass(kind, msgspec.Struct)):
        hint = f"def {path.stem}(settings: {path.stem.title().replace('_', '')}) -> Iterator[Piece]"
        raise ContractError(f"plugin {path} has no door `{path.stem}` with a Struct of settings", hint=hint)
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
        del sys.modules[name]
        hint = f"run `python {path}` to see it alone, or take the file out of plugins/"
        raise ContractError(f"plugin {path} fails on import: {_said(error)}", hint=hint) from error
    return module


def _watched(path: Path, promise: Promise) -> Promise:
    """A stranger's function whose failure names its file."""

    @functools.wraps(promise.function)
    def watched(*tables: Any, **settings: Any) -> Any:
        hint = f"mend {path}, or take it out of plugins/"
        try:
            made = promise.function(*tables, **settings)
        except MotherlodeError:
            raise
        except Exception as error:
            raise ContractError(f"`{promise.name}` fails: {_said(error)}", hint=hint) from error
        if made is None:
            raise ContractError(f"`{promise.name}` returns nothing", hint=hint)
        return made

    return msgspec.structs.replace(promise, function=watched)


def _said(error: Exception) -> str:
    """What kind of error, and its first line."""
    return " ".join([f"{type(error).__name__}:", *str(error).strip().splitlines()[:1]]).removesuffix(":")


def _promises(module: ModuleType) -> Iterator[Promise]:
    for _, function in inspect.getmembers(module, inspect.isfunction):
        promise = promised(function)
        if promise is not None and function.__module__ == module.__name__:
            yield promise
