"""In which columns a person's data is kept, and of which we say that it never is.

Every column that could hold a word stands in one of the two: a table that is added to the site
fails `test_erasure` until somebody has thought of it.
"""

from collections.abc import Iterator

from django.apps import apps
from django.db.models import Field

# The erasure's journey sees her in each of these before she is erased, and in none afterwards.
HERS = """
posts.BulkWork found
posts.Delivery detail
posts.Mailing problem
posts.MailingEvent detail
posts.MoveIn counts file_name preview problem
posts.ProviderEvent body headers
posts.TransportStatus problem
posts.WaitingReset email
subscribers.AddressChange address email
subscribers.Change after before
subscribers.ConsentEvent source
subscribers.ConsentNetwork network
subscribers.ImportJob file_name mapping preview problem source
subscribers.Subscriber address email name
subscribers.WaitingSignUp address email network
"""

# What the writer writes, and the pages it stands on.
_WRITERS = """
posts.Arrival key system
posts.CoveringNote language text
posts.Enclosure digest ending file title
posts.FormerCode code
posts.Letter slot_key
posts.LetterTemplate body name
posts.LetterVariant edition format headers html locale subject text
posts.MoveIn old_address
posts.OldAddress path
posts.PlainPage body
posts.PostAddress slug
posts.PostPage body canonical_address excerpt language mail_subject preheader short_version
posts.PostPage small_step subtitle visibility
posts.ShareLink code discreet_code
posts.AboutLine language text
posts.CareNote language text
posts.SiteSettings about_author accent address author feed_ids_at imprint language name
posts.SiteSettings privacy tagline time_zone
posts.Topic description name slug
subscribers.Newsletter description from_email from_name name postal_address reply_to rhythm slug
subscribers.Segment by name rule
subscribers.Tag name
taggit.Tag name slug
wagtailadmin.FormState data object_id parent_object_id
wagtailcore.Collection name path
wagtailcore.CollectionViewRestriction password restriction_type
wagtailcore.Comment contentpath position text
wagtailcore.CommentReply text
wagtailcore.Locale language_code
wagtailcore.ModelLogEntry action data label object_id
wagtailcore.Page draft_title path search_description seo_title slug title url_path
wagtailcore.PageLogEntry action data label
wagtailcore.PageViewRestriction password restriction_type
wagtailcore.Revision content object_id object_str
wagtailcore.Site hostname site_name
wagtailcore.Task name
wagtailcore.TaskState comment status
wagtailcore.UploadedFile file
wagtailcore.Workflow name
wagtailcore.WorkflowState object_id status
wagtaildocs.Document file file_hash title
wagtailimages.Image description file file_hash title
wagtailimages.Rendition file filter_spec focal_point_key
"""

# Who works at the desk. What it said to them of her travels in a cookie of their browser.
_STAFF = """
account.EmailAddress email
account.EmailConfirmation key
auth.Group name
auth.Permission codename name
auth.User email first_name last_name password username
mfa.Authenticator data type
posts.DeskSession browser key system
posts.DeskInvitation email role token_hash
posts.OneTimeAddress token_hash
posts.ProgramToken digest hint name scopes
posts.WebhookEndpoint by events sealed url
sessions.Session session_data session_key
subscribers.BlockedDomain by domain
subscribers.CareEvent action by detail
subscribers.DoorSetting by mode
subscribers.EmbeddingSite by origin
wagtailadmin.EditingSession object_id
wagtailcore.APIToken key_hash name prefix
wagtailusers.UserProfile avatar contrast current_time_zone density dismissibles
wagtailusers.UserProfile preferred_language theme
"""

# Words of ours with fixed meanings, ids, keys and keyed hashes. A consent's wording is the
# sentence on the form, and `by` says “the reader” or names who worked at the desk.
_MACHINES = """
contenttypes.ContentType app_label model
posts.Allowance name
posts.Batch announced key purpose recipients state transport worker
posts.BulkWork by ids verb
posts.SiteExport by problem
posts.Delivery reason
posts.Digest cadence
posts.Heartbeat queues secret version worker
posts.KeptAnswer answer asked digest
posts.Mailing kind note segment segment_name state subject totals
posts.MailingEvent action by
posts.MoveIn by lists path state system
posts.PageGeneration token
posts.ProviderEvent digest problem provider
posts.Restoration mailable opened_by set_aside
posts.TransportStatus name
posts.WayOut sealed shown
posts.WebhookMessage data event id problem
subscribers.Change by source what
subscribers.ConsentEvent by kind wording wording_version
subscribers.ImportJob by counts path sha256 state
subscribers.Key name secret
subscribers.Standing status
subscribers.Subscriber edition format locale pace
subscribers.Subscription status
subscribers.Suppression address_hash origin reason source
subscribers.Tally key
subscribers.TransactionalMail kind
subscribers.WaitingSignUp by locale newsletters source wording_version
wagtailcore.ReferenceIndex content_path model_path object_id to_object_id
"""

NEVER_HERS = _WRITERS + _STAFF + _MACHINES

_KINDS = {"CharField", "TextField", "BinaryField", "JSONField", "FileField", "SlugField"}


def named(listed: str) -> set[str]:
    """`app.Model.column` of such a list."""
    lines = [line.split() for line in listed.splitlines() if line]
    return {f"{model}.{column}" for model, *columns in lines for column in columns}


def all_columns() -> "Iterator[tuple[str, Field[object, object]]]":
    """Each column of this site that could hold a word, by the same name."""
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.local_concrete_fields:
            if field.get_internal_type() in _KINDS:
                yield f"{model._meta.label}.{field.name}", field
