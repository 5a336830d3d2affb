"""Route: events posted over HTTP."""

import azure.functions as func

from functions.access import PUBLISHERS, allowed
from functions.routes import RoutesBlueprint
from functions.web import MAX_EVENTS_BYTES, answer
from shared import queries

blueprint = RoutesBlueprint()


@blueprint.function_name("post_events")
@blueprint.route("events", methods=["POST"])
@allowed(PUBLISHERS)
async def post_events(req: func.HttpRequest) -> func.HttpResponse:
    return await answer(
        req, lambda ports: queries.post_events.post_events(ports, req.get_body(), req.headers), 202, MAX_EVENTS_BYTES
    )
