"""Routes: rule sets."""

import azure.functions as func

from functions.web import answer
from shared.queries import parameters, rule_sets

blueprint = func.Blueprint()


@blueprint.function_name("list_rule_sets")
@blueprint.route("rule-sets", methods=["GET"])
async def list_rule_sets(req: func.HttpRequest) -> func.HttpResponse:
    given = req.params
    return await answer(
        req, lambda ports: rule_sets.list_rule_sets(ports, parameters.before(given), parameters.limit(given))
    )


@blueprint.function_name("get_rule_set")
@blueprint.route("rule-sets/{version}", methods=["GET"])
async def get_rule_set(req: func.HttpRequest) -> func.HttpResponse:
    return await answer(req, lambda ports: rule_sets.get_rule_set(ports, parameters.version(req.route_params)))
