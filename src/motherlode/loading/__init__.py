"""What becomes of rows on their way in: each cell as it came, personal ones apart, mended ones in place of the old.

What comes in are batches of a source; what goes out are rows of `collect.raw_*` and fields for the vault. `ingest` and
the live log load by the same steps.
"""
