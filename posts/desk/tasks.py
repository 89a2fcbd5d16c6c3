"""Doorways for Celery: ids in, one call out."""

from celery import shared_task

from posts.content.models import PostPage
from posts.desk import bulk, resets, welcome
from posts.desk.checklist import links
from posts.desk.programs import notices as silent_programs
from posts.desk.staff import invitations, notices, sittings
from subscribers.ring import ring

__all__ = [
    "bulk_work",
    "check_links",
    "check_new_links",
    "forget_ways_in",
    "mail_new_device",
    "mail_password_reset",
    "mail_password_resets",
]


@shared_task
def bulk_work() -> None:
    """At a press and every minute: go on with what is done to many people."""
    if bulk.go_on():
        ring("posts.desk.tasks.bulk_work")


@shared_task
def check_links(post_id: int) -> None:
    """At a press: ask whether the links of a post answer, as its latest version has them."""
    if (post := PostPage.objects.filter(pk=post_id).first()) is not None:
        links.look(post.get_latest_revision_as_object())


@shared_task
def check_new_links(post_id: int) -> None:
    """While somebody writes: the same, for links of which nothing is known yet."""
    if (post := PostPage.objects.filter(pk=post_id).first()) is not None:
        links.look(post.get_latest_revision_as_object(), again=False)


@shared_task
def mail_password_reset(reset_id: int) -> None:
    """Right after the form was answered."""
    resets.mail(reset_id)


@shared_task
def mail_password_resets() -> None:
    """Every minute: those that no ring announced, and notices of new devices likewise; and of
    programs that are no longer reached."""
    resets.mail_all()
    notices.mail_all()
    silent_programs.mail_owners()


@shared_task
def mail_new_device(sitting_id: int) -> None:
    """Right after somebody signed in from one."""
    notices.mail_new_device(sitting_id)


@shared_task
def forget_ways_in() -> None:
    """Every day: sessions that ended, and addresses and invitations that open nothing any more."""
    welcome.forget_old_ways_in()
    sittings.forget_ended()
    invitations.forget_old()
