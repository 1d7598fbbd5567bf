"""Shares of the oracle's profit in worlds never used for tuning, by belief and by lots; how honest claims are.

`python -m benchmarks.policies --seeds 1-10`; the worlds of seeds 100 and above are those that were tuned on.
"""

import argparse
from collections import defaultdict

import numpy as np
from sklearn.metrics import f1_score
from threadpoolctl import threadpool_limits

from benchmarks.measuring import say
from motherlode.cli.simulate import numbers
from motherlode.opportunity.engine import evidence
from motherlode.opportunity.engine.headroom import headroom
from motherlode.opportunity.engine.outlook import Basis, Outlook, basis, believed, claimed, outlook
from motherlode.opportunity.engine.rulebook import Belief, Rule
from motherlode.opportunity.engine.stages import STAGES
from motherlode.opportunity.simulator.nature import Nature
from motherlode.opportunity.simulator.policies import POLICIES, Choice, case
from motherlode.opportunity.simulator.scored import contacted, scores
from motherlode.opportunity.simulator.world import World, draw

DEPTHS = (0.05, 0.10, 0.20)
# Shares drawn by lot in each of three waves: about 800 and about 3,300 contacts a play.
SMALL, LARGE = 0.11, 0.46
TENTH, P90 = 0.10, 1.2815515655446004
# Lots shall not lead a ranking further below the one by belief alone.
MOST_LOST = 0.03
Figures = dict[str, list[list[float]]]


# What somebody would write down who knows the world: a bound of what a rulebook can do.
INFORMED = {
    "onboard_first_order": Rule((0.10, 0.02, 0.0, 0.0, 0.0)),
    "coach_skill": Rule((0.02, 0.10, 0.05, 0.05, 0.0), by_results=-0.9),
    "cross_sell": Rule((0.0, 0.01, 0.04, 0.01, 0.0), by_results=1.1, by_room=True),
    "discount": Rule((0.0, 0.02, 0.01, 0.05, 0.0)),
    "win_back": Rule((0.0, 0.0, 0.0, 0.0, 0.04), wants_mood=True),
    "nudge_email": Rule((0.005, 0.005, 0.0, 0.002, 0.001)),
}


def beliefs(world: World, base: Basis) -> dict[str, Belief]:
    """What costs imply (the engine's own); an informed rulebook; a rough one; none; and one that is wrong.

    The rough one knows no more than what each play is made for. The wrong one gives every play the lifts of the stages
    two further on, and turns its rules about results round.
    """
    implied = believed(base)
    informed = tuple(INFORMED[play.name] for play in world.plays)
    rough = tuple(Rule(tuple(0.05 * (stage == play.stage) for stage in STAGES)) for play in world.plays)
    none = tuple(Rule((0.0,) * 5) for _ in world.plays)
    wrong = tuple(Rule(tuple(np.roll(rule.lifts, 2)), -rule.by_results) for rule in informed)
    others = (("informed", informed), ("rough", rough), ("zero", none), ("wrong", wrong))
    return {"implied": implied} | {name: Belief(rules, implied.stages) for name, rules in others}


def best(view: Outlook) -> Choice:
    return Choice(view.net.max(axis=0), view.net.argmax(axis=0), view.net.max(axis=0), stops=True)


def of_policies(world: World, seed: int, found: Figures) -> Basis:
    read = case(world, seed)
    for name, policy in POLICIES.items():
        marks = scores(read, name, policy(read), DEPTHS)
        found[name].append([mark.share_of_oracle for mark in marks] + [marks[-1].claim_ratio or np.nan])
    return read.base


def of_beliefs(world: World, base: Basis, size: str, found: Figures, held: Figures, plays: Figures) -> None:
    """What beliefs end in with so many lots, and whether the interval of the claim holds what comes."""
    profit = world.gains - world.costs
    ideal = np.sort(np.maximum(profit.max(axis=0), 0.0))[::-1]
    for name, belief in beliefs(world, base).items():
        view = outlook(base, belief, learning=size != "none")
        if name == "implied":
            of_plays(world, view, size, plays)
        choice, row = best(view), []
        for depth in DEPTHS:
            most = round(depth * profit.shape[1])
            who = contacted(choice, most)
            gained = profit[choice.play[who], who].sum()
            mean, error = claimed(view, choice.play[who], who)
            row += [gained / ideal[:most].sum()]
            held[f"{name}, {size}"].append([float(abs(gained - mean) <= P90 * error)])
        found[f"{name}, {size}"].append([*row, mean / gained if gained > 0 else np.nan])


def of_plays(world: World, view: Outlook, size: str, found: Figures) -> None:
    """What each play was promised to add in the list by the engine's own belief, and what it added, of all it added."""
    choice = best(view)
    who = contacted(choice, round(DEPTHS[-1] * len(choice.play)))
    play = choice.play[who]
    whole = world.gains[play, who].sum()
    for number, each in enumerate(world.plays):
        here = who[play == number]
        gains = [part[number, here].sum() / whole for part in (view.gains, world.gains)]
        found[f"{each.name}, {size}"].append([*gains, len(here) / len(choice.play)])


def of_pilot(world: World, base: Basis, found: Figures) -> None:
    """What the first list brings when nothing was tried yet: pilots only."""
    profit = world.gains - world.costs
    everybody = np.arange(profit.shape[1])
    ideal = np.sort(np.maximum(profit.max(axis=0), 0.0))[::-1][: round(DEPTHS[-1] * profit.shape[1])].sum()
    for name, belief in beliefs(world, base).items():
        view = outlook(base, belief, learning=False)
        play = view.net.argmax(axis=0)
        unproven = np.zeros((len(STAGES), len(world.plays)), dtype=int)
        allowed = evidence.piloted(view, unproven, base.now.odds, seed=7)[play, everybody]
        who = everybody[allowed & (view.net.max(axis=0) > 0)]
        found[f"{name}: first list"].append([profit[play[who], who].sum() / ideal, len(who) / 1e4])


def of_readings(world: World, base: Basis, found: Figures) -> None:
    """Stages and headroom against the truth."""
    named = base.now.odds.argmax(axis=1)
    right = (named == world.stage).mean()
    found["stage: accuracy, macro-F1"].append([right, f1_score(world.stage, named, average="macro")])
    room = np.nan_to_num(headroom(base.past, base.now).headroom, nan=0.0)
    active = room > 0
    count = round(TENTH * active.sum())
    order = np.argsort(-room[active])[:count]
    most = np.sort(world.headroom[active])[::-1][:count].sum()
    found["headroom: captured in the top 10 %"].append([world.headroom[active][order].sum() / most])


def told(title: str, found: Figures, worst: int | None = 2) -> None:
    """Means with standard errors over the worlds, in %, and the worst world."""
    say(f"\n{title}")
    for name, rows in found.items():
        values = np.array(rows)
        error = values.std(axis=0, ddof=1) / np.sqrt(len(values)) if len(values) > 1 else values[0] * 0
        cells = "  ".join(
            f"{100 * m:6.1f} ±{100 * e:4.1f}" for m, e in zip(np.mean(values, axis=0)[:3], error, strict=False)
        )
        more = ""
        if worst is not None:
            ratio = np.nanmedian(values[:, 3]) if np.isfinite(values[:, 3]).any() else np.nan
            more = f"  worst {100 * values[:, worst].min():6.1f}  promised/delivered {ratio:5.2f}"
        say(f"  {name:36}{cells}{more}")


def told_below(small: Figures, large: Figures) -> None:
    """In how many worlds lots led more than three points below what was believed before them, and by how much."""
    say("\nworlds in which lots led more than 3 points below the belief before them, at 20 % depth, and by how much")
    for name, rows in {**small, **large}.items():
        belief, _, size = name.partition(", ")
        if size != "none":
            before = np.array(small[f"{belief}, none"])[:, 2]
            below = before - np.array(rows)[:, 2]
            far = np.sort(below[below > MOST_LOST])[::-1]
            say(f"  {name:36}{len(far)} of {len(below)}  {', '.join(f'{100 * each:.1f}' for each in far)}")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", default="1-10", type=lambda text: numbers(None, None, text))
    parser.add_argument("--accounts", default=20_000, type=int)
    options = parser.parse_args()
    policies, small, large, held, plays, pilots, readings = (defaultdict(list) for _ in range(7))
    with threadpool_limits(1):
        for seed in options.seeds:
            world = draw(seed, options.accounts, Nature(randomised=SMALL))
            base = of_policies(world, seed, policies)
            of_readings(world, base, readings)
            of_pilot(world, base, pilots)
            of_beliefs(world, base, "none", small, held, plays)
            of_beliefs(world, base, "800 a play", small, held, plays)
            world = draw(seed, options.accounts, Nature(randomised=LARGE))
            of_beliefs(world, basis(world.seen), "3,300 a play", large, held, plays)
            say(f"world {seed} done")
    told("share of the oracle's profit at 5, 10, 20 % depth, 800 contacts a play by lot", policies)
    told("by belief, no and 800 contacts a play", small)
    told("by belief, 3,300 contacts a play", large)
    told_below(small, large)
    told("the first list, pilots only: share of the oracle's profit at 20 %, and hundreds of customers", pilots, None)
    told("stages and headroom", readings, None)
    told("gain of each play promised and delivered, of all delivered, and customers (implied, 20 %)", plays, None)
    told("80 % intervals of claims that held what came", held, None)


if __name__ == "__main__":
    main()
