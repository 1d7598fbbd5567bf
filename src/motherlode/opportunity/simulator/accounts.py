"""Who lives in the world, with all that no company is told of its customers."""

import msgspec
import numpy as np
from numpy.typing import NDArray

from motherlode.opportunity.simulator.economy import INDUSTRIES
from motherlode.opportunity.simulator.nature import Nature

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SIZES = ("small", "medium", "large")
SIZE_SHARES = (0.60, 0.30, 0.10)
# Weekly wallet of a middling account of each size, and the spread of its logarithm.
WALLETS, WALLET_SPREAD = (265.0, 840.0, 3000.0), 1.05
MOST_PRODUCTS = 6


class Accounts(msgspec.Struct, frozen=True):
    """An entry an account in every array; shares and inclinations lie between 0 and 1.

    Attributes
    ----------
    born
        Weeks before today at which the account became known.
    wallet
        Money a week that the account spends on such services anywhere.
    fit, skill
        How well the product suits the account, and how well the account uses it: together its results.
    willing, price_sensitive
        How readily it follows a proposal, and how much a price moves it.
    averse
        Whether being contacted drives it away.
    pace
        How often it pays: multiplies the weekly chance of its stage.
    """

    industry: Ints
    size: Ints
    born: Ints
    wallet: Floats
    fit: Floats
    skill: Floats
    willing: Floats
    price_sensitive: Floats
    averse: NDArray[np.bool_]
    products: Ints
    pace: Floats

    @property
    def count(self) -> int:
        return len(self.wallet)


def draw_accounts(chance: np.random.Generator, count: int, nature: Nature) -> Accounts:
    """So many accounts, older ones as frequent as younger ones."""
    size = chance.choice(len(SIZES), count, p=SIZE_SHARES)
    industry_shares = chance.dirichlet(np.full(len(INDUSTRIES), 12.0))
    return Accounts(
        industry=chance.choice(len(INDUSTRIES), count, p=industry_shares),
        size=size,
        born=chance.integers(0, nature.lived_weeks, count),
        wallet=np.asarray(WALLETS)[size] * np.exp(chance.normal(0, WALLET_SPREAD, count)),
        fit=chance.beta(3, 3, count),
        skill=chance.beta(2.5, 3, count),
        willing=chance.beta(2, 2, count),
        price_sensitive=chance.beta(2, 2.5, count),
        averse=chance.random(count) < 0.12,
        products=1 + chance.binomial(MOST_PRODUCTS - 1, 0.22, count),
        pace=0.6 + 0.55 * chance.beta(3, 2, count),
    )
