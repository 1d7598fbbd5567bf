"""How answers are packed for the way."""

from collections.abc import Iterator

import pyarrow as pa
import pytest
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from motherlode.web.packing import Packing, understood

WORDS = "".join(f"<td>{number}</td>" for number in range(2000))
BROWSER = {"Accept-Encoding": "gzip, deflate, br, zstd"}


def long(request: Request) -> PlainTextResponse:
    return PlainTextResponse(WORDS * int(request.query_params.get("times", "1")), headers={"Vary": "Cookie"})


def short(request: Request) -> PlainTextResponse:
    return PlainTextResponse("ok")


def pieces(request: Request) -> StreamingResponse:
    return StreamingResponse(iter([WORDS, WORDS]), media_type="text/plain")


@pytest.fixture
def client() -> Iterator[TestClient]:
    routes = [Route(f"/{one.__name__}", one) for one in (long, short, pieces)]
    with TestClient(Starlette(routes=routes, middleware=[Middleware(Packing)])) as one:
        yield one


def unpacked(packed: bytes) -> str:
    found: bytes = pa.input_stream(pa.BufferReader(packed), compression="brotli").read()
    return found.decode()


@pytest.mark.parametrize("times", [1, 20])
def test_a_browser_that_understands_brotli_gets_it(client: TestClient, times: int) -> None:
    answer = client.get(f"/long?times={times}", headers=BROWSER)
    assert answer.headers["content-encoding"] == "br" and answer.headers["vary"] == "Cookie, Accept-Encoding"
    assert int(answer.headers["content-length"]) == len(answer.content)
    assert unpacked(answer.content) == WORDS * times


def test_others_get_gzip_or_what_it_is(client: TestClient) -> None:
    for said, packed in (("gzip", "gzip"), ("br;q=0, gzip", "gzip"), ("br", None), ("identity", None)):
        answer = client.get("/long", headers={"Accept-Encoding": said})
        assert answer.headers.get("content-encoding") == packed and answer.text == WORDS


def test_an_answer_in_pieces_is_packed_in_pieces(client: TestClient) -> None:
    answer = client.get("/pieces", headers=BROWSER)
    assert answer.headers["content-encoding"] == "gzip" and answer.text == 2 * WORDS


def test_an_answer_of_a_few_words_is_sent_as_it_is(client: TestClient) -> None:
    answer = client.get("/short", headers=BROWSER)
    assert "content-encoding" not in answer.headers and answer.text == "ok"


def test_what_is_refused_is_not_understood() -> None:
    said = {"accept-encoding": "gzip;q=1.0, br;q=0, zstd ; q=0.000, deflate;q=0.5, *"}
    assert understood(Headers(said)) == {"gzip", "deflate", "*"}
    assert understood(Headers({})) <= {""}
