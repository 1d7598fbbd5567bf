"""What rights of people do to the stores: rows and keys go, are kept out of tables, or are put right, and stay so.

What comes in are persons whose request was granted, and data past its time; what goes out are counts of what was done.
Old backups bring back nothing of it. `motherlode.privacy` answers those who ask.
"""
