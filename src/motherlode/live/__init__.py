"""What arrives while we serve: kept in a log before it is acknowledged, then moved into the warehouse.

What comes in are requests of tracking SDKs and webhooks; what goes out are rows of `collect.raw_*`, counted.
"""
