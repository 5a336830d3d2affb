"""What the real Functions host (4.36) was measured to do with HTTP, line by line, asked of ``tests/host/app``."""

import gzip
from typing import Final

from tests.host.behaviour.http_case import HttpCase, ids, queries, refused, with_body, with_headers

ZIPPED: Final = gzip.compress(b"zipped", mtime=0)
UNUSUAL: Final = ("TRACE", "PROPFIND", "BREW")

PATHS: Final = (
    *ids("escapes", {"a%20b": "a b", "a+b": "a+b", "a;b=c": "a;b=c", "a:b": "a:b"}),
    *ids("escapes", {"a%5Cb": "a\\b", "a%25b": "a%b", "%C3%A9": "é"}),
    *ids("an encoded slash stays", {"a%2Fb": "a%2Fb", "a%2fb": "a%2fb", "a%252Fb": "a%2Fb"}),
    *ids("no escape of UTF-8", {"a%zzb": "a%zzb", "%E9": "%E9"}),
    *refused("null and raw bytes", 400, "/api/echo/a%00b", "/api/echo/é", b"/api/echo/\xe9"),
    *ids("dots first", {"../echo/2": "2", "%2e%2e/echo/2": "2", "./1": "1"}),
    HttpCase("case of a route", "/API/Echo/1", seen={"function": "echo", "params": {"id": "1"}}),
    *ids("one last slash", {"1/": "1"}),
    *refused("empty segments", 404, "/api//echo/1", "/api/echo/1//", "/api/echo/", "/api/echo"),
    *refused("unknown routes", 404, "/api/nowhere", "/api/echo/1/2", "/echo/1", answered={"allow": None}),
    *(
        HttpCase("other methods", "/api/echo/1", 404, method=each, answered={"allow": None})
        for each in ("PUT", "PATCH", "HEAD", "OPTIONS")
    ),
    HttpCase("small letters", "/api/echo/1", method="get", seen={"function": "echo"}),
)

CATCH_ALL: Final = (
    HttpCase(
        "catch-all", "/api/portal/a/b%2Fc%20d.js", seen={"function": "portal", "params": {"path": "a/b%2Fc d.js"}}
    ),
    *(HttpCase("catch-all of nothing", each, seen={"params": {}}) for each in ("/api/portal/", "/api/portal")),
    *refused("catch-all", 404, "/api/portal/../../etc", "/api/portal//x"),
)

QUERIES: Final = (
    *queries("repeated", {"a=1&a=2": {"a": "1,2"}}),
    *queries("names differ in case", {"a=1&A=2": {"A": "1,2"}}),
    *queries("empty ones", {"a=&b": {}, "=x": {"": "x"}}),
    *queries("escapes of a query", {"a=b+c": {"a": "b c"}, "a=%zz": {"a": "%zz"}, "a=%E9": {"a": "%E9"}}),
    *queries("no semicolons", {"a=1;b=2": {"a": "1;b=2"}}),
    *queries("the host's own", {"code=KEY": {"code": "KEY"}, "clientId=NAME": {"clientId": "NAME"}}),
)

HEADERS: Final = (
    with_headers("repeated", "X-Name: a", "x-name: b", seen={"x-name": "a,b"}),
    with_headers("repeated cookies", "Cookie: a=1", "Cookie: b=2", seen={"cookie": "a=1,b=2"}),
    with_headers("empty", "X-Empty:", seen={"x-empty": ""}),
    with_headers("UTF-8", "X-Name: é", seen={"x-name": "é"}),
    *refused("Latin-1", 400, "/api/echo/1", headers=(b"X-Name: \xe9",)),
    HttpCase("any host", "/api/echo/1", host="elsewhere.example:99", seen={"function": "echo"}),
    with_headers("any origin", "Origin: https://elsewhere.example", seen={"origin": "https://elsewhere.example"}),
)

BODIES: Final = (
    *(with_body("a body of any method", each, b"\x00\xff", seen=b"\x00\xff") for each in ("GET", "POST", "DELETE")),
    with_body("gzip", "POST", ZIPPED, f"Content-Length: {len(ZIPPED)}", "Content-Encoding: gzip", seen=ZIPPED),
    HttpCase(
        "a chunked body",
        "/api/echo/1",
        method="POST",
        headers=("Transfer-Encoding: chunked",),
        sent=b"3\r\nabc\r\n0\r\n\r\n",
        seen={"body": "", "headers": {"transfer-encoding": "chunked"}},
    ),
    HttpCase("no override", "/api/echo/1", headers=("X-HTTP-Method-Override: DELETE",), seen={"method": "GET"}),
    HttpCase(
        "no override",
        "/api/echo/1",
        method="POST",
        headers=("X-HTTP-Method-Override: PUT", "Content-Length: 0"),
        seen={"method": "POST"},
    ),
)

PLAIN: Final = b"plain " * 1000
FRAMING: Final = {"transfer-encoding": "chunked", "content-length": None}

ANSWERS: Final = (
    HttpCase("always chunked", "/api/answers/plain", body=PLAIN, answered=FRAMING),
    HttpCase(
        "never compressed",
        "/api/answers/plain",
        headers=("Accept-Encoding: gzip, br",),
        body=PLAIN,
        answered={"content-encoding": None},
    ),
    HttpCase(
        "the app's gzip",
        "/api/answers/gzip",
        body=ZIPPED,
        answered={"content-encoding": "gzip", "vary": "Accept-Encoding", "link": '<next>; rel="next"', **FRAMING},
    ),
    HttpCase("ETag", "/api/answers/etag", body=b"tagged", answered={"etag": '"1"'}),
    HttpCase("304", "/api/answers/unchanged", 304, answered={"etag": '"1"'}),
    HttpCase("204", "/api/answers/nothing", 204),
    HttpCase("the app's to honour", "/api/answers/etag", headers=('If-None-Match: "1"',), body=b"tagged"),
    HttpCase("the app's to honour", "/api/answers/etag", headers=("Range: bytes=0-1",), body=b"tagged"),
    HttpCase("not ASCII", "/api/answers/not-ascii", 500),
    HttpCase(
        "HEAD",
        "/api/answers/etag",
        method="HEAD",
        answered={"etag": '"1"', "content-type": "text/x-tagged; charset=utf-8"},
    ),
    HttpCase("an exception", "/api/broken", 500),
)

KEYS: Final = (
    *refused("no key", 401, "/api/locked", method="POST", headers=("Content-Length: 0",)),
    *refused("a wrong key", 401, "/api/locked?code=wrong", method="POST", headers=("Content-Length: 0",)),
    *(
        HttpCase("a key", target, 204, method="POST", headers=(*headers, "Content-Length: 0"), key=key)
        for key in ("own", "default", "master")
        for target, headers in (("/api/locked?code={key}", ()), ("/api/locked", ("x-functions-key: {key}",)))
    ),
    *refused("no route before no key", 404, "/api/locked"),
)

LIMITS: Final = (
    *refused("a long path", 414, f"/api/echo/{'x' * 9_000}", f"/api/echo/{'x' * 70_000}"),
    *refused("many headers", 431, "/api/echo/1", headers=tuple(f"X-{each}: {'x' * 1000}" for each in range(33))),
    *refused("a long header", 431, "/api/echo/1", headers=(f"X-Long: {'x' * 33_000}",)),
)

HTTP_CASES: Final = (*PATHS, *CATCH_ALL, *QUERIES, *HEADERS, *BODIES, *ANSWERS, *KEYS, *LIMITS)


def _rest(method: str, target: str, **params: str) -> HttpCase:
    seen = None if method == "HEAD" else {"function": "rest", "method": method, "params": params}
    headers = ("Content-Length: 0",) if method in ("POST", "PUT", "PATCH") else ()
    return HttpCase("{*rest}", target, method=method, headers=headers, seen=seen, answered={"x-function": "rest"})


OF_ALL_CASES: Final = (
    *(_rest(each, "/api/echo/1", rest="echo/1") for each in ("PUT", "PATCH", "HEAD", "OPTIONS")),
    *(_rest(each, "/api/x/y", rest="x/y") for each in ("GET", "POST", "DELETE", "HEAD")),
    _rest("GET", "/api/"),
    _rest("GET", "/api/locked", rest="locked"),
    *(HttpCase("never another's", "/api/echo/1", method=each, seen={"function": "echo"}) for each in ("GET", "DELETE")),
    *refused("never another's", 401, "/api/locked", method="POST", headers=("Content-Length: 0",)),
    *(HttpCase("other methods than the seven", "/api/x/y", 404, method=each) for each in UNUSUAL),
)
"""Of the app with a catch-all ``{*rest}`` over all methods."""
