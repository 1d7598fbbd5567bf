"""Rankings of customers, each with its play: customary ones, the engine, and the bounds that nobody beats."""

from collections.abc import Callable, Iterable

import msgspec
import numpy as np

from motherlode.opportunity.engine import simple, trees
from motherlode.opportunity.engine.cadence import stage_by_rule
from motherlode.opportunity.engine.outlook import Basis, basis, believed, outlook
from motherlode.opportunity.engine.panel import Floats, Ints
from motherlode.opportunity.engine.registry import COLD, Rank, best_of_stages, chosen, shadows, spread
from motherlode.opportunity.engine.stages import STAGES
from motherlode.opportunity.simulator.world import World

HALF, YEAR = 26, 52
# Of the trees that learn the truth of other customers.
TRUTH_FOLDS = 2
SHADOW_DEPTH = 0.2


class Choice(msgspec.Struct, frozen=True):
    """Everybody's play, and the order in which customers are contacted: highest score first.

    `claims` is the profit that the policy promises of each customer, None where it promises none; where `stops`, nobody
    of a score of 0 or less is contacted.
    """

    score: Floats
    play: Ints
    claims: Floats | None = None
    stops: bool = False


class Case(msgspec.Struct, frozen=True):
    """A world, and what can be read off its records."""

    world: World
    base: Basis
    made_for: Ints
    seed: int

    def trait(self, name: str) -> Floats:
        now = self.base.now
        column: Floats = now.values[:, now.names.index(name)].astype(float)
        return column

    def by_stage(self, score: Floats) -> Choice:
        """An order of customers, each with the play that custom gives its stage."""
        return Choice(score, self.made_for)


def case(world: World, seed: int = 0) -> Case:
    """Read the records of a world once for all policies."""
    base = basis(world.seen)
    stages = [play.stage for play in world.plays]
    cheapest = int(np.argmin([play.contact_cost for play in world.plays]))
    plays = np.array([stages.index(stage) if stage in stages else cheapest for stage in STAGES])
    return Case(world, base, plays[stage_by_rule(base.past, base.now)], seed)


def random(case: Case) -> Choice:
    """Anybody."""
    return case.by_stage(np.random.default_rng(case.seed).random(len(case.made_for)))


def past_spend(case: Case) -> Choice:
    """Who paid most in a year first."""
    return case.by_stage(simple.spent(case.base.past.panel, case.base.now.until))


def rfm(case: Case) -> Choice:
    """Sum of the fifths of recency, frequency and money."""
    return case.by_stage(simple.rfm(case.base.past.panel, case.base.now))


def churn_probability(case: Case) -> Choice:
    """Payers of the last year who are most likely to pay nothing in the next half year."""
    panel = case.base.past.panel
    shot, half = case.base.shots[-1], panel.weeks(HALF)
    spend = panel.spend
    payers = spend[:, max(shot.start - panel.weeks(YEAR), 0) : shot.start].max(axis=1) > 0
    leaves = spend[:, shot.start : shot.start + half].max(axis=1) == 0
    fold = trees.folds(panel.customers)
    lessons = trees.Lessons(shot.traits.values[payers], leaves[payers].astype(float), fold[payers])
    chance = trees.across(lessons, [case.base.now.values], fold, "binary")[0]
    return case.by_stage(np.where(case.trait("paid_52") > 0, chance, -1.0))


def lifetime_value(case: Case) -> Choice:
    """Who will bring most margin first."""
    return case.by_stage(case.base.alone[-1])


def peer_headroom(case: Case) -> Choice:
    """Whose spend lies furthest below that of the best tenth of comparable customers."""
    return case.by_stage(simple.headroom(case.base.past.panel, case.base.now.until))


def response_model(case: Case) -> Choice:
    """Who most probably answers, by who answered before."""
    return case.by_stage(simple.responses(case.base, [case.base.now])[0])


def uplift_t_learner(case: Case) -> Choice:
    """Profit with each play less profit without, each foretold by trees of its own, fitted on contacts by lot."""
    touched, base = case.base.contacts, case.base
    foretold = []
    for play in range(-1, len(case.world.plays)):
        rows, values = _touched(case, touched.drawn & (touched.play == play))
        starts = {shot.start: shot.year for shot in base.shots}
        profit = np.array([starts[int(w)][i] for w, i in zip(touched.wave[rows], touched.who[rows], strict=True)])
        profit = profit * case.world.margin_share - np.nan_to_num(touched.cost[rows]) * (play >= 0)
        fold = trees.folds(base.past.panel.customers)
        lessons = trees.Lessons(values, profit, fold[touched.who[rows]])
        foretold.append(trees.across(lessons, [base.now.values], fold, "regression")[0])
    return _best(np.array(foretold[1:]) - foretold[0])


def cold_start(case: Case) -> Choice:
    """What was believed before any trial, times what customers are worth."""
    return _best(outlook(case.base, learning=False).net)


def engine(case: Case) -> Choice:
    """Belief corrected by trials; or a simpler ranking where that was surely better on past lots."""
    base, belief = case.base, believed(case.base)
    view, figures = outlook(base, belief), simple.figures(base)
    used = chosen(shadows(base, belief, SHADOW_DEPTH, figures))
    if used in figures:
        play = best_of_stages(view.net, base.now.odds.argmax(axis=1))
        worth = spread(Rank(figures[used][-1], play), view.gains, view.costs)
        return Choice(worth.score, worth.play, worth.score, stops=True)
    return _best(outlook(base, belief, learning=used != COLD).net)


def observable_best(case: Case) -> Choice:
    """Trees that learn the truth of other customers from what is on record: about the best that records allow."""
    base, world = case.base, case.world
    prime = base.prime[-1]
    fold = np.random.default_rng(11).permutation(len(prime)) % TRUTH_FOLDS
    lifts = np.zeros_like(world.gains)
    for play, gains in enumerate(world.gains):
        share = np.clip(gains / prime, -1, 3)
        for here in range(TRUTH_FOLDS):
            model = trees.fitted(base.now.values[fold != here], share[fold != here], "regression")
            lifts[play][fold == here] = model(base.now.values[fold == here])
    return _best(lifts * prime - base.costs)


def oracle(case: Case) -> Choice:
    """Who knows the truth."""
    return _best(case.world.gains - case.world.costs)


POLICIES: dict[str, Callable[[Case], Choice]] = {
    each.__name__: each
    for each in (
        random, past_spend, rfm, churn_probability, lifetime_value, peer_headroom, response_model, uplift_t_learner,
        cold_start, engine, observable_best, oracle,
    )
}  # fmt: skip


def _best(net: Floats) -> Choice:
    """Everybody's best play, as long as it pays."""
    return Choice(net.max(axis=0), net.argmax(axis=0), net.max(axis=0), stops=True)


def _touched(case: Case, which: Iterable[bool]) -> tuple[Ints, Floats]:
    """Places of contacts whose traits before them are known, and these traits."""
    touched = case.base.contacts
    known = {shot.start: shot.traits.values for shot in case.base.shots}
    rows = np.flatnonzero(np.asarray(which) & np.isin(touched.wave, list(known)))
    values = [known[int(wave)][who] for wave, who in zip(touched.wave[rows], touched.who[rows], strict=True)]
    return rows, np.array(values).reshape(len(rows), case.base.now.values.shape[1])
