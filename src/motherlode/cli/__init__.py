"""The command line: data to stdout, messages to stderr; exit 0, 1 (an error with its hint) or 2 (usage).

A module has the commands about one thing, and imports nothing heavy before one of them needs it: `--help` is answered
in a tenth of a second.
"""

import gc
import io
import sys

import click

from motherlode.cli import (
    audit,
    backup,
    consent,
    govern,
    identity,
    opportunities,
    project,
    quarantine,
    rights,
    serve,
    simulate,
    source,
    tables,
)
from motherlode.cli.session import Session, Told
from motherlode.labels import chosen_language


@click.group(cls=Told, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--lang", type=click.Choice(["zh", "en"]), help="Language of what you read [MOTHERLODE_LANG, locale].")
@click.option("--quiet", is_flag=True, help="Only data and errors.")
@click.option("--debug", is_flag=True, help="Show where an error arose.")
@click.version_option(package_name="motherlode")
@click.pass_context
def main(context: click.Context, lang: str | None, quiet: bool, debug: bool) -> None:
    """Motherlode 富矿: from a folder of files to a ranked, reasoned list of opportunities.

    \b
    motherlode demo                      see it on real data
    motherlode init exports/ && motherlode run && motherlode opportunities
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A terminal that lacks a letter shows a question mark instead of failing.
            stream.reconfigure(errors="replace")
    # Expressions and their SQL are trees of a million small objects that stay: looking for garbage among them after
    # every 700 new ones costs a fifth of a run.
    gc.set_threshold(100_000, 20, 20)
    context.obj = Session(chosen_language(lang), quiet, debug)


for command in (
    *(project.init, project.ingest, project.run, project.status, project.forget, project.doctor, project.demo),
    *(tables.table, tables.tables, tables.backtest, tables.why, tables.report),
    *(opportunities.opportunities, opportunities.lists, opportunities.readout, opportunities.judge),
    *(source.source, source.key, source.rebuild, identity.identity),
    *(govern.govern, govern.reveal, govern.explain),
    *(backup.backup, backup.restore),
    audit.audit,
    consent.consent,
    quarantine.quarantine,
    rights.rights,
    serve.serve,
    simulate.simulate,
):
    main.add_command(command)
