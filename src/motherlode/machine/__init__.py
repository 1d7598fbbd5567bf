"""What the machine is asked: who acts, what time it is, whether another process serves, files for their owner alone.

For shells alone: rooms get the time with the data, and know no files.
"""
