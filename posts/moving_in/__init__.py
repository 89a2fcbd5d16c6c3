"""Moving in: what another system exported comes here, its letters and its lists of people.

    archive     the file that was exported, or a folder: what is in it, within limits
    shape       what every source makes of it: posts, lists, and what cannot be brought
    sources/    one module for each system; `registry` is the list of them
    bringing    posts are stored, each in a transaction of its own, each once
    people      lists go the way of every list (`subscribers.lists`)
    report      what could not be carried over, with its place
    moves       the same at the desk: an upload that workers look at, and take in when told to

Nobody is mailed by it. Texts are read by `posts.content.importing`, lists by `subscribers.lists`;
a source only says what stands where. `posts/README.md` has the recipe for another one.
"""
