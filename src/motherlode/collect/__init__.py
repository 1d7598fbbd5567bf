"""What arrives.

In come files, sheets, query results and tracking calls, as they are; out go pieces of rows, each row with its address
and each line that is no row with its problem. Nothing is parsed, trimmed or dropped: text stays text until `refine`.
"""
