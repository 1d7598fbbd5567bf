"""Charts drawn in Python: numbers and words in, one SVG picture out.

Colours are classes, so that the page decides them (light, dark, print) and a strict content policy can forbid inline
styles. A picture is drawn at the width in which its letters are legible; a page that shows it smaller draws it again.
No data gives "".
"""

from motherlode.charts.bars import Bars, columns, stacked_bars
from motherlode.charts.curves import CutLine, ParetoWords, ProfitPoint, ProfitWords, pareto, profit_curve
from motherlode.charts.flow import Flow, FlowWords, flows
from motherlode.charts.forecasts import Tenth, TenthWords, calibration
from motherlode.charts.funnel import FunnelWords, Step, funnel_bars
from motherlode.charts.heat import Cell, GridWords, heat_grid
from motherlode.charts.lines import Line, LineWords, step_lines
from motherlode.charts.ties import Tie, ties

__all__ = [
    "Bars",
    "Cell",
    "CutLine",
    "Flow",
    "FlowWords",
    "FunnelWords",
    "GridWords",
    "Line",
    "LineWords",
    "ParetoWords",
    "ProfitPoint",
    "ProfitWords",
    "Step",
    "Tenth",
    "TenthWords",
    "Tie",
    "calibration",
    "columns",
    "flows",
    "funnel_bars",
    "heat_grid",
    "pareto",
    "profit_curve",
    "stacked_bars",
    "step_lines",
    "ties",
]
