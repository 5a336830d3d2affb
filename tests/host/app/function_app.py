"""A throw-away app with one function per thing the development host must do; what it saw is told by GET calls."""

import asyncio
import gzip
import json
import os
import signal
import time
from collections import Counter
from typing import Any

import azure.functions as func

app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)
seen: dict[str, list[Any]] = {}
running: Counter[str] = Counter()
most: Counter[str] = Counter()
gates: dict[str, asyncio.Event] = {}


def saw(name: str, what: Any) -> None:
    seen.setdefault(name, []).append(what)


@app.queue_trigger("message", queue_name="%PREFIX%-binary", connection="Storage", data_type=func.DataType.BINARY)
async def take_binary(message: func.QueueMessage) -> None:
    body = message.get_body()
    count = message.dequeue_count
    saw("binary", {"body": body.decode("latin-1"), "id": message.id, "count": count})
    await behave(body)


async def behave(body: bytes) -> None:
    """As the body asks: ``fail...``, ``wait NAME`` until that gate is open or ``wait SECONDS``, ``die``."""
    word, _, name = body.decode("latin-1").partition(" ")
    if word == "fail":
        raise RuntimeError("told to fail")
    if word == "wait":
        await waited(name)
    if word == "die":
        os.kill(os.getpid(), signal.SIGKILL)


async def waited(name: str) -> None:
    running[name] += 1
    most[name] = max(most[name], running[name])
    try:
        if name[:1].isdigit():
            await asyncio.sleep(float(name))
        else:
            await gates.setdefault(name, asyncio.Event()).wait()
    finally:
        running[name] -= 1


@app.queue_trigger("message", queue_name="%PREFIX%-binary-poison", connection="Storage", data_type=func.DataType.BINARY)
async def take_poison(message: func.QueueMessage) -> None:
    saw("poison", {"body": message.get_body().decode("latin-1"), "count": message.dequeue_count})
    if b"stubborn" in message.get_body():
        raise RuntimeError("told to fail")


@app.queue_trigger("message", queue_name="%PREFIX%-text", connection="Storage")
async def take_text(message: func.QueueMessage) -> None:
    saw("text", {"body": message.get_body().decode(), "id": message.id, "at": time.monotonic()})
    await behave(message.get_body())


@app.queue_trigger("message", queue_name="%PREFIX%-batch", connection="Storage", data_type=func.DataType.BINARY)
async def take_batch(message: func.QueueMessage) -> None:
    saw("batch", {"body": message.get_body().decode("latin-1")})
    await behave(message.get_body())


if "ServiceBusConnection" in os.environ:  # only where a test has a bus for them

    @app.service_bus_queue_trigger("message", "ServiceBusConnection", "%PREFIX%-events", data_type=func.DataType.BINARY)
    async def take_event(message: func.ServiceBusMessage) -> None:
        body = message.get_body()
        told = {
            "body": body.decode("latin-1"),
            "id": message.message_id,
            "count": message.delivery_count,
            "subject": message.subject,
            "session": message.session_id,
            "properties": message.application_properties,
            "enqueued": message.enqueued_time_utc and message.enqueued_time_utc.isoformat(),
            "names": sorted(message.metadata or {}) if message.subject == "names" else [],
        }
        saw("event", told)
        await behave(body)

    @app.service_bus_queue_trigger(
        "message", "ServiceBusConnection", "%PREFIX%-events/$DeadLetterQueue", data_type=func.DataType.BINARY
    )
    async def take_dead_letter(message: func.ServiceBusMessage) -> None:
        reason = message.application_properties["DeadLetterReason"]
        told = {"body": message.get_body().decode(), "reason": reason, "source": message.dead_letter_source}
        saw("dead letter", told)

    @app.service_bus_topic_trigger("message", "ServiceBusConnection", "%PREFIX%-topic", "all")
    async def take_notice(message: func.ServiceBusMessage) -> None:
        saw("notice", {"body": message.get_body().decode(), "id": message.message_id})


@app.timer_trigger("timer", schedule="%SCHEDULE%")
async def tick(timer: func.TimerRequest) -> None:
    saw("timer", timer.past_due)


@app.timer_trigger("timer", schedule="0 0 0 1 1 *")
async def rare(timer: func.TimerRequest) -> None:
    saw("rare", timer.past_due)


@app.route("calls", methods=["GET"])
async def calls(req: func.HttpRequest) -> func.HttpResponse:
    return _json({**seen, "most": most})


@app.route("open/{name}", methods=["POST"])
async def open_gate(req: func.HttpRequest) -> func.HttpResponse:
    gates.setdefault(req.route_params["name"], asyncio.Event()).set()
    return func.HttpResponse(status_code=204)


@app.route("wait/{name}", methods=["GET"])
async def wait(req: func.HttpRequest) -> func.HttpResponse:
    saw("wait", req.route_params["name"])
    await waited(req.route_params["name"])
    return _json("waited")


@app.route("locked", methods=["POST"], auth_level=func.AuthLevel.FUNCTION)
async def locked(req: func.HttpRequest) -> func.HttpResponse:
    saw("locked", req.get_body().decode())
    return func.HttpResponse(status_code=204)


def saw_request(name: str, req: func.HttpRequest) -> func.HttpResponse:
    told = {
        "function": name,
        "method": req.method,
        "params": dict(req.route_params),
        "query": dict(req.params),
        "headers": dict(req.headers),
        "body": req.get_body().decode("latin-1"),
    }
    return func.HttpResponse(json.dumps(told), headers={"X-Function": name}, mimetype="application/json")


@app.route("echo/{id}", methods=["GET", "POST", "DELETE"])
async def echo(req: func.HttpRequest) -> func.HttpResponse:
    return saw_request("echo", req)


@app.route("echo/special", methods=["GET"])
async def special(req: func.HttpRequest) -> func.HttpResponse:
    return saw_request("special", req)


@app.route("portal/{*path}", methods=["GET"])
async def portal(req: func.HttpRequest) -> func.HttpResponse:
    return saw_request("portal", req)


if "CATCH_ALL" in os.environ:  # it changes what every other path is answered

    @app.route("{*rest}", methods=[func.HttpMethod(each) for each in func.HttpMethod])
    async def rest(req: func.HttpRequest) -> func.HttpResponse:
        return saw_request("rest", req)


ANSWERS: dict[str, dict[str, Any]] = {
    "plain": {"body": b"plain " * 1000},
    "gzip": {
        "body": gzip.compress(b"zipped", mtime=0),
        "headers": {"Content-Encoding": "gzip", "Vary": "Accept-Encoding", "Link": '<next>; rel="next"'},
    },
    "etag": {"body": b"tagged", "headers": {"ETag": '"1"'}, "mimetype": "text/x-tagged"},
    "unchanged": {"status_code": 304, "headers": {"ETag": '"1"'}},
    "nothing": {"status_code": 204},
    "created": {"status_code": 201, "body": b"", "mimetype": "text/x-created"},
    "not-ascii": {"headers": {"X-Name": "é"}},
}


@app.route("answers/{kind}", methods=["GET", "HEAD"])
async def answers(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse(**ANSWERS[req.route_params["kind"]])


@app.route("numbers/{n:int}", methods=["GET"])
async def number(req: func.HttpRequest) -> func.HttpResponse:
    return _json(req.route_params["n"])


@app.route("broken", methods=["GET"])
async def broken(req: func.HttpRequest) -> func.HttpResponse:
    raise RuntimeError("told to fail")


@app.route("die", methods=["POST"])
async def die(req: func.HttpRequest) -> func.HttpResponse:
    await behave(b"die")
    return _json("survived")


@app.route("plain", methods=["GET"])
def plain(req: func.HttpRequest) -> func.HttpResponse:
    return _json("from a thread")


def _json(body: Any) -> func.HttpResponse:
    return func.HttpResponse(json.dumps(body), mimetype="application/json")
