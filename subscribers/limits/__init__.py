"""Who may cause how many mails by typing an address into a form.

Forms of readers import it, also those of `posts`; it knows addresses and keys, and no person.
For a view: `throttle.allow(kind=…, address=…, network=network_of(request), proven=…)`, which
counts with `counters`. Start with `throttle`. `sign_up_mode` is the writer's own switch, `proof`
the sum for browsers, `suspicions` a word of warning and never a refusal.
"""
