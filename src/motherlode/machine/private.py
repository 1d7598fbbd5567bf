"""Files that only their owner can read."""

from pathlib import Path


def private_file(path: Path) -> Path:
    """A file that only its owner can read, in a folder of which the same is true; what is there keeps its rights."""
    private_folder(path.parent)
    path.touch(mode=0o600)
    return path


def private_folder(path: Path) -> Path:
    """A folder that only its owner can look into, where there is none yet."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path
