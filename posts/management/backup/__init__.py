"""Backup and restore: one file with all that a site is, portable between SQLite and PostgreSQL.

    tables     which tables are in it, their columns, and the numbers at which they go on
    copying    rows as lines of PostgreSQL's COPY, out of one database and into the other
    archive    the file: written, read, encrypted, and verified
    contents   what lies in it: manifest, secrets, rows, pictures, and the seal at its end
    taking     a backup, while the site runs: one snapshot
    restoring  the way back, into an empty place or over one; `loading` fills tables and folders
    readiness  whether a place may be restored into
    keeping    how a backup is named in a folder, and which old ones go

A backup is a gzipped tar:

    manifest.json                 format, when, versions, migrations, tables, numbers
    secrets.json                  the secret key and the settings of the environment
    data/<table>/<number>.copy    rows, as PostgreSQL's COPY writes text, some thousands a piece
    media/…, fonts/…              files
    seal.json                     how many members, rows and bytes, and the SHA-256 of all before it

With a passphrase the same is encrypted by libsodium (`archive`). All is read and written piece by
piece: memory does not grow with the site.

Not in it: the outbox, what is only kept for speed, sessions, and who objected (see
`subscribers.objections`, which must survive elsewhere).
"""
