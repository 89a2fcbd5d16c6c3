"""Kept pages: each public page is rendered once a generation, and its bytes are given to everybody.

`addresses` says which pages may be kept, `stored` is one of them ready to go, `generation` is the
state of the site that a page shows, `store` is where pages are kept (memory, and Redis or files
behind it), `render_lock` has one of many renderers go first, `middleware` puts it together,
`compression` packs, and `receivers` notices changes: whatever a page may show is listed there.

Start at `middleware`. `posts.public.server` reads the store too, before Django is asked; nobody
else imports from here.
"""
