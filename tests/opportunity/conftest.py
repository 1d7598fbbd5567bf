"""Settings of the opportunity room's tests; the bases they use are in `opportunity_base`."""

import ibis
import pytest


@pytest.fixture
def spark_options(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compiling for Spark asks for an option that only its driver registers."""
    options = type("Options", (), {"treat_nan_as_null": False})
    monkeypatch.setattr(type(ibis.options), "pyspark", options, raising=False)
