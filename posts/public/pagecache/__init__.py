"""Pages that anybody may read, kept as they were answered until anything that they show changes.

`addresses` says which, `stored` is one of them ready to go, `shelf` is where they stand (memory,
and Redis or files behind it), `turns` has one of many renderers go first, `middleware` puts it
together, `front` answers before Django, and `receivers` notices changes.
"""
