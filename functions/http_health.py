"""Route: health, open to everyone."""

import azure.functions as func

from functions.access import EVERYONE, allowed
from functions.routes import RoutesBlueprint
from functions.web import health_answer
from shared import queries

blueprint = RoutesBlueprint()


@blueprint.function_name("health")
@blueprint.route("health", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
@allowed(EVERYONE)
async def health(req: func.HttpRequest) -> func.HttpResponse:
    return await health_answer(queries.health.health)
