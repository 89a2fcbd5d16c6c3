"""The site as readers see it: home, archive, topics, search, feeds, sitemaps, and what robots read.

The pages themselves are Wagtail's, of `posts.content`; here stands what goes with them. Public
pages know no session, no user and no message, so one rendering is for everybody: `pagecache` keeps
it and `server` hands it out. `policy` is what a browser may do with a page, `assets` the files that
it loads.

Start at `urls` and `views`. Only `config`, and the tables of contents of `posts`, import from here.
"""
