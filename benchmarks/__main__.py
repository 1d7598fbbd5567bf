"""Every benchmark, one after the other: `python -m benchmarks`."""

from benchmarks import repeat_buying, spine

spine.main()
repeat_buying.main()
