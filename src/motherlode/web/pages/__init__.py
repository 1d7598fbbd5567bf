"""The pages for people: each a module with a `PAGE`, a template, and words; adding a page is adding these.

What comes in are requests; what goes out is HTML that works without a script, in Chinese and English. A page appears
when the tables that it shows have rows.
"""
