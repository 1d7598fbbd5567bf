"""How every command is told where the project is and how to speak, and how its errors are told.

Nothing heavy is imported here: `--help` is answered in a tenth of a second.
"""

import math
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

from motherlode.errors import MotherlodeError
from motherlode.labels import Language, error_text, say

if TYPE_CHECKING:
    from motherlode.project import Project

Command = TypeVar("Command", bound=Callable[..., Any])

FORMATS = ("table", "csv", "json", "xlsx", "parquet")
# What click says itself, and exits with.
OWN = (click.ClickException, click.exceptions.Exit, click.Abort)
# What these find missing is no fault of tables that another version made: they make them.
MAKING = ("init", "ingest", "run", "demo")


class Session:
    """What every command is told: where the project is and how to speak."""

    def __init__(self, language: Language, quiet: bool, debug: bool) -> None:
        self.root = Path()
        self.language = language
        self.quiet = quiet
        self.debug = debug

    def tell(self, key: str, **values: Any) -> None:
        if not self.quiet:
            click.echo(say(key, self.language, **values), err=True)

    def open(self, *, to_read: bool = False) -> "Project":
        from motherlode.project import Project

        return Project(self.root, read_only=to_read)

    def fail(self, message: str, hint: str) -> None:
        click.echo(f"{say('error', self.language)}: {message}", err=True)
        if hint:
            click.echo(f"{say('hint', self.language)}: {hint}", err=True)


class Told(click.Group):
    """Errors are told in one line with the next step; `--debug` shows where they arose."""

    def invoke(self, context: click.Context) -> Any:
        try:
            done = super().invoke(context)
            sys.stdout.flush()
            return done
        except OWN:
            raise
        except BrokenPipeError:
            # The reader, `head` for instance, has seen enough; Python's own last flush goes nowhere.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            context.exit(0)
        except Exception as error:
            session: Session = context.obj
            if session.debug:
                raise
            made = _of_another_version(error, session.language) if context.invoked_subcommand not in MAKING else None
            session.fail(*(made or _in_words(error, session.language)))
            context.exit(1)


def _of_another_version(error: Exception, language: Language) -> tuple[str, str] | None:
    from motherlode.warehouse import lacking

    what = lacking(error)
    return (say("outdated", language, what=what), say("outdated_hint", language)) if what else None


def _in_words(error: Exception, language: Language) -> tuple[str, str]:
    if isinstance(error, MotherlodeError):
        return error_text(error.message, language), error_text(error.hint, language)
    if isinstance(error, OSError) and error.filename:
        return say("cannot", language, what=error.filename, why=error.strerror or error), ""
    first = str(error).strip().partition("\n")[0]
    return f"{type(error).__name__}: {first}", say("unexpected", language)


def in_session(command: Command) -> Command:
    """Give a command its session; what is said before a command can be said after it too."""

    def said(context: click.Context, parameter: click.Parameter, value: Any) -> None:
        if value:
            name = "language" if parameter.name == "lang" else str(parameter.name)
            setattr(context.obj, name, value)

    wrapped: Any = click.pass_obj(command)
    for name, kind in (("--lang", click.Choice(["zh", "en"])), ("--quiet", bool), ("--debug", bool)):
        flag = kind is bool
        option = click.option(name, type=kind, is_flag=flag, callback=said, expose_value=False, hidden=True)
        wrapped = option(wrapped)
    return cast(Command, wrapped)


def in_project(command: Command) -> Command:
    """Give a command its session and `--project`."""

    def opened(context: click.Context, _: click.Parameter, value: Path | None) -> None:
        # `quarantine --project X examples` says it to the group; the command keeps it.
        context.obj.root = value or context.obj.root

    option = click.option(
        "--project",
        "-p",
        type=click.Path(path_type=Path, file_okay=False),
        callback=opened,
        expose_value=False,
        help="Project folder [default: this folder].",
    )
    return option(in_session(command))


def with_format(command: Command) -> Command:
    """Give a command `--format` and `--output`."""
    kind = click.option("--format", "kind", type=click.Choice(FORMATS), default="table", help="How rows are written.")
    output = click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="A file, not stdout.")
    return kind(output(command))


def finite(context: click.Context, parameter: click.Parameter, value: float | None) -> float | None:
    """An amount of money, which `inf` and `nan` are not."""
    if value is not None and not math.isfinite(value):
        raise click.BadParameter(f"{value} is no amount of money.", context, parameter)
    return value


def _warn(session: Session, rows: Any) -> None:
    """Say how many people of a file may not be sent anything, as their law asks for a yes that nobody recorded."""
    if "contact" in rows.schema.names:
        marked = sum(contact in ("no_record", "no_proof") for contact in rows["contact"].to_pylist())
        if marked:
            session.tell("export_unrecorded", marked=marked, rows=rows.num_rows)


def print_rows(session: Session, rows: Any, kind: str, *, table: str = "") -> None:
    """Rows to a terminal in words, or to a program as they are; with words of its own where the `table` is named."""
    from motherlode.arrow.export import write
    from motherlode.show import terminal

    if kind == "table":
        terminal.rows(rows, session.language, table=table)
    else:
        write(rows, kind, sys.stdout.buffer)


def print_records(session: Session, records: list[dict[str, Any]], *, without: str) -> None:
    """Records to a terminal in words, and a sentence where there are none."""
    import pyarrow as pa

    if records:
        print_rows(session, pa.Table.from_pylist(records), "table")
    else:
        session.tell(without)


def write_rows(
    session: Session, project: "Project", rows: Any, kind: str, output: Path | None, *, table: str = ""
) -> None:
    """Rows, of a table by its name, to a file in the format that is asked for or that its name says, or to stdout."""
    from motherlode.arrow import export as files

    language = session.language
    if output is not None:
        suffix = output.suffix.lower().removeprefix(".")
        if kind == "table" and suffix not in files.KINDS:
            raise MotherlodeError(say("give_format", language, path=output), hint=say("give_format_hint", language))
        files.write_file(rows, output, suffix if kind == "table" else kind)
        project.note_export(output, rows.schema.names, rows.num_rows)
        session.tell("wrote", path=output)
        _warn(session, rows)
    elif kind in ("xlsx", "parquet") and sys.stdout.isatty():
        hint = say("not_on_a_terminal_hint", language)
        raise MotherlodeError(say("not_on_a_terminal", language, kind=kind), hint=hint)
    else:
        if kind != "table":
            # First, as whoever reads may have enough before the end.
            name = table or str(click.get_current_context().info_name)
            project.note_piped(name, kind, rows.schema.names, rows.num_rows)
            _warn(session, rows)
        print_rows(session, rows, kind, table=table)
