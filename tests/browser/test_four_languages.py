"""The desk in the language with the longest words on the narrowest screen, and in the others."""

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer
from wagtail.users.models import UserProfile

from subscribers.models import Newsletter
from tests.browser.conftest import desk_page, looked_at
from tests.browser.test_every_week import SCREENS, numbers

__all__ = ["numbers"]
ALL = {
    **SCREENS,
    "editor": "/admin/pages/{draft}/edit/",
    "posts": "/admin/posts/",
    "mailings": "/admin/mailings/",
    "report": "/admin/mailings/{mailing}/report/",
    "correction": "/admin/mailings/{mailing}/correction/",
    "links": "/admin/posts/{mailed}/links/",
    "travel": "/admin/posts/{mailed}/travel/",
    "subscribers": "/admin/subscribers/",
    "person": "/admin/subscribers/{person}/",
    "add": "/admin/subscribers/add/",
    "bring": "/admin/subscribers/bring/",
    "figures": "/admin/subscribers/growth/",
    "segments": "/admin/subscribers/segments/",
    "tags": "/admin/subscribers/tags/",
    "imports": "/admin/imports/",
    "import_text": "/admin/posts/import/",
    "settings": "/admin/setup/",
    "names": "/admin/setup/names/",
    "look": "/admin/setup/look/",
    "way_out": "/admin/way-out/",
    "sending": "/admin/sending/",
    "sign_ups": "/admin/sign-ups/",
    "restored": "/admin/restored/",
    "newsletter": "/admin/newsletters/edit/{newsletter}/",
    "account": "/admin/account/",
    "team": "/admin/team/",
    "invite": "/admin/team/invite/",
    "log": "/admin/log/",
    "my_sign_in": "/admin/my-sign-in/",
    "move_in": "/admin/move-in/",
    "programs": "/admin/programs/",
    "told": "/admin/told/",
    "take_along": "/admin/take-along/",
    "make_step": "/admin/second-step/make/",
}
# Words that a button or a tab hides because it is too narrow for them.
CUT = """() => [...document.querySelectorAll('main button, main a.button, main summary, main label')]
    .filter((one) => one.checkVisibility() && one.clientWidth > 44 && getComputedStyle(one).overflowX !== 'visible')
    .filter((one) => one.scrollWidth > one.clientWidth + 1).map((one) => one.innerText).filter(Boolean)"""  # noqa: E501


@pytest.mark.parametrize(
    "shown",
    [  # the longest words on the smallest screen
        ("de", "phone", "light"),
        pytest.param(("es", "desk", "light"), marks=pytest.mark.slow),
        pytest.param(("fr", "desk", "dark"), marks=pytest.mark.slow),
    ],
)
def test_nothing_is_wider_than_the_screen_and_no_button_is_cut(
    browser: Browser, own_site: LiveServer, numbers: dict[str, int], shown: tuple[str, str, str]
) -> None:
    language, size, scheme = shown
    known = {**numbers, "newsletter": Newsletter.objects.latest("pk").pk}
    owner = User.objects.get(username="ada")
    UserProfile.objects.create(user=owner, preferred_language=language)
    cut, wide = {}, []
    with desk_page(browser, own_site, size, scheme) as page:
        for name, address in ALL.items():
            page.goto(address.format(**known))
            assert page.locator("html").get_attribute("lang") == language
            page.evaluate("document.querySelectorAll('main details').forEach(d => d.open = true)")
            try:
                looked_at(page, f"{name}-{language}")
            except AssertionError as error:
                wide.append(str(error))
            if said := page.evaluate(CUT):
                cut[name] = said
    assert (wide, cut) == ([], {})
