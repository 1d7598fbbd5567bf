"""The page of commands: each one's own help."""

from collections.abc import Iterator

import click

from motherlode.cli import main as commands
from motherlode.document.markdown import NOTE

WIDTH = 100
EXIT_CODES = """\
Data goes to standard output, messages go to standard error.

| exit code | meaning |
|---|---|
| 0 | done |
| 1 | an error: one line says what happened, the next what to do; `doctor` found a problem |
| 2 | the command was not written as it should be |"""


def commands_text() -> str:
    """Each command's own help."""
    parts = ["# Commands", NOTE, EXIT_CODES]
    for name, command in _walk(commands, "motherlode"):
        told = command.get_help(
            click.Context(command, info_name=name, terminal_width=WIDTH, help_option_names=["-h", "--help"])
        )
        parts += [f"## {name}", f"```text\n{told}\n```"]
    return "\n\n".join(parts) + "\n"


def _walk(command: click.Command, name: str) -> Iterator[tuple[str, click.Command]]:
    yield name, command
    if isinstance(command, click.Group):
        for part in sorted(command.commands):
            yield from _walk(command.commands[part], f"{name} {part}")
