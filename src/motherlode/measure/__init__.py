"""What customers did after one another, and what came of it.

In come orders, returns, events and registrations; out go what each customer did, in order of time, and what is read off
these histories: how many come from one step to the next, how many come back, and which ways they take.
"""
