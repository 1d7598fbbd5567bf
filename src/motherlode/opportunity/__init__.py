"""The opportunity room: whom to act on now, how, why, and how far down the list it pays.

In come what the profile room knows of customers (`features`, `lifecycle`, `value_tiers`, `benchmarks`,
`next_category`); `stakes` gathers it, every file of `plays` proposes customers for one action, `candidates` brings
all proposals together, `steps` finds which of a customer's plays is best at which price of money, and out goes
`ranked`: at most one action a customer, cut where the next yuan stops paying. `curve`, `cut_lines`, `plan` and
`claim` say what the list promises. Every promise here rests on assumed lifts until they are measured.
"""
