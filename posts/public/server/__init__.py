"""From a connection to an answer: the site as an RSGI application, which granian serves.

    event loop   one thread. Answers pages that are kept in memory; reads the whole body of a
                 request, with a deadline; writes answers as fast as readers take them.
    threads      a few. In each Django answers one request at a time, whose body is all there.

So a thread is never held by a connection that is slow in either direction: who sends one byte, or
reads one, costs a connection and nothing else. (Under WSGI a thread waits for the body, and four
such connections were enough to stop a site.)

`handler` is where to start; `bodies` holds the deadlines. Only `config` imports from here. RSGI is
described at
https://github.com/emmett-framework/granian/blob/master/docs/spec/RSGI.md.
"""
