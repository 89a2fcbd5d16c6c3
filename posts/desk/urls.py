"""Where the desk's screens are. Those in `admin_urlpatterns` stand behind Wagtail's sign-in."""

from django.urls import path
from django.views.decorators.cache import never_cache

from posts.desk.views import (
    adding,
    followups,
    import_text,
    imports,
    links,
    listing,
    mailings,
    outbox,
    people,
    publishing,
    reports,
    segments,
    sending,
    sign_in,
    sign_ups,
    travel,
    welcome,
)

# Not `app_name`: that would move `welcome`, which stands outside, into the namespace too.
ADMIN_NAMESPACE = "desk"

admin_urlpatterns = [
    path("posts/import/", import_text.upload, name="import_text"),
    path("posts/import/<slug:name>/", import_text.look, name="imported_text"),
    path("posts/import/<slug:name>/drop/", import_text.drop, name="drop_text"),
    path("posts/<int:post_id>/email/", publishing.confirm, name="confirm"),
    path("posts/<int:post_id>/email/test/", publishing.test_mail, name="test_mail"),
    path("posts/<int:post_id>/email/publish/", publishing.publish_only, name="publish_only"),
    path("posts/<int:post_id>/email/later/", publishing.later, name="later"),
    path("posts/<int:post_id>/links/", links.detail, name="links"),
    path("posts/<int:post_id>/links/change/", links.change, name="change_links"),
    path("posts/<int:post_id>/links/switch/", links.switch, name="switch_links"),
    path("posts/<int:post_id>/travel/", travel.travel, name="travel"),
    path("posts/<int:post_id>/travel/travel.csv", travel.travel_csv, name="travel_csv"),
    path("mailings/", mailings.MailingIndexView.as_view(), name="mailings"),
    path("mailings/<int:mailing_id>/", mailings.detail, name="mailing"),
    path("mailings/<int:mailing_id>/progress.json", mailings.progress, name="progress"),
    path("mailings/<int:mailing_id>/report/", reports.detail, name="report"),
    path("mailings/<int:mailing_id>/report/reader/", reports.reader, name="report_reader"),
    path("mailings/<int:mailing_id>/report/deliveries.csv", reports.deliveries, name="deliveries"),
    path("mailings/<int:mailing_id>/correction/", followups.correction, name="correction"),
    path("mailings/<int:mailing_id>/<slug:verb>/", mailings.act, name="act"),
    path("outbox/", outbox.index, name="outbox"),
    path("outbox/<str:name>/", outbox.detail, name="letter"),
    path("outbox/<str:name>/letter.html", outbox.html, name="letter_html"),
    path("outbox/<str:name>/letter.eml", outbox.download, name="letter_file"),
    path("sending/", sending.sending, name="sending"),
    path("sign-ups/", sign_ups.sign_ups, name="sign_ups"),
    path("subscribers/", listing.index, name="subscribers"),
    path("subscribers/bulk/", listing.act, name="bulk"),
    path("subscribers/add/", adding.add, name="add_person"),
    path("subscribers/growth/", segments.figures, name="figures"),
    path("subscribers/segments/", segments.segments, name="segments"),
    path("subscribers/segments/new/", segments.segment, name="new_segment"),
    path("subscribers/segments/<int:segment_id>/", segments.segment, name="segment"),
    path(
        "subscribers/segments/<int:segment_id>/delete/",
        segments.delete_segment,
        name="delete_segment",
    ),
    path("subscribers/tags/", segments.tags, name="tags"),
    path("subscribers/tags/<int:tag_id>/", segments.tag, name="tag"),
    path("imports/", imports.index, name="imports"),
    path("imports/<int:job_id>/", imports.detail, name="import"),
    path("imports/<int:job_id>/answer/", imports.answer, name="import_answer"),
    path("imports/<int:job_id>/confirm/", imports.confirm, name="import_confirm"),
    path("imports/<int:job_id>/cancel/", imports.cancel, name="import_cancel"),
    path("imports/<int:job_id>/rejects.csv", imports.rejects, name="import_rejects"),
    path("imports/<int:newsletter_id>/subscribers.csv", imports.export_csv, name="export"),
    path("subscribers/<int:subscriber_id>/", people.detail, name="subscriber"),
    path("subscribers/<int:subscriber_id>/link/", people.send_link, name="send_link"),
    path("subscribers/<int:subscriber_id>/suppress/", people.suppress, name="suppress"),
    path("subscribers/<int:subscriber_id>/lift/", people.lift, name="lift"),
    path("subscribers/<int:subscriber_id>/ask-again/", people.ask_again, name="ask_again"),
    path("subscribers/<int:subscriber_id>/erase/", people.erase, name="erase"),
    path("subscribers/<int:subscriber_id>/tag/", people.tag, name="tag_person"),
    path("subscriptions/<int:subscription_id>/end/", people.unsubscribe, name="unsubscribe"),
]

urlpatterns = [
    path("admin/welcome/<str:token>/", welcome.welcome, name="welcome"),
    # In the place of Wagtail's, and with its name.
    path(
        "admin/password_reset/confirm/<uidb64>/<token>/",
        never_cache(sign_in.NewPasswordView.as_view()),
        name="wagtailadmin_password_reset_confirm",
    ),
]
