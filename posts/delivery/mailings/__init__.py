"""Mailings: one letter to one audience, from the wish of a writer to what she may do about it.

`start` freezes letter and audience and cuts the batches; `schedule` starts what is held or waits
for its time, `followups` corrects and catches up, `digests` and `after_rest` make mailings of many
posts. `control` pauses, resumes and cancels, `finish` ends what adds up. `queries` counts how
one stands.

Imported by whoever wants something of a mailing (the desk, commands, `worker`, `events`); imports
`letters`, `transports` and what lies below, and hands nothing over itself but a test. Start with
`start`.
"""
