"""How mail leaves, as this site was told: by EMAIL_URL, or by its owner at the desk.

`email_url` is the one place that answers it, and `transports` makes a transport of the answer. The
environment wins. What the owner chose is one row (`models`), sealed with a key that is derived from
SECRET_KEY (`sealing`), and read anew whenever somebody asks: so each process goes by a change at
once. Imported by whoever asks; imports nothing of ours. It is changed in `mailings.way_out`.
"""
