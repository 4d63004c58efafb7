"""The whole table with its verdicts, as files for other programs."""
