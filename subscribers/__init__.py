"""Who may hear from us: people, newsletters, consent, suppression. It knows nothing of posts.

Everything else of ours may import this; it imports nothing else of ours (import-linter). What
other rooms know of a person they register in `knowledge`; the site's language in `languages`.

Start with `models` (what is kept), `actions` (what can be done to a subscription) and `queries`
(who, and whether still). Our own mails: `own_mails` says how often one may become due, `mailer`
sends what is due, `composing` writes it. The rooms:

    preferences/  a reader's own page, her link to it, a change of address
    limits/       how many mails somebody may cause who types an address into a form
    lists/        CSV in both directions
    segments/     tags, and rules that describe a part of the people
    figures/      numbers counted ahead for the desk
    management/   what the commands of all rooms have in common
"""
