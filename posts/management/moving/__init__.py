"""Everything of a site in one folder that people and other programs read; and the way back in.

A backup brings a site back as it was, ledger and secrets and all, and only Passalong reads it. What
is made here is for taking along:

    plan         which tables go into which file, what stays behind, and why
    rows         rows as JSON and back
    folder       the folder: files that are summed up as they are written, and verified
    markdown     a post or page as Markdown, for people and for other programs
    pages        posts and pages out: Markdown, and beside it the same as JSON
    static_site  the public pages as a copy that opens from a disk
    history      mailings on their way out: ended, with their totals
    leaving      the export, of one moment, while the site runs
    readiness    whether a place may take one in
    coming_in    the import: verified first, then one transaction, and nobody is mailed

Of each post there are two files. `<name>.md` is the one to read, and what Hugo, Obsidian or Jekyll
take: prose, with its pictures, and above it what a program wants to know. `<name>.json` is what we
read again: the blocks as they are stored. No dialect of Markdown says all of them (who is quoted,
which of an invitation's three kinds, what a sound says), and one that did would be read by us alone
and would look like it.
"""
