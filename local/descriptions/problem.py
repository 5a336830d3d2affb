"""The schema of problem documents (RFC 9457), the answer to every request that cannot be answered."""

from collections.abc import Iterator

from local.descriptions.parts import IDENTIFIER, Schema, list_of, number, record, text, titled


def problem_schemas() -> Iterator[tuple[str, Schema]]:
    fault = {"path": text('where, such as "$.data.currency"'), "message": text("what is wrong and what would be right")}
    members = {
        "type": text("what kind of problem", format="uri-reference"),
        "title": text("the same for every problem of this kind"),
        "status": number("the HTTP status", 400, maximum=599),
        "detail": text("what stands in the way of this request"),
        "errors": list_of(titled("fault", record("a member at fault", fault)), "every member at fault", minItems=1),
        "lost": list_of(IDENTIFIER, "customers who would lose their eligibility, the first thousand"),
        "queued": list_of(number("an event's place, from 0"), "events of a batch that are on the queue all the same"),
        "invocationId": text("of an unexpected failure: what to look for in the log"),
    }
    optional = ("errors", "lost", "queued", "invocationId")
    yield "problem", record("Why a request cannot be answered.", members, optional=optional)
