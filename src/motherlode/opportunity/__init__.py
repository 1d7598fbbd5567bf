"""The opportunity room: whom to act on now, how, why, and how far down the list it pays.

In come what the profile room knows of customers (`features`, `lifecycle`, `value_tiers`, `benchmarks`,
`next_category`); `stakes` gathers it, every file of `plays` proposes customers for one action, `candidates` brings
all proposals together, `shadow_prices` finds what money and capacity are worth, `allocation` whom they go to, and out
goes `ranked`: at most one action a customer, cut where the next yuan stops paying. `curve`, `cut_lines`, `plan` and
`claim` say what the list promises. A list that is frozen comes back as `recorded_lists`; `list_results` and `readings`
hold what came in against what was promised, and `measured_lifts` takes the place of what was assumed. So does
`tried_lifts`, which the `engine` finds in past campaigns that held customers out by lot. What those who work the list
did about a customer comes back as `recorded_follow_ups`; `follow_ups` says how each stands.
"""
