"""Numbers counted ahead, so that no page of the desk reads a million rows.

`actions.count_anew` counts all of it every 15 minutes; `queries` gives the desk what was counted.
Only the desk imports `queries`, and only `tasks` the counting. Start with `models`.
"""
