"""Fits by lifetimes and PyMC-Marketing, run by an interpreter that has them: see `benchmarks/repeat_buying.py`.

python repeat_buying_peers.py WORK DATA.npy
"""

import json
import resource
import sys
import warnings
from pathlib import Path

import numpy as np

warnings.simplefilter("ignore")


def cpu() -> float:
    """CPU seconds of this process and of the compilers that it started."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(part.ru_utime + part.ru_stime for part in used)


def peak() -> float:
    """Most MiB that this program has held; `ru_maxrss` would begin with what its parent held."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def cdnow(path: str) -> None:
    """CDNOW's 2,357 customers, which come with lifetimes, in days and with their mean values."""
    from lifetimes.datasets import load_cdnow_summary, load_cdnow_summary_data_with_monetary_value

    rows = load_cdnow_summary()
    means = load_cdnow_summary_data_with_monetary_value()["monetary_value"]
    np.save(path, [rows["frequency"], np.rint(rows["recency"] * 7), np.rint(rows["T"] * 7), means])


def lifetimes_bg_nbd(x, recency, age, mean):
    from lifetimes import BetaGeoFitter

    return lambda: BetaGeoFitter().fit(x, recency / 7, age / 7).params_[["r", "alpha", "a", "b"]]


def lifetimes_pareto_nbd(x, recency, age, mean):
    from lifetimes import ParetoNBDFitter

    return lambda: ParetoNBDFitter().fit(x, recency / 7, age / 7).params_[["r", "alpha", "s", "beta"]]


def lifetimes_gamma_gamma(x, recency, age, mean):
    from lifetimes import GammaGammaFitter

    paid = (x > 0) & (mean > 0)
    return lambda: GammaGammaFitter().fit(x[paid], mean[paid]).params_[["p", "q", "v"]]


def pymc_pareto_nbd(x, recency, age, mean):
    import pandas as pd
    from pymc_marketing.clv import ParetoNBDModel

    rows = pd.DataFrame({"customer_id": np.arange(x.size), "frequency": x, "recency": recency / 7, "T": age / 7})

    def fit():
        model = ParetoNBDModel(rows)
        model.fit(method="map", progressbar=False)
        return model.fit_summary()[["r", "alpha", "s", "beta"]]

    return fit


WORKS = (lifetimes_bg_nbd, lifetimes_pareto_nbd, lifetimes_gamma_gamma, pymc_pareto_nbd)


def main() -> None:
    work, path = sys.argv[1:]
    if work == "cdnow":
        cdnow(path)
        return
    data = np.load(path)
    fit = {function.__name__: function for function in WORKS}[work](*data)
    loaded, began = peak(), cpu()
    parameters = [float(value) for value in fit()]
    seconds = cpu() - began
    sys.stdout.write(
        "\n" + json.dumps({"seconds": seconds, "added_mib": peak() - loaded, "parameters": parameters}) + "\n"
    )


if __name__ == "__main__":
    main()
