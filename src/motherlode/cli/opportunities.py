"""Commands about opportunities: the list, lists that are frozen and acted on, and what came of them.

Nothing heavy is imported before a command needs it.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from motherlode.cli.session import Session, finite, in_project, with_format, write_rows

if TYPE_CHECKING:
    from motherlode.project import Project

FOCUS: dict[str, tuple[str, ...]] = {
    "acquire": ("intro", "trial"),
    "grow": ("trial", "mature"),
    "retain": ("mature", "decline"),
    "win-back": ("lost",),
    # Everybody, but only as far down as the return of the whole is highest.
    "efficiency": (),
}
# So many opportunities are shown to people who do not say how many.
LISTED = 20


@click.command()
@click.option("--stage", help="Only customers in this lifecycle stage: intro, trial, mature, decline, lost.")
@click.option("--play", help="Only this action.")
@click.option("--focus", type=click.Choice(list(FOCUS)), help="What the business wants now.")
@click.option(
    "--plan",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A TOML file with an action, its conditions and how many: who fits and may be asked.",
)
@click.option("--budget", type=click.FloatRange(min=0), callback=finite, help="Money to spend; ranks again for it.")
@click.option("--limit", "--top", type=click.IntRange(min=1), help="The first so many.")
@click.option("--all", "everything", is_flag=True, help="Also what lies below the cut-off.")
@click.option("--as-list", "name", metavar="NAME", help="Freeze it under this name, hold some out, write it to a file.")
@click.option(
    "--hold-out", type=click.FloatRange(0, 0.9), default=0.2, show_default=True, help="Part that is left alone."
)
@click.option("--unrecorded", is_flag=True, help="With --as-list: also those who are still to be asked for consent.")
@with_format
@in_project
def opportunities(
    session: Session,
    stage: str | None,
    play: str | None,
    focus: str | None,
    plan: Path | None,
    budget: float | None,
    limit: int | None,
    everything: bool,
    name: str | None,
    hold_out: float,
    unrecorded: bool,
    kind: str,
    output: Path | None,
) -> None:
    """Who has potential, why, what to do, what it brings, and where to stop.

    \b
    motherlode opportunities --focus win-back --budget 5000 --format xlsx -o list.xlsx
    motherlode opportunities --as-list spring --limit 500 -o spring.xlsx
    motherlode opportunities --plan plan.toml
    """
    _refuse_contradictions(stage, play, focus, plan, name, everything=everything)
    stages = [stage] if stage else FOCUS[focus] if focus else ()
    with session.open(to_read=not name) as project:
        rows: Any
        if plan:
            rows = _planned(session, project, plan, budget)
        else:
            rows = project.opportunities(stages=stages, play=play, budget=budget, everything=everything)
        if focus == "efficiency":
            rows = _efficient(rows)
        if name:
            definition = {"stages": list(stages), "play": play, "budget": budget, "limit": limit, "focus": focus}
            definition["plan"] = plan.read_text(encoding="utf-8") if plan else None
            drawn = {"definition": definition, "draw": {"hold_out": hold_out, "unrecorded": unrecorded}}
            _freeze(session, project, name, rows.arrow.slice(0, limit or len(rows)), drawn, kind, output)
        elif kind != "table" or output is not None:
            write_rows(session, project, rows.arrow.slice(0, limit or len(rows)), kind, output)
        else:
            show_best(session, project, rows.arrow, limit)
            if not (stages or play or focus or plan or everything or session.quiet):
                _show_beside(session, project, rows.arrow, budget, limit)


def _refuse_contradictions(
    stage: str | None, play: str | None, focus: str | None, plan: Path | None, name: str | None, *, everything: bool
) -> None:
    if stage and focus and FOCUS[focus] and stage not in FOCUS[focus]:
        raise click.UsageError(f"--focus {focus} is about {' and '.join(FOCUS[focus])}, not {stage}.")
    if name and everything:
        raise click.UsageError("--as-list takes what is above the cut-off, not --all.")
    if plan and (stage or play or focus or everything):
        raise click.UsageError("--plan says itself which action and which customers.")


def show_best(session: Session, project: "Project", whole: Any, limit: int | None) -> None:
    """The first of a list on a terminal, or why it is empty."""
    from motherlode.show import opportunities as show

    if whole.num_rows:
        show.opportunities(whole.slice(0, limit or LISTED), whole, project.config.currency, session.language)
    elif others := len(project.opportunities()):
        session.tell("none_match", total=others)
    elif _made(project, "leads").num_rows:
        session.tell("leads_only")
    elif not len(project.table("refine.orders", limit=1)):
        session.tell("no_sales")
        if len(project.table("predict.outcome_scores", limit=1)):
            session.tell("scores_only")
    elif not len(project.table("profile.rhythm", limit=1)):
        session.tell("no_buyers")
    else:
        session.tell("no_opportunities")


def _show_beside(session: Session, project: "Project", whole: Any, budget: float | None, limit: int | None) -> None:
    """What else is to be known of a list that nobody narrowed: how good it is, who is left out, deals and prospects."""
    from motherlode.show import leads
    from motherlode.show import opportunities as show

    currency, language = project.config.currency, session.language
    show.optimality(whole, language)
    show.held_back(project.held_back(budget), language)
    show.together(whole, currency, language)
    leads.open_deals(_made(project, "open_deals"), currency, language)
    leads.leads(_made(project, "leads"), language, limit or LISTED)


def _made(project: "Project", name: str) -> Any:
    """The rows of a table of the room; none where it was made before there was such a table."""
    import pyarrow as pa

    from motherlode.errors import NotReady

    try:
        return project.table(f"opportunity.{name}").arrow
    except NotReady:
        return pa.table({})


def _efficient(rows: Any) -> Any:
    """Those within the line of the highest return, the best return first."""
    import pyarrow.compute as pc

    from motherlode.arrow.rows import Rows

    within = rows.arrow.filter(pc.equal(rows.arrow["cut_line"], "roi_peak"))
    return Rows(within.sort_by([("roi", "descending"), ("rank", "ascending")]))


def _planned(session: Session, project: "Project", path: Path, budget: float | None) -> Any:
    from motherlode.worklist import plans

    plan = plans.read(path, budget)
    found = plans.matched(project, plan)
    session.tell(
        "plan_matched", fit=found.fit, may=found.may, listed=len(found.rows), wanted=plan.customers or found.fit
    )
    return found.rows


def _freeze(
    session: Session, project: "Project", name: str, rows: Any, drawn: dict[str, Any], kind: str, output: Path | None
) -> None:
    """Freeze the list, write those who are to be contacted, and say what it promises."""
    from motherlode.show import lists as show
    from motherlode.worklist import lists

    definition, draw = drawn["definition"], lists.Draw(**drawn["draw"])
    if output is None and kind == "table":
        output = session.root / "lists" / f"{name}.csv"
        output.parent.mkdir(exist_ok=True)
    frozen = lists.freeze(project, name, rows, draw, definition)
    if not session.quiet:
        show.frozen(frozen, project.config.currency, session.language)
    write_rows(session, project, lists.exported(frozen, project.config.currency, session.language), kind, output)


@click.command("lists")
@with_format
@in_project
def lists(session: Session, kind: str, output: Path | None) -> None:
    """Every frozen list: what it promised, and what it has brought.

    \b
    motherlode lists --format json
    """
    import pyarrow as pa

    from motherlode.worklist import lists as frozen

    with session.open() as project:
        rows = frozen.ledger_of_lists(project)
        if rows:
            write_rows(session, project, pa.Table.from_pylist(rows), kind, output)
        else:
            session.tell("list_none")


@click.command()
@click.argument("name")
@click.option("--format", "kind", type=click.Choice(["table", "json"]), default="table", help="How it is written.")
@in_project
def readout(session: Session, name: str, kind: str) -> None:
    """What the frozen list NAME brought against its hold-out, beside what it promised; recorded, and learnt from.

    \b
    motherlode run && motherlode readout spring
    """
    import json

    from motherlode.arrow import export
    from motherlode.show import lists as show
    from motherlode.worklist import lists

    with session.open() as project:
        rows = lists.read_out(project, name)
        if kind == "json":
            whole, *plays = (export.plain(row) for row in rows)
            told = {key: value for key, value in whole.items() if key not in ("play", "stage", "value_tier")}
            told |= {"plays": plays, "kept": lists.kept(project)}
            click.echo(json.dumps(told, ensure_ascii=False, indent=1))
        else:
            show.readout(rows, project.config.currency, session.language)
            show.kept(lists.kept(project), session.language)


@click.command()
@click.argument("customer")
@click.option("--play", default="", help="Of this action only.")
@click.option("--veto", is_flag=True, help="Leave this customer alone.")
@click.option("--score", type=click.FloatRange(0, 1), help="How likely it is to pay, 0 to 1.")
@click.option("--reason", default="", help="Why, in a few words.")
@in_project
def judge(session: Session, customer: str, play: str, veto: bool, score: float | None, reason: str) -> None:
    """What somebody who knows CUSTOMER says: a veto, or a score that weighs beside the figures.

    \b
    motherlode judge 12346 --veto --reason "complaint is open"
    motherlode judge 12346 --play service_upgrade --score 0.8
    """
    if veto == (score is not None):
        raise click.UsageError("say either --veto or --score.")
    from motherlode.worklist import lists

    with session.open() as project:
        lists.judge(project, lists.Judgement(customer, play, veto, score, reason))
        if veto:
            session.tell("judged_veto", customer=customer)
        else:
            session.tell("judged_score", customer=customer, score=score, weight=lists.expert_weight(project))
