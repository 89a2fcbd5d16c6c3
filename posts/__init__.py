"""What a writer publishes, and how it travels.

    content/     the post: its blocks, and one rendering for each medium
    sharing/     the links that readers pass on, and the page on which they do
    delivery/    mailings: the ledger, and the machine that drains it
    public/      the site that readers see: lists, feeds, search, kept pages
    desk/        the editor's screens, within Wagtail
    management/  the commands, and what `manage.py up` runs

Imports run up this list, never down: content knows nobody, delivery knows content and sharing, desk
and public know all three and not each other. `subscribers` is known to all and knows none of them.
What has to go the other way is a signal or a registration, tied in `apps`; `models`, `tasks`,
`urls` and `wagtail_hooks` are tables of contents, and hold nothing of their own. `templatetags` and
`templates` belong to whichever room they are named after.
"""
