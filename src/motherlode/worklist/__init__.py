"""Working the list of opportunities: rules that say who is meant, plans, frozen lists, and what came of each of them.

What comes in are an open project and what somebody decided; what goes out are people to act on, and readouts.
"""
