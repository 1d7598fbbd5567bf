"""The doors in.

In come the frozen settings of a door; out go pieces (a file, a sheet, a query result), each with an address that names
it for ever, a fingerprint of its content and its rows in batches. One door a module; one file format a module.
"""
