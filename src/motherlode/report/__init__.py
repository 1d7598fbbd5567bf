"""The report: one HTML file that opens from disk, in Chinese and English, with every picture and number in it.

`findings` asks the project's tables (the shell); `discover`, `act` and `trust` say in words what was found (pure); the
templates lay it out. Nothing in the file asks a host for anything, and it needs no script.
"""

from motherlode.report.findings import Findings, gather
from motherlode.report.page import page, render

__all__ = ["Findings", "gather", "page", "render"]
