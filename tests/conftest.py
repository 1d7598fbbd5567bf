"""What tests share: the small shop, and where the real data are."""

import gc
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# A busy machine makes no test fail: nothing here is about time.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")

sys.path.insert(0, str(Path(__file__).parent))

# As the command line has it.
gc.set_threshold(100_000, 20, 20)

SHARED = Path(__file__).parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of the real data sets that may not be shipped."""
    if not SHARED.is_dir():
        pytest.skip(f"real data sets are not at {SHARED}: they may not be shipped with the package")
    return SHARED
