"""Lists, a page at a time."""

from datetime import timedelta

from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from posts.content.models import PostPage
from tests.api.calling import Program, told
from tests.factories import make_post


def walked(program: Program, path: str, *, limit: int) -> list[int]:
    found: list[int] = []
    cursor: dict[str, str] = {}
    while True:
        page = told(program.get(path, limit=limit, **cursor))
        found += [row["id"] for row in page["data"]]
        if page["next"] is None:
            return found
        cursor = {"cursor": page["next"]}


def test_pages_follow_each_other_without_a_gap(program: Program) -> None:
    posts = [make_post().pk for _ in range(5)]
    PostPage.objects.filter(pk__in=posts[1:4]).update(first_published_at=timezone.now())
    earlier = timezone.now() - timedelta(days=1)
    PostPage.objects.filter(pk=posts[4]).update(first_published_at=earlier)
    wanted = [posts[3], posts[2], posts[1], posts[0], posts[4]]
    for limit in (1, 2, 5, 100):
        assert walked(program, "public/posts", limit=limit) == wanted
        assert walked(program, "posts", limit=limit) == posts[::-1]


def test_nothing_is_told_twice_while_rows_come_and_go(program: Program) -> None:
    posts = [make_post().pk for _ in range(3)]
    first = told(program.get("posts", limit=2))
    make_post()
    PostPage.objects.get(pk=posts[1]).delete()
    second = told(program.get("posts", limit=2, cursor=first["next"]))
    assert [row["id"] for row in second["data"]] == [posts[0]]


def test_a_cursor_is_good_for_its_own_list_only(program: Program) -> None:
    for _ in range(2):
        make_post()
    cursor = told(program.get("posts", limit=1))["next"]
    told(program.get("posts", limit=1, cursor=cursor))
    told(program.get("posts", cursor=cursor, status="draft"), 422)
    told(program.get("mailings", cursor=cursor), 422)
    told(program.get("public/posts", cursor=cursor), 422)


@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(cursor=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60))
def test_a_cursor_that_somebody_made_up_leads_nowhere(program: Program, cursor: str) -> None:
    assert program.get("posts", cursor=cursor).status_code == 422
