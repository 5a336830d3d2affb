"""Route: what-if questions."""

import azure.functions as func

from functions.access import READERS, allowed
from functions.routes import RoutesBlueprint
from functions.web import answer, body
from shared import queries

blueprint = RoutesBlueprint()


@blueprint.function_name("check")
@blueprint.route("check", methods=["POST"])
@allowed(READERS)
async def check(req: func.HttpRequest) -> func.HttpResponse:
    return await answer(req, lambda ports: queries.check.check(ports, body(req)))
