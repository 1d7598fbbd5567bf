"""Motherlode 富矿: from a folder of files to a ranked, reasoned list of opportunities."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from motherlode.project import Project as Project

__all__ = ["Project"]


def __getattr__(name: str) -> Any:
    """Load `Project` when it is asked for, so that the command line starts at once."""
    if name == "Project":
        from motherlode.project import Project

        return Project
    raise AttributeError(f"module 'motherlode' has no attribute {name!r}")
