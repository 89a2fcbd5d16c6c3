"""Mailings: how each stands, in numbers. Of no reader anything is told."""

from typing import Annotated, Any

from django.http import Http404, HttpRequest
from ninja import Query, Router

from posts.api.callers import Scope
from posts.api.operations import LARGEST, Cursor, Limit, Number, answers
from posts.api.pages import page_of
from posts.api.schemas.posts import MailingList, MailingSteps, MailingWhole
from posts.delivery.mailings.queries import count
from posts.delivery.models import Mailing

router = Router(tags=["mailings"], auth=Scope("mailings:read"))


@router.get(
    "mailings",
    response=answers(200, MailingList, 400, 422),
    summary="All mailings, the newest first",
)
def list_mailings(
    request: HttpRequest,
    post: Annotated[int | None, Query(ge=1, le=LARGEST, description="The id of a letter.")] = None,
    cursor: Cursor = None,
    limit: Limit = 20,
) -> Any:
    mailings = Mailing.objects.select_related("newsletter")
    if post is not None:
        mailings = mailings.filter(post=post)
    found, following = page_of(mailings, name=f"mailings {post}", cursor=cursor, limit=limit)
    return {"data": [_told(mailing) for mailing in found], "next": following}


@router.get(
    "mailings/{number:mailing_id}",
    response=answers(200, MailingWhole, 404),
    summary="One mailing, with its numbers",
)
def read_mailing(request: HttpRequest, mailing_id: Number) -> Any:
    report = count(_mailing(mailing_id))
    return {
        **_told(report.mailing),
        "deliveries": report.deliveries,
        "left_out": report.left_out,
        "accounted": report.accounted,
        # Not its words: those are a mail server's, and may be about one of its readers.
        "needs_attention": report.problem is not None,
    }


@router.get(
    "mailings/{number:mailing_id}/events",
    response=answers(200, MailingSteps, 404),
    summary="What was done to a mailing, and by whom",
)
def list_steps(request: HttpRequest, mailing_id: Number) -> Any:
    steps = _mailing(mailing_id).events.order_by("pk")
    return {"data": list(steps.values("at", "action", "by"))}


def _mailing(mailing_id: int) -> Mailing:
    mailing = Mailing.objects.select_related("newsletter").filter(pk=mailing_id).first()
    if mailing is None:
        raise Http404
    return mailing


def _told(mailing: Mailing) -> dict[str, Any]:
    return {
        "id": mailing.pk,
        "kind": mailing.kind,
        "state": mailing.state,
        "post": mailing.post_id,
        "newsletter": mailing.newsletter.slug,
        "candidates": mailing.candidates,
        "created_at": mailing.created_at,
        "starts_at": mailing.starts_at,
        "finished_at": mailing.finished_at,
    }
