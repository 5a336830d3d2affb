"""Routes: quarantine and redrive."""

import azure.functions as func

from functions.access import OPERATORS, allowed
from functions.routes import RoutesBlueprint
from functions.web import answer
from shared import queries
from shared.queries import parameters

blueprint = RoutesBlueprint()


@blueprint.function_name("list_quarantine")
@blueprint.route("quarantine", methods=["GET"])
@allowed(OPERATORS, ("limit", "after"))
async def list_quarantine(req: func.HttpRequest) -> func.HttpResponse:
    given = req.params
    return await answer(
        req,
        lambda ports: queries.quarantine.list_quarantine(ports, parameters.cursor(given), parameters.limit(given)),
    )


@blueprint.function_name("redrive")
@blueprint.route("quarantine/{id}/redrive", methods=["POST"])
@allowed(OPERATORS)
async def redrive(req: func.HttpRequest) -> func.HttpResponse:
    return await answer(
        req, lambda ports: queries.quarantine.redrive(ports, parameters.identifier(req.route_params)), 202
    )
