"""A POST that is repeated under the same `Idempotency-Key` is done once, and answered the same.

The key is written in the transaction of what it is for: of two calls at once the second waits for
the first, and finds its answer; of one that died in the middle nothing is left, neither the change
nor the key. A refusal is not kept, for nothing was done.
"""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils import timezone
from ninja.responses import Status

from posts.api.models import KeptAnswer
from posts.api.problems import ApiProblem
from posts.desk.programs.models import ProgramToken

__all__ = ["once"]

KEPT = timedelta(days=1)
LONGEST_KEY = 255
Answer = tuple[int, dict[str, Any]]


def once(
    request: HttpRequest,
    work: Callable[[], Answer],
    *,
    before: Callable[[], None] = lambda: None,
) -> Status[dict[str, Any]]:
    """Do it in one transaction, unless it was done before. `before`: what takes longer, or asks
    elsewhere, and writes nothing."""
    key = request.headers.get("Idempotency-Key")
    if key is None:
        before()
        with transaction.atomic():
            return Status(*work())
    if not 1 <= len(key) <= LONGEST_KEY or not all("!" <= char <= "~" for char in key):
        raise ApiProblem(
            400, "An idempotency key has 1 to 255 visible ASCII characters.", kind="invalid"
        )
    call = _Keyed(request, key)
    if kept := call.answered():
        return kept
    before()
    try:
        with transaction.atomic():
            row = call.begin()
            status, answer = work()
            KeptAnswer.objects.filter(pk=row.pk).update(status=status, answer=answer)
    except IntegrityError:
        # Another call with this key came in between; else it was no key of ours that collided.
        if kept := call.answered():
            return kept
        raise
    return Status(status, answer)


class _Keyed:
    def __init__(self, request: HttpRequest, key: str) -> None:
        program: ProgramToken = request.program  # type: ignore[attr-defined]
        self.token = program
        self.digest = hashlib.sha256(key.encode()).hexdigest()
        self.asked = _asked(request)

    def answered(self) -> Status[dict[str, Any]] | None:
        kept = KeptAnswer.objects.filter(
            token=self.token, digest=self.digest, at__gt=timezone.now() - KEPT
        ).first()
        if kept is None:
            return None
        if kept.asked != self.asked:
            raise ApiProblem(
                409,
                "This idempotency key stands for another call. Make a new key for each thing that "
                "is to be done.",
                kind="key-reused",
            )
        return Status(kept.status or 200, kept.answer or {})

    def begin(self) -> KeptAnswer:
        KeptAnswer.objects.filter(at__lte=timezone.now() - KEPT).delete()
        return KeptAnswer.objects.create(token=self.token, digest=self.digest, asked=self.asked)


def _asked(request: HttpRequest) -> str:
    """What stands for the whole call. Of a body with files its parts, for what divides them is
    another each time; a body without any was read whole, whatever it says it is."""
    digest = hashlib.sha256(f"{request.method} {request.path}\0".encode())
    if not request.FILES:
        digest.update(request.body)
        return digest.hexdigest()
    for name, values in sorted(request.POST.lists()):
        digest.update(repr((name, values)).encode())
    for name, files in sorted(request.FILES.lists()):
        for file in files:
            digest.update(repr((name, file.name, _digest_of(file))).encode())
    return digest.hexdigest()


def _digest_of(file: "UploadedFile[Any]") -> str:
    digest = hashlib.sha256()
    for piece in file.chunks():
        digest.update(piece)
    file.seek(0)
    return digest.hexdigest()
