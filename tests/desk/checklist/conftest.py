from collections.abc import Iterator

import pytest
from django.core.cache import cache

from posts.desk.checklist import domain
from tests.name_server import NameServer, Zone, name_server

SPF, DMARC, KEYS = (
    ("fern.garden", "TXT"),
    ("_dmarc.fern.garden", "TXT"),
    ("_domainkey.fern.garden", "TXT"),
)
ALL_THERE: Zone = {
    SPF: ['"v=spf1 mx a:mail.fern.garden ~all"', '"something-else=1"'],
    DMARC: ['"v=DMARC1; p=none"'],
    KEYS: None,  # nothing there itself, and a key below it
}


@pytest.fixture(autouse=True)
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[NameServer]:
    """Whoever sends from fern.garden has set all up."""
    cache.clear()
    monkeypatch.setattr(domain, "PATIENCE", 0.3)
    with name_server(monkeypatch, ALL_THERE) as server:
        yield server
