"""Who customers are by what they do: customers, orders, returns, events, feedback and deals come in; features, rhythm,
lifecycle stages, value tiers, peers and the figures of the whole base go out.

All of it as of a day: the same functions describe today, last year, and every snapshot that a model learns from.
"""
