"""The backtest of public data sets against published or measured figures, from nothing but the files.

    python -m benchmarks.backtests [--data FOLDER] [--only telco_ibm,...]

FOLDER holds a folder a data set (by default `../shared/data`). Each is looked at by `motherlode init`, loaded and run
as it stands; nothing is set by hand. Depth and length of learning were chosen on CDNOW and The Complete Journey.
"""

import argparse
import tempfile
from pathlib import Path

import msgspec

from benchmarks.measuring import say

DATA = Path(__file__).parents[2] / "shared" / "data"


class Goal(msgspec.Struct, frozen=True):
    """What the best model of a target should reach, at least or (for losses) at most."""

    data: str
    target: str
    metric: str
    least: float | None = None
    most: float | None = None


GOALS = (
    Goal("online_retail", "buys_90d", "auc", 0.759),
    Goal("online_retail", "buys_90d", "brier", most=0.199),
    Goal("online_retail", "buys_90d", "calibration_error", most=0.045),
    Goal("cdnow", "buys_90d", "auc", 0.809),
    Goal("cdnow", "buys_90d", "brier", most=0.1026),
    Goal("cdnow", "buys_90d", "calibration_error", most=0.02),
    Goal("complete_journey", "buys_90d", "auc", 0.5),
    Goal("complete_journey", "next_category", "auc", 0.5),
    Goal("telco_ibm", "churned", "auc", 0.848),
    Goal("bank_churners", "churned", "auc", 0.993),
    Goal("bank_marketing", "responded", "auc", 0.663),
    Goal("bank_marketing", "responded", "auc_in_random_folds", 0.791),
    Goal("taiwan_default", "defaulted", "auc", 0.784),
    Goal("german_credit", "defaulted", "auc", 0.79),
    Goal("smcrm", "converted", "auc", 0.968),
    Goal("smcrm", "converted:customer_win_back", "auc", 0.942),
    Goal("ifood_campaign", "responded", "auc", 0.899),
    Goal("online_shoppers", "converted", "auc", 0.782),
    Goal("crm_opportunities", "won", "auc", most=0.52),
)


def reached(folder: Path, root: Path) -> tuple[dict[tuple[str, str], tuple[str, float]], dict[str, str]]:
    """By target and measure: the model that reached most (or lost least), and how much; and the verdicts."""
    from motherlode import Project
    from motherlode import init as beginning

    beginning.write(beginning.look(folder, root), folder, root)
    with Project(root) as project:
        project.load()
        project.run()
        rows = project.backtest().to_dicts()
        verdicts = {row["target"]: row["verdict"] for row in project.table("predict.champions")}
    means: dict[tuple[str, str, str], list[float]] = {}
    for row in rows:
        if row["value"] is not None:
            means.setdefault((row["target"], row["metric"], row["model"]), []).append(row["value"])
    best: dict[tuple[str, str], tuple[str, float]] = {}
    for (target, metric, model), values in means.items():
        value, losing = sum(values) / len(values), metric in ("brier", "calibration_error", "log_loss", "mean_error")
        held = best.get((target, metric))
        if model != "mean" and (held is None or (value < held[1] if losing else value > held[1])):
            best[target, metric] = (model, value)
    return best, verdicts


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    wanted = [name for name in options.only.split(",") if name] or list(dict.fromkeys(goal.data for goal in GOALS))
    for name in wanted:
        with tempfile.TemporaryDirectory() as temporary:
            best, verdicts = reached(options.data / name, Path(temporary))
        for goal in (goal for goal in GOALS if goal.data == name):
            _told(goal, best.get((goal.target, goal.metric)), verdicts.get(goal.target, ""))


def _told(goal: Goal, best: tuple[str, float] | None, verdict: str) -> None:
    if best is None:
        say(f"{goal.data:18} {goal.target:28} {goal.metric:20} not there: missed")
        return
    model, value = best
    bound, met = (goal.least, value >= goal.least) if goal.least is not None else (goal.most, value <= (goal.most or 0))
    side = ">=" if goal.least is not None else "<="
    outcome = "met" if met else "missed"
    say(
        f"{goal.data:18} {goal.target:28} {goal.metric:20} {value:.4f} {side} {bound}  {outcome:7} {model:12} {verdict}"
    )


if __name__ == "__main__":
    main()
