"""Whether two records are one person: weights that are learnt from the records themselves (Fellegi and Sunter, 1969).

What comes in are records as text in clear, out of the vault, for as long as they are compared; what goes out are pairs
with a probability, and clusters. Nothing here touches a file: the engine works in memory.
"""
