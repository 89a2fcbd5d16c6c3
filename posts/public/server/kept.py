"""Kept pages, found in as few steps as there can be: on the way of most answers."""

from typing import Any, NamedTuple

from posts.public.pagecache import store
from posts.public.pagecache.addresses import place_of
from posts.public.pagecache.stored import KeptResponse, StoredPage
from posts.public.server.environ import Scope, head_of

__all__ = ["KeptAnswers"]

_Plain = tuple[str, str, str, str]  # path, query, Host, Accept-Encoding
_CONDITIONS = {"HTTP_COOKIE", "HTTP_AUTHORIZATION", "HTTP_IF_NONE_MATCH"}
MOST = 2_000  # answers remembered
LONGEST_KEY = 300  # characters of such a key


class _Found(NamedTuple):
    """What a plain request was answered with the last time."""

    place: str
    page: StoredPage
    answer: KeptResponse


class KeptAnswers:
    """Answers from this process's memory, under the same rules as `pagecache.middleware`.

    Most requests are plain: no cookie, nothing conditional. For those the answer is remembered,
    and given again as long as the very same page is still kept.
    """

    def __init__(self) -> None:
        self._plain: dict[_Plain, _Found] = {}

    def give(self, generation: str, scope: Scope, proto: Any) -> bool:
        """Answer with a page of this generation. False where there is none.

        Written out rather than divided: a call costs as much as a look at a header.
        """
        given = scope.headers.get
        key = (scope.path, scope.query_string, given("host"), given("accept-encoding", ""))
        found = self._plain.get(key)
        if (
            found is not None
            and scope.method == "GET"
            and given("cookie") is None
            and given("authorization") is None
            and given("if-none-match") is None
            and store.memory.find(generation, found.place) is found.page
        ):
            answer = found.answer
            if found.page.read_of:
                found.page.count(answer, head_of(scope))
            proto.response_bytes(answer.status, answer.headers, answer.body)
            return True
        return self._look(generation, scope, proto, key)

    def _look(self, generation: str, scope: Scope, proto: Any, key: _Plain) -> bool:
        head = head_of(scope)
        place = place_of(head)
        page = store.memory.find(generation, place) if place is not None else None
        if place is None or page is None:
            return False
        answer = page.answer(head)
        page.count(answer, head)
        proto.response_bytes(answer.status, answer.headers, answer.body)
        is_plain = head["REQUEST_METHOD"] == "GET" and _CONDITIONS.isdisjoint(head)
        if is_plain and sum(map(len, key)) <= LONGEST_KEY:
            self._remember(key, _Found(place, page, answer))
        return True

    def _remember(self, key: _Plain, found: _Found) -> None:
        if len(self._plain) >= MOST:
            self._plain.clear()
        self._plain[key] = found
