"""All of it together: what each play would bring with each customer, how sure that is, and by what evidence."""

from collections.abc import Sequence

import msgspec
import numpy as np

from motherlode.opportunity.engine import lifts, rulebook, worth
from motherlode.opportunity.engine.costs import costs
from motherlode.opportunity.engine.lifts import Lifts, Trial
from motherlode.opportunity.engine.panel import Flags, Floats, panel
from motherlode.opportunity.engine.rulebook import Belief
from motherlode.opportunity.engine.seen import Seen
from motherlode.opportunity.engine.traits import Known, Traits, known, traits
from motherlode.opportunity.engine.trials import HELD_OUT, Contacts, contacts
from motherlode.opportunity.engine.worth import Snapshot

# No customer gains or loses more than so many years in its prime; a few outliers must not make a lift.
MOST_OUTCOME = 3.0
LEAST_NOISE = 0.005
# What is wrong with all years in the prime together, as a share of them.
WORTH_ERROR = 0.20
NUISANCE_RIDGE = 10.0


class Basis(msgspec.Struct, frozen=True):
    """What does not depend on any belief: the records, what customers are worth, and past contacts.

    Attributes
    ----------
    shots
        Customers as of days gone by; `prime` and `alone` have an entry a snapshot, and today's last: discounted
        margin of a year in the prime, and of the year without any play.
    costs, past_costs
        By play and customer: today, and by snapshot.
    """

    seen: Seen
    past: Known
    now: Traits
    contacts: Contacts
    shots: tuple[Snapshot, ...]
    prime: tuple[Floats, ...]
    alone: tuple[Floats, ...]
    costs: Floats
    past_costs: tuple[Floats, ...]


class Outlook(msgspec.Struct, frozen=True):
    """By play and customer.

    Attributes
    ----------
    gains, errors
        Expected margin of the coming year that exists only because of the play, before its cost; and its standard
        deviation.
    costs
        What the play is expected to cost.
    rows, lifts, prime
        What the gains are made of: `lifts.features`, their coefficients, and the year in the prime.
    """

    gains: Floats
    errors: Floats
    costs: Floats
    rows: tuple[Floats, ...]
    lifts: Lifts
    prime: Floats

    @property
    def net(self) -> Floats:
        net: Floats = self.gains - self.costs
        return net


def basis(seen: Seen) -> Basis:
    """What the records say."""
    whole = panel(seen.tables, seen.customer_ids.tolist(), seen.as_of)
    past = known(whole)
    now = traits(past, whole.today)
    touched = contacts(seen.tables, seen.customer_ids.tolist(), seen.names, whole, seen.as_of)
    year, half = whole.weeks(worth.YEAR), whole.weeks(worth.HALF)
    regular = {start for start in (whole.today - year, whole.today - half) if start > 1}
    starts = set(touched.wave[touched.drawn].tolist()) | regular or {max(whole.today // 2, 1)}
    shots = worth.snapshots(past, sorted(starts))
    untouched = [_untouched(touched, shot) for shot in shots]
    margin = seen.margin_share
    prime = tuple(margin * money for money in worth.primes(shots, [now], whole.days))
    alone = tuple(margin * money for money in worth.years(shots, [now], untouched))
    *before, today = costs(seen.plays, past, touched, [*(shot.traits for shot in shots), now])
    return Basis(seen, past, now, touched, shots, prime, alone, today, tuple(before))


def believed(base: Basis) -> Belief:
    """What is believed of the plays before any trial."""
    return rulebook.belief(base.seen.plays, base.now, base.prime[-1], base.costs)


def outlook(base: Basis, belief: Belief | None = None, learning: bool = True) -> Outlook:
    """What each play would bring; without `learning`, from belief alone."""
    belief = belief or believed(base)
    plays = len(belief.rules)
    drawn = bool((base.contacts.drawn & (base.contacts.play >= 0)).any())
    found = lifts.learnt(trial(base, belief), plays) if learning and drawn else lifts.believed(plays)
    rows = tuple(lifts.features(belief, base.now))
    mean, spread = found.of(rows)
    prime = base.prime[-1]
    return Outlook(mean * prime, spread * prime, base.costs, rows, found, prime)


def trial(base: Basis, belief: Belief) -> Trial:
    """What the lots of the past say, in the terms of the model of lifts."""
    designs: list[list[Floats]] = [[] for _ in belief.rules]
    plays, outcomes, nuisances, tiers, left_alone, squares = [], [], [], [], [], []
    for shot, prime, alone in zip(base.shots, base.prime, base.alone, strict=False):
        rows = lifts.features(belief, shot.traits)
        outcome = np.clip((shot.year * base.seen.margin_share - alone) / prime, -MOST_OUTCOME, MOST_OUTCOME)
        shared = rows[0][:, lifts.SHARED]
        calm = shot.here & _untouched(base.contacts, shot)
        left_alone.append(shared[calm])
        squares.append(outcome[calm])
        drawn = base.contacts.drawn & shot.here[base.contacts.who]
        here = base.contacts.rows(drawn & (base.contacts.wave == shot.start))
        plays.append(here.play)
        outcomes.append(outcome[here.who])
        nuisances.append(shared[here.who])
        tiers.append(shot.traits.tier[here.who])
        for design, row in zip(designs, rows, strict=True):
            design.append(row[here.who])
    bias, noise = _alone(np.concatenate(left_alone), np.concatenate(squares))
    play, shared = np.concatenate(plays), np.concatenate(nuisances)
    outcome, odds = np.concatenate(outcomes) - shared @ bias, shared[:, :5]
    # Whom nobody touched may be steadier than those on whom lots were drawn.
    noise = np.maximum(noise, _variance(outcome, odds))
    precision = 1 / np.maximum(odds @ noise, LEAST_NOISE)
    held = play == HELD_OUT
    level, doubt = lifts.levels(odds[held], outcome[held], precision[held])
    return Trial(
        play,
        [np.concatenate(each) for each in designs],
        outcome - odds @ level,
        precision,
        doubt,
        np.concatenate(tiers),
    )


def claimed(view: Outlook, play: Sequence[int], who: Sequence[int]) -> tuple[float, float]:
    """Mean and standard deviation of the profit of a whole list.

    Customers of a play err together, and plays too: all are held against the same hold-outs, by one rulebook.
    """
    play_, who_ = np.asarray(play), np.asarray(who)
    together = 0.0
    for number, (row, covariance) in enumerate(zip(view.rows, view.lifts.covariances, strict=True)):
        here = who_[play_ == number]
        weights = view.prime[here] @ row[here]
        together += float(np.sqrt(max(weights @ covariance @ weights, 0.0)))
    worth = WORTH_ERROR * float(view.gains[play_, who_].sum())
    return float(view.net[play_, who_].sum()), float(np.hypot(together, worth))


def _alone(shared: Floats, outcome: Floats) -> tuple[Floats, Floats]:
    """What is left of the outcome of those whom nobody touched: its mean by traits, and its variance by stage."""
    bias = np.linalg.solve(shared.T @ shared + NUISANCE_RIDGE * np.eye(shared.shape[1]), shared.T @ outcome)
    return bias, _variance(outcome - shared @ bias, shared[:, :5])


def _variance(rest: Floats, odds: Floats) -> Floats:
    """Of each stage: of all customers, as likely as they are in it."""
    count = np.maximum(odds.sum(axis=0), 1e-9)
    variance: Floats = rest**2 @ odds / count
    return variance


def _untouched(touched: Contacts, shot: Snapshot) -> Flags:
    alone = np.ones(len(shot.here), dtype=bool)
    alone[touched.who[(touched.wave == shot.start) & (touched.play >= 0)]] = False
    return alone
