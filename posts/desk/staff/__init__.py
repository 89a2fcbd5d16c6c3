"""Who works at the desk, and how she comes in.

    roles        owner, editor, author, helper: groups, and what each may
    invitations  by mail, once, for a week
    factors      her second step: an app's code, a passkey, recovery codes (allauth keeps them)
    halfway      whoever signed in without it is nobody yet, at whatever address she signed in
    arriving     what happens when she is in: the device is noted; `notices` mails of a new one
    sittings     where she is signed in, and ending that
    borders      Wagtail's own screens of people: closed, or asked for the password before
    returned     after a return from a backup: who may what again, until an owner looked
    account      her name, address and password
    notes, log   who did what to people and to the site; the log that the owner reads

Every way of signing in ends in Django's `login`, and only `halfway` decides who is in.
"""
