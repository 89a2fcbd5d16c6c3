"""What became of a mailing, in numbers, over time, reader by reader. It only reads.

`tally` counts, `timeline` cuts time into bins, `leaving` says who left since, `lookup` answers
for one reader, and `export` lists everybody.
"""
