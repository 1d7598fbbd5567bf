"""Archives: one part a file in them, or a part of such a file."""

import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path, PurePosixPath

from motherlode.collect.sources.layout import Layout, Part
from motherlode.doors import Batch
from motherlode.errors import ConfigError, did_you_mean

# A file that grows to more than this, and more often than real tables do, is taken for a trap.
UNDOUBTED, MOST_TIMES = 1 << 30, 100

Readers = Mapping[str, Callable[[Path, Layout], Iterator[Part]]]


def parts(readers: Readers, path: Path, layout: Layout) -> Iterator[Part]:
    """Every part of every file in the archive that is read, or the one asked for as its `sheet`."""
    names = []
    with zipfile.ZipFile(path) as archive:
        members = sorted((_name(member), member) for member in archive.infolist() if not member.is_dir())
    for file, member in members:
        reader = next((made for ending, made in _longest(readers) if file.lower().endswith(ending)), None)
        if reader is None or PurePosixPath(file).name.startswith((".", "~$")) or file.startswith("__MACOSX/"):
            continue
        for part in _inner(path, member, reader, layout):
            name = f"{file}#{part}" if part else file
            names.append(name)
            if layout.sheet in (None, name):
                yield Part(name, partial(_batches, path, member, reader, layout, part))
    if layout.sheet is not None and layout.sheet not in names:
        raise ConfigError(f"`{path.name}` has no file `{layout.sheet}`", hint=did_you_mean(layout.sheet, names))


def _longest(readers: Readers) -> list[tuple[str, Callable[[Path, Layout], Iterator[Part]]]]:
    return sorted(readers.items(), key=lambda entry: -len(entry[0]))


def _name(member: zipfile.ZipInfo) -> str:
    """Programs of Chinese Windows write names in their own code page and do not say so."""
    if member.flag_bits & 0x800 or member.filename.isascii():
        return member.filename
    try:
        return member.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return member.filename


def _inner(
    path: Path, member: zipfile.ZipInfo, reader: Callable[[Path, Layout], Iterator[Part]], layout: Layout
) -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        return [part.name for part in reader(_unpacked(path, member, Path(folder)), _whole(layout))]


def _batches(
    path: Path,
    member: zipfile.ZipInfo,
    reader: Callable[[Path, Layout], Iterator[Part]],
    layout: Layout,
    name: str,
) -> Iterator[Batch]:
    with tempfile.TemporaryDirectory() as folder:
        for part in reader(_unpacked(path, member, Path(folder)), _whole(layout)):
            if part.name == name:
                yield from part.batches()


def _whole(layout: Layout) -> Layout:
    return Layout(None, layout.encoding, layout.delimiter, layout.header)


def _unpacked(path: Path, member: zipfile.ZipInfo, folder: Path) -> Path:
    """The file in a folder of ours, under a name that says its format and leads nowhere else."""
    place, size = folder / f"file{''.join(PurePosixPath(_name(member)).suffixes[-2:])}", member.file_size
    if (size > UNDOUBTED and size > MOST_TIMES * member.compress_size) or size > shutil.disk_usage(folder).free:
        raise ValueError(
            f"`{_name(member)}` would unpack to {size >> 20:,} MB; unpack it into the folder if it is right"
        )
    try:
        with zipfile.ZipFile(path) as archive, archive.open(member) as packed, place.open("wb") as file:
            shutil.copyfileobj(packed, file, 1 << 20)
    except (RuntimeError, NotImplementedError) as error:
        # The library says so of passwords and of ways of packing that it does not know.
        raise ValueError(f"{error}; unpack it into the folder") from error
    return place
