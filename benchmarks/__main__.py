"""Every benchmark, one after the other: `python -m benchmarks`."""

from benchmarks import spine

spine.main()
