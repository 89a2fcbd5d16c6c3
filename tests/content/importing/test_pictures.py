"""Where the pictures of an archive are found by the names under which its texts speak of them."""

from collections.abc import Iterator

import pytest

from posts.content.importing import Album, Shelf


class _Counted(Shelf):
    passes = 0

    def __iter__(self) -> Iterator[str]:
        self.passes += 1
        return super().__iter__()


def _shelf(*paths: str) -> _Counted:
    return _Counted({path: path.encode for path in paths})


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("img/a.jpg", b"post/img/a.jpg"),
        ("/post/img/a.jpg", b"post/img/a.jpg"),
        ("elsewhere/b.jpg", b"other/b.jpg"),
        ("c.jpg", b"c.jpg"),
        ("other/c.jpg", b"other/c.jpg"),
        ("d.jpg", None),
        ("nowhere/d.jpg", None),
        ("mg/a.jpg", b"post/img/a.jpg"),
        ("e.jpg", None),
        ("https://old.example/2021/x/d.jpg", b"x/d.jpg"),
        ("https://old.example/a.jpg", None),
    ],
)
def test_by_its_path_else_by_a_name_that_only_one_has(address: str, found: bytes | None) -> None:
    paths = ("post/img/a.jpg", "other/b.jpg", "c.jpg", "other/c.jpg", "x/d.jpg", "y/d.jpg")
    picture = Album(inside=_shelf(*paths)).find(address)
    assert (picture and picture.read()) == found


def test_however_many_ask_the_archive_is_gone_through_once() -> None:
    shelf = _shelf(*(f"img/{number}.jpg" for number in range(50)))
    for _post in range(3):
        album = Album(inside=shelf)
        assert all(album.find(f"img/{number}.jpg") for number in range(50))
        assert all(album.find(f"https://old.example/img/{number}.jpg") for number in range(50))
    assert shelf.passes == 1
