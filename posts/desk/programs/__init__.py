"""Other programs that may call this site, each by a token that an owner made for it.

    scopes   what a token may be good for
    models   a token, of which only a keyed hash is kept
    tokens   making one, finding whose it is, revoking
    events   what programs can be told of (`posts.delivery.webhooks`), in an owner's words
    notices  the mail to the owners when one of them was switched off
    forms    what is typed about both

`posts.api` asks `tokens.find` at each call. The screens are in `posts.desk.views.programs`.
"""
