"""What is reached over HTTP: pages for people and endpoints for programs, from one process; it computes nothing.

What comes in are requests; what goes out are tables of the house as pages and files, and, for what is sent to us, a
receipt once it is kept.
"""
