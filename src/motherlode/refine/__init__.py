"""Raw rows come in as they were collected; tables about customers, products, orders and the rest of the house go out.

Every raw row ends in its table, repaired or not, or in `refine.quarantine` with its problem: in = out + set aside.
"""
