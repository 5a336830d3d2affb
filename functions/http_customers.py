"""Routes: customers, one customer, its eligibility, its history and one recorded decision."""

import azure.functions as func

from functions.access import READERS, allowed
from functions.routes import RoutesBlueprint
from functions.web import answer
from shared import queries
from shared.queries import parameters

blueprint = RoutesBlueprint()


@blueprint.function_name("list_customers")
@blueprint.route("customers", methods=["GET"])
@allowed(READERS, ("limit", "after"))
async def list_customers(req: func.HttpRequest) -> func.HttpResponse:
    given = req.params
    return await answer(
        req,
        lambda ports: queries.customers.list_customers(
            ports, parameters.after_identifier(given), parameters.limit(given)
        ),
    )


@blueprint.function_name("get_customer")
@blueprint.route("customers/{id}", methods=["GET"])
@allowed(READERS)
async def get_customer(req: func.HttpRequest) -> func.HttpResponse:
    return await answer(
        req, lambda ports: queries.customers.get_customer(ports, parameters.identifier(req.route_params))
    )


@blueprint.function_name("get_eligibility")
@blueprint.route("customers/{id}/eligibility", methods=["GET"])
@allowed(READERS, ("on",))
async def get_eligibility(req: func.HttpRequest) -> func.HttpResponse:
    return await answer(
        req,
        lambda ports: queries.customers.get_eligibility(
            ports, parameters.identifier(req.route_params), parameters.day(req.params)
        ),
    )


@blueprint.function_name("get_history")
@blueprint.route("customers/{id}/history", methods=["GET"])
@allowed(READERS, ("limit", "before"))
async def get_history(req: func.HttpRequest) -> func.HttpResponse:
    given = req.params
    return await answer(
        req,
        lambda ports: queries.customers.get_history(
            ports,
            parameters.identifier(req.route_params),
            parameters.before(given),
            parameters.limit(given),
        ),
    )


@blueprint.function_name("get_recorded")
@blueprint.route("customers/{id}/history/{sequence}", methods=["GET"])
@allowed(READERS)
async def get_recorded(req: func.HttpRequest) -> func.HttpResponse:
    given = req.route_params
    return await answer(
        req,
        lambda ports: queries.customers.get_recorded(ports, parameters.identifier(given), parameters.sequence(given)),
    )
