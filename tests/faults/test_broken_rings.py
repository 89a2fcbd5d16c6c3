"""Files in the folder of the embedded broker that no ring ever was, or that were cut short."""

import subprocess
from pathlib import Path

from tests.faults.site import Site, finish, wait_until

HALF = b'{"body": "W1tdLCB7fSwgeyJjYWxsYmFja3MiOiBudW'
BROKEN = {
    "empty": b"",
    "half": HALF,
    "null": b"null",
    "list": b"[]",
    "object": b"{}",
    "no-tag": b'{"body": "e30=", "properties": {}, "headers": {}}',
    "bytes": b"\xff\xfe\x00\x01",
    "no-base64": b'{"body": 5, "properties": {"delivery_tag": 1, "body_encoding": "base64"}}',
    "no-task": b'{"body": "e30=", "headers": {}, "content-type": "application/json",'
    b' "content-encoding": "utf-8", "properties": {"delivery_tag": "x",'
    b' "body_encoding": "base64", "delivery_info": {"exchange": "", "routing_key": "celery"}}}',
}


def lay(site: Site) -> list[Path]:
    """One of each, named as the oldest of all."""
    queue = site.folder / "var" / "broker" / "queue"
    queue.mkdir(parents=True, exist_ok=True)
    files = [queue / f"{0:020}_{name}.celery.msg" for name in BROKEN]
    for file, content in zip(files, BROKEN.values(), strict=True):
        file.write_bytes(content)
    return files


def alive(process: subprocess.Popen[bytes]) -> bool:
    return process.poll() is None


def test_what_is_no_ring_stops_neither_worker_nor_beat(tmp_path: Path) -> None:
    with Site(tmp_path, DATABASE_URL="", REDIS_URL="") as site:
        slug = site.prepare(25)
        before = lay(site)
        worker = site.start_worker()
        wait_until(lambda: not any(file.exists() for file in before), seconds=60)
        assert alive(worker)
        while_it_runs = lay(site)
        site.ask("send_post", slug)
        finish(site, slug, seconds=60)
        wait_until(lambda: not any(file.exists() for file in while_it_runs), seconds=30)
        assert alive(worker)
        assert site.report(slug)["deliveries"]["accepted"] == 25
