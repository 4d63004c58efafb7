"""What the program puts out, as hashes: a change that is to change nothing is held against them.

`python -m tests.oracle` compares, `python -m tests.oracle --write` makes the hashes anew.
"""
