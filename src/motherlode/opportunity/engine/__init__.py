"""Who gains by what: the statistics behind an opportunity, as pure functions on arrays.

`panel` turns input tables into periods of spending and doing; `stages` filters the stage of life out of them, `traits`
says what is known of everybody on a day, `worth` what they will bring, `headroom` what they could, `rulebook` what is
believed of plays before any trial, `trials` what past contacts drawn by lot were, `lifts` joins belief and trial, and
`outlook` puts all of it together: an expected gain, with its interval, for every customer and play. `evidence` says how
well a play is proven and keeps small what is not; `registry` runs simple rankings in shadow.
"""
