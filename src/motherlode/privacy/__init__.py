"""What a business owes the people whose data it has, and can show for it: answers in time, explanations, a map of data.

What comes in are an open project and who asks; what goes out are answers, cases with their clocks, and totals that hide
each person. `motherlode.rights` does to the stores what was granted.
"""
