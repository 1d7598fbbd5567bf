"""`python -m motherlode`, where the command itself is not on the path."""

from motherlode.cli import main

main(prog_name="motherlode")
