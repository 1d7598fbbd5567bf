"""The govern room: what may be done with whom, on which ground, and why not.

In come customers, what they said (`refine.consents`, `collect.recorded_consents`) and the law of their home
(`residence`, `grounds`); out go `contactable` and `usable`, which the other rooms take as parameters.
"""
