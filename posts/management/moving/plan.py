"""Which tables go into which file, what stays behind, and why."""

from dataclasses import dataclass

# In the order in which they are written. `<folder>/<file>` of rows, one a line.
FILES: dict[str, str] = {
    "pictures/collections.jsonl": "wagtailcore_collection",
    "pictures/pictures.jsonl": "wagtailimages_image",
    "pictures/tags.jsonl": "taggit_tag",
    "pictures/tagged.jsonl": "taggit_taggeditem",
    "files/files.jsonl": "posts_enclosure",
    "settings/site.jsonl": "posts_sitesettings",
    "settings/care_notes.jsonl": "posts_carenote",
    "settings/about_lines.jsonl": "posts_aboutline",
    "settings/covering_notes.jsonl": "posts_coveringnote",
    "settings/letter_templates.jsonl": "posts_lettertemplate",
    "settings/sending.jsonl": "posts_sendingsettings",
    "settings/sign_ups.jsonl": "subscribers_doorsetting",
    "settings/embedding_sites.jsonl": "subscribers_embeddingsite",
    "settings/blocked_domains.jsonl": "subscribers_blockeddomain",
    "newsletters.jsonl": "subscribers_newsletter",
    "topics.jsonl": "posts_topic",
    "posts/versions.jsonl": "wagtailcore_revision",
    "posts/former_addresses.jsonl": "posts_postaddress",
    "posts/arrivals.jsonl": "posts_arrival",
    "posts/old_addresses.jsonl": "posts_oldaddress",
    "posts/share_links.jsonl": "posts_sharelink",
    "posts/former_share_codes.jsonl": "posts_formercode",
    "posts/read_counts.jsonl": "posts_dailycount",
    "subscribers/subscribers.jsonl": "subscribers_subscriber",
    "subscribers/subscriptions.jsonl": "subscribers_subscription",
    "subscribers/consent.jsonl": "subscribers_consentevent",
    "subscribers/consent_networks.jsonl": "subscribers_consentnetwork",
    "subscribers/changes.jsonl": "subscribers_change",
    "subscribers/tags.jsonl": "subscribers_tag",
    "subscribers/tagged.jsonl": "subscribers_tagging",
    "subscribers/segments.jsonl": "subscribers_segment",
    "subscribers/care_log.jsonl": "subscribers_careevent",
    "subscribers/soft_bounces.jsonl": "subscribers_softbounces",
    "subscribers/own_mails.jsonl": "subscribers_transactionalmail",
    "suppression/hashes.jsonl": "subscribers_suppression",
    "mailings/mailings.jsonl": "posts_mailing",
    "mailings/events.jsonl": "posts_mailingevent",
    "mailings/letters.jsonl": "posts_letter",
    "mailings/letter_variants.jsonl": "posts_lettervariant",
    "mailings/digests.jsonl": "posts_digest",
    "mailings/digest_posts.jsonl": "posts_digestpost",
}
TABLES = {table: file for file, table in FILES.items()}

# Written by `pages`: each page with what hangs on it.
PAGE_TABLES = ("wagtailcore_page", "posts_homepage", "posts_plainpage", "posts_postpage")
TOPICS_OF_POSTS = "posts_postpage_topics"
AUTHORS, KEYS = "authors.json", "suppression/keys.json"

_OF_THE_PLACE = "belongs to the machine or the moment, not to the site"
_SECRET = "opens doors: made anew where the site goes"  # noqa: S105
_ANEW = "made anew from the rest"
_UNUSED = "nothing here uses it"
_LEDGER = "who got which mailing: the totals go along, and `backup` has all of it"
_ACCOUNTS = "of accounts, authors.json has names and roles"
LEFT_BEHIND: dict[str, str] = {
    "account_emailaddress": _ACCOUNTS,
    "account_emailconfirmation": _SECRET,
    "auth_group": _ACCOUNTS,
    "auth_group_permissions": _ACCOUNTS,
    "auth_permission": _ANEW,
    "auth_user": _ACCOUNTS,
    "auth_user_groups": _ACCOUNTS,
    "auth_user_user_permissions": _ACCOUNTS,
    "django_content_type": _ANEW,
    "mfa_authenticator": _SECRET,
    "posts_allowance": _OF_THE_PLACE,
    "posts_batch": _LEDGER,
    "posts_bulkwork": _OF_THE_PLACE,
    "posts_delivery": _LEDGER,
    "posts_movein": _OF_THE_PLACE,
    "posts_pagegeneration": _OF_THE_PLACE,
    "posts_providerevent": _LEDGER,
    "posts_restoration": _OF_THE_PLACE,
    "posts_siteexport": _OF_THE_PLACE,
    "posts_transportstatus": _OF_THE_PLACE,
    "posts_wayout": _SECRET,
    "posts_webhookendpoint": _SECRET,
    "subscribers_addresschange": _SECRET,
    "subscribers_counted": _ANEW,
    "subscribers_dailyfigure": _ANEW,
    "subscribers_importjob": _OF_THE_PLACE,
    "subscribers_key": "of the keys, suppression/keys.json has those that are needed",
    "subscribers_standing": _ANEW,
    "subscribers_tally": _OF_THE_PLACE,
    "subscribers_waitingsignup": _OF_THE_PLACE,
    "wagtailadmin_admin": _ANEW,
    "wagtailadmin_formstate": _OF_THE_PLACE,
    "wagtailcore_apitoken": _SECRET,
    "wagtailcore_collectionviewrestriction": _UNUSED,
    "wagtailcore_collectionviewrestriction_groups": _UNUSED,
    "wagtailcore_comment": _UNUSED,
    "wagtailcore_commentreply": _UNUSED,
    "wagtailcore_groupapprovaltask": _UNUSED,
    "wagtailcore_groupapprovaltask_groups": _UNUSED,
    "wagtailcore_groupcollectionpermission": _ACCOUNTS,
    "wagtailcore_grouppagepermission": _ACCOUNTS,
    "wagtailcore_groupsitepermission": _ACCOUNTS,
    "wagtailcore_locale": "named by the pages",
    "wagtailcore_modellogentry": "who did what at the desk: `backup` has it",
    "wagtailcore_pagelogentry": "who did what at the desk: `backup` has it",
    "wagtailcore_pagesubscription": _UNUSED,
    "wagtailcore_pageviewrestriction": _UNUSED,
    "wagtailcore_pageviewrestriction_groups": _UNUSED,
    "wagtailcore_referenceindex": _ANEW,
    "wagtailcore_site": _ANEW,
    "wagtailcore_task": _UNUSED,
    "wagtailcore_taskstate": _UNUSED,
    "wagtailcore_uploadedfile": _OF_THE_PLACE,
    "wagtailcore_workflow": _UNUSED,
    "wagtailcore_workflowcontenttype": _UNUSED,
    "wagtailcore_workflowpage": _UNUSED,
    "wagtailcore_workflowstate": _UNUSED,
    "wagtailcore_workflowtask": _UNUSED,
    "wagtaildocs_document": _UNUSED,
    "wagtailimages_rendition": _ANEW,
    "wagtailusers_userprofile": _ACCOUNTS,
}

# Columns that say something of the place or the moment. What stands there in the new place instead
# is the field's default, or what `coming_in` puts there.
WITHOUT: dict[str, frozenset[str]] = {
    # Under a key, whichever number they had here: there may be others where they go.
    "subscribers_suppression": frozenset({"id"}),
    # When a mail of ours is due; whoever waited for one asks again.
    "subscribers_transactionalmail": frozenset({"due_at", "token"}),
    "posts_mailing": frozenset({"folded_at"}),
    # Where readers find it is said, and tried, where it is.
    "posts_sitesettings": frozenset({"address"}),
    # Wagtail counts these again.
    "wagtailcore_page": frozenset({"locked", "locked_at", "locked_by_id"}),
}
ORDERED_BY = {"subscribers_suppression": "address_hash, reason, origin"}


@dataclass(frozen=True, slots=True)
class StoredFiles:
    """Files on the disk that rows name: in which folder of the export, and of the media."""

    folder: str
    stored: str


STORED = {
    "wagtailimages_image": StoredFiles("pictures", "original_images"),
    "posts_enclosure": StoredFiles("files", "enclosures"),
}
