"""A world of business accounts in which the truth is known.

`nature` holds its constants, `economy` the industries, `accounts` who lives in it, `lives` how they move between the
stages and what they spend, `treatments` what can be done with them, `history` what happened up to today, `truth` what
each treatment would bring in the coming year (exactly, not by trying), `observed` what a company would have on record
of all this, and `world` puts them together. `policies` are rankings of its customers, and `scored` marks them.
Everything follows from a seed. The flavour and the structural facts are those of accounts that pay for a service by the
week; no figure of it is meant to be that of a real company.
"""
