"""Routes: rule sets, their life and their previews."""

import azure.functions as func

from functions.access import READERS, RULE_MANAGERS, allowed, caller
from functions.routes import RoutesBlueprint
from functions.web import accepted, answer, body, optional_body
from shared import queries
from shared.queries import parameters
from shared.queries.parameters import identifier, version

blueprint = RoutesBlueprint()


@blueprint.function_name("list_rule_sets")
@blueprint.route("rule-sets", methods=["GET"])
@allowed(READERS, ("limit", "before"))
async def list_rule_sets(req: func.HttpRequest) -> func.HttpResponse:
    given = req.params
    return await answer(
        req,
        lambda ports: queries.rule_sets.list_rule_sets(ports, parameters.before(given), parameters.limit(given)),
    )


@blueprint.function_name("post_rule_set")
@blueprint.route("rule-sets", methods=["POST"])
@allowed(RULE_MANAGERS)
async def post_rule_set(req: func.HttpRequest) -> func.HttpResponse:
    return await answer(req, lambda ports: queries.rule_set_life.post_rule_set(ports, body(req), caller(req)), 201)


@blueprint.function_name("get_rule_set")
@blueprint.route("rule-sets/{version}", methods=["GET"])
@allowed(READERS)
async def get_rule_set(req: func.HttpRequest) -> func.HttpResponse:
    return await answer(req, lambda ports: queries.rule_sets.get_rule_set(ports, version(req.route_params)))


@blueprint.function_name("activate_rule_set")
@blueprint.route("rule-sets/{version}/activate", methods=["POST"])
@allowed(RULE_MANAGERS)
async def activate_rule_set(req: func.HttpRequest) -> func.HttpResponse:
    return await answer(
        req,
        lambda ports: queries.rule_set_life.activate_rule_set(
            ports, version(req.route_params), optional_body(req), caller(req)
        ),
    )


@blueprint.function_name("retire_rule_set")
@blueprint.route("rule-sets/{version}/retire", methods=["POST"])
@allowed(RULE_MANAGERS)
async def retire_rule_set(req: func.HttpRequest) -> func.HttpResponse:
    return await answer(
        req,
        lambda ports: queries.rule_set_life.retire_rule_set(
            ports, version(req.route_params), optional_body(req), caller(req)
        ),
    )


@blueprint.function_name("post_preview")
@blueprint.route("rule-sets/{version}/preview", methods=["POST"])
@allowed(RULE_MANAGERS)
async def post_preview(req: func.HttpRequest) -> func.HttpResponse:
    number = req.route_params.get("version", "")
    return await accepted(
        req,
        lambda ports: queries.previews.post_preview(ports, version(req.route_params), optional_body(req)),
        f"rule-sets/{number}/previews/{{id}}",
    )


@blueprint.function_name("get_preview")
@blueprint.route("rule-sets/{version}/previews/{id}", methods=["GET"])
@allowed(RULE_MANAGERS)
async def get_preview(req: func.HttpRequest) -> func.HttpResponse:
    given = req.route_params
    return await answer(
        req,
        lambda ports: queries.previews.get_preview(ports, version(given), identifier(given)),
    )


@blueprint.function_name("list_preview_customers")
@blueprint.route("rule-sets/{version}/previews/{id}/customers", methods=["GET"])
@allowed(RULE_MANAGERS, ("change", "limit", "after"))
async def list_preview_customers(req: func.HttpRequest) -> func.HttpResponse:
    path, given = req.route_params, req.params
    return await answer(
        req,
        lambda ports: queries.previews.list_preview_customers(
            ports,
            version(path),
            identifier(path),
            given.get("change", ""),
            parameters.after_identifier(given),
            parameters.limit(given),
        ),
    )
