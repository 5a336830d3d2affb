"""Routes: one partner and its customers."""

import azure.functions as func

from functions.access import READERS, allowed
from functions.routes import RoutesBlueprint
from functions.web import answer
from shared import queries
from shared.queries import parameters

blueprint = RoutesBlueprint()


@blueprint.function_name("get_partner")
@blueprint.route("partners/{id}", methods=["GET"])
@allowed(READERS)
async def get_partner(req: func.HttpRequest) -> func.HttpResponse:
    return await answer(req, lambda ports: queries.partners.get_partner(ports, parameters.identifier(req.route_params)))


@blueprint.function_name("list_partner_customers")
@blueprint.route("partners/{id}/customers", methods=["GET"])
@allowed(READERS, ("limit", "after"))
async def list_partner_customers(req: func.HttpRequest) -> func.HttpResponse:
    partner_id, given = req.route_params, req.params
    return await answer(
        req,
        lambda ports: queries.partners.list_partner_customers(
            ports,
            parameters.identifier(partner_id),
            parameters.after_identifier(given),
            parameters.limit(given),
        ),
    )
