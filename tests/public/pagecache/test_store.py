import pytest
from django.core.cache import caches
from django.http import HttpResponse

from posts.public.pagecache import store
from posts.public.pagecache.stored import StoredPage, stored


def page(text: str = "words") -> StoredPage:
    made = stored(HttpResponse(text))
    assert made is not None
    return made


def test_a_page_is_found_in_its_own_generation_only() -> None:
    store.keep("one", "/", page())
    assert store.find("one", "/") == page()
    assert store.find("two", "/") is None
    assert store.find("one", "/other/") is None


def test_another_process_finds_it_too() -> None:
    store.keep("one", "/", page())
    store.memory.clear()
    assert store.find("one", "/") == page()
    caches["pages"].clear()
    assert store.memory.find("one", "/") == page()  # and has it at hand from then on


def test_one_that_ended_is_not_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "LASTS", -1.0)
    store.memory.keep("one", "/", page(), lasts=-1.0)
    assert store.memory.find("one", "/") is None
    assert store.find("one", "/") is None


def test_memory_is_bounded_and_lets_the_first_go() -> None:
    room = 3 * page("x" * 1000).size
    memory = store.Memory(room)
    for number in range(10):
        memory.keep("one", f"/{number}/", page("x" * 1000))
        assert memory._size <= room
    assert [n for n in range(10) if memory.find("one", f"/{n}/")] == [7, 8, 9]
    memory.keep("one", "/9/", page("x" * 1000))  # again: counted once
    assert memory.find("one", "/8/")


def test_what_is_passed_by_is_forgotten_with_its_generation() -> None:
    memory = store.Memory()
    memory.pass_by("one", "/")
    assert memory.passes_by("one", "/")
    assert not memory.passes_by("two", "/")
    memory.pass_by("two", "/other/")
    assert not memory.passes_by("two", "/")
