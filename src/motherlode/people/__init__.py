"""Whom the house knows: who is meant, under which numbers, what rows name her, and what she agreed to.

What comes in are a number, an e-mail or a phone as somebody said it; what goes out are persons, and where each of them
stands in the warehouse and the vault.
"""
