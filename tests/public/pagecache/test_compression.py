import gzip

import brotli
import pytest
from django.http import HttpResponse, StreamingHttpResponse
from django.test import Client

from posts.public.pagecache.compression import accepted, compress, encodings

TEXT = "Rest is part of the work. " * 40


def compressed(response: HttpResponse, header: str = "gzip, br") -> HttpResponse:
    compress(response, header)
    return response


def test_reads_what_browsers_say() -> None:
    assert accepted("gzip, deflate, br;q=1.0, zstd") == {"gzip", "deflate", "br", "zstd"}
    assert "br" not in accepted("br;q=0, gzip")
    assert "br" not in accepted("br; q=0.000, gzip")
    assert accepted("GZIP ; q=0.5") == {"gzip"}


def test_each_form_says_the_same() -> None:
    forms = encodings(TEXT.encode())
    assert list(forms) == ["br", "gzip", ""]
    assert brotli.decompress(forms["br"]) == gzip.decompress(forms["gzip"]) == forms[""]


def test_a_text_goes_out_in_the_best_form_that_is_understood() -> None:
    best = compressed(HttpResponse(TEXT, headers={"ETag": '"one"'}))
    assert best["Content-Encoding"] == "br"
    assert brotli.decompress(best.content).decode() == TEXT
    assert best["ETag"] == 'W/"one"'
    assert best["Vary"] == "Accept-Encoding"
    assert best["Content-Length"] == str(len(best.content))
    plain = compressed(HttpResponse(TEXT), "identity")
    assert plain.text == TEXT
    assert plain["Vary"] == "Accept-Encoding"


def test_secrets_pictures_and_short_words_go_out_as_they_are() -> None:
    cookie = HttpResponse(TEXT)
    cookie.set_cookie("sessionid", "secret")
    for response in (
        HttpResponse(TEXT, headers={"Cache-Control": "no-store"}),
        HttpResponse(TEXT, content_type="image/png"),
        HttpResponse("short"),
        HttpResponse(TEXT, headers={"Content-Encoding": "gzip"}),
        cookie,
    ):
        before = response.content
        assert compressed(response).content == before


def test_what_comes_in_pieces_is_left_alone() -> None:
    pieces = StreamingHttpResponse([TEXT])
    compress(pieces, "br")  # type: ignore[arg-type]
    assert "Content-Encoding" not in pieces


@pytest.mark.django_db
def test_the_desk_is_not_compressed(admin_client: Client) -> None:
    response = admin_client.get("/admin/", headers={"accept-encoding": "gzip, br"})
    assert "Content-Encoding" not in response
