"""The site for other programs: HTTP API, version 1, at `/api/v1/`.

    door         every call comes in here: who calls, and which headers an answer has
    limits       how often
    application  Django Ninja, which checks what comes; loaded at the first call
    public, posts, posts_import, newsletters, people, people_bulk, mailings   what can be asked
    schemas/     what is sent and answered, with an example each
    pages        lists, a page at a time, by cursors
    once         a POST that is repeated is done once, and answered the same
    problems     what goes wrong, as RFC 9457 says it
    document     the OpenAPI 3.1 document; `docs` shows it to people

A call has a token of `posts.desk.programs`, and never a cookie or a session: a browser that is
signed in can do nothing here. Each operation names the scope it wants; without that scope nothing
is told of a person and nobody is mailed. What is done is done by the actions of the other rooms.

Start at `door` and `application`. This room stands above `desk`, since a letter is looked over by
the same checklist; only tables of contents import from here.
"""
