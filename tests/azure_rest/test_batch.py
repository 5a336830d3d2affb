"""Transactions: the body that goes, the answer that comes, and errors inside an answer of 202."""

import json

import pytest

from shared.azure_rest.batch import etags, transaction
from shared.azure_rest.call import Answer, Call, CallFailedError

ADDRESS = "http://127.0.0.1:1/account"
HEADERS = {"x-ms-version": "2020-12-06", "Content-Type": "application/json", "Prefer": "return-no-content"}


def answered(*parts: str) -> Answer:
    inside = "".join(
        "--changesetresponse_1\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n"
        f"{part}\r\n"
        for part in parts
    )
    body = f"--batchresponse_1\r\nContent-Type: multipart/mixed; boundary=changesetresponse_1\r\n\r\n{inside}"
    return Answer(202, {}, (body + "--changesetresponse_1--\r\n--batchresponse_1--\r\n").encode())


def written(etag: str) -> str:
    return f"HTTP/1.1 204 No Content\r\nContent-ID: 0\r\nDataServiceVersion: 1.0;\r\nETag: {etag}\r\n\r\n"


def refused(status: int, code: str) -> str:
    error = json.dumps({"odata.error": {"code": code, "message": {"lang": "en-US", "value": "0:HTTP/1.1 204 said"}}})
    return f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\n\r\n{error}\r\n"


def test_each_write_is_a_part_with_its_method_path_condition_and_body() -> None:
    over = Call("PUT", "/t(PartitionKey='p',RowKey='a')", {**HEADERS, "If-Match": 'W/"1"'}, b'{"x":"\\u00e9"}')
    new = Call("POST", "/t", HEADERS, b'{"y":2}')
    whole = transaction(ADDRESS, [over, new])
    assert (whole.method, whole.path, whole.headers["x-ms-version"]) == ("POST", "/$batch", "2020-12-06")
    assert "If-Match" not in whole.headers
    batch = whole.headers["Content-Type"].partition("boundary=")[2]
    opening, *parts, end = whole.body.decode().split(f"--{batch.replace('batch', 'changeset')}")
    assert opening.startswith(f"--{batch}\r\nContent-Type: multipart/mixed; boundary=changeset_")
    assert end == f"--\r\n--{batch}--\r\n"
    first, second = parts
    assert f"\r\n\r\nPUT {ADDRESS}{over.path} HTTP/1.1\r\n" in first
    assert '\r\nIf-Match: W/"1"\r\n' in first
    assert first.endswith('\r\n\r\n{"x":"\\u00e9"}\r\n')
    assert f"\r\n\r\nPOST {ADDRESS}/t HTTP/1.1\r\n" in second
    assert "If-Match" not in second
    assert "\n" not in whole.body.decode().replace("\r\n", "")


def test_boundaries_are_new_each_time() -> None:
    call = Call("POST", "/t", HEADERS, b"{}")
    assert transaction(ADDRESS, [call]).body != transaction(ADDRESS, [call]).body


def test_the_etags_come_in_the_order_of_the_writes() -> None:
    assert etags(answered(written('W/"1"'), written('W/"2"')), [True, True]) == ['W/"1"', 'W/"2"']


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (412, "UpdateConditionNotSatisfied"),
        (409, "EntityAlreadyExists"),
        (404, "TableNotFound"),
        (500, "InternalError"),
    ],
)
def test_an_error_inside_the_answer_is_the_transactions(status: int, code: str) -> None:
    with pytest.raises(CallFailedError) as told:
        etags(answered(refused(status, code)), [True, True])
    assert (told.value.status, told.value.code) == (status, code)


@pytest.mark.parametrize(
    "answer",
    [
        answered(written("1")),
        answered(),
        Answer(202, {}, b"\xff garbage"),
        answered(written("1"), "HTTP/1.1 204 X\r\n"),
    ],
    ids=["one part for two", "none", "garbage", "a part without an ETag"],
)
def test_an_answer_that_does_not_tell_of_every_write_is_broken(answer: Answer) -> None:
    with pytest.raises(ValueError, match="for 2 writes"):
        etags(answer, [True, True])
