"""The command line: `commands` has one module each, with `--help` that teaches.

What takes more than a screenful stands beside them: `supervisor` keeps the programs of
`manage.py up` running, each held by a `child`; `lock_and_port` is what it needs for itself before;
`preparing` makes what is missing in a new database, `demo` a site to look at, `welcome` the address
where an owner is made; `backup` and `moving` take a site along, for us and for others to read;
`doctor` asks every room what is wrong.

Start at `commands/up`. Nobody imports from here; a command may import from any room.
"""
