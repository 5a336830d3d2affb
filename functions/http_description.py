"""Routes: the description of the API. What describes it is loaded when it is first asked for."""

import azure.functions as func

from functions.access import ANY_ROLE, EVERYONE, allowed
from functions.routes import RoutesBlueprint
from functions.web import answer
from shared.domain.decision import JsonObject
from shared.ports import Ports

blueprint = RoutesBlueprint()


@blueprint.function_name("get_openapi")
@blueprint.route("openapi.json", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
@allowed(EVERYONE)
async def get_openapi(req: func.HttpRequest) -> func.HttpResponse:
    from shared.api_description.openapi import openapi_json

    return func.HttpResponse(openapi_json(), mimetype="application/json")


@blueprint.function_name("get_asyncapi")
@blueprint.route("asyncapi.json", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
@allowed(EVERYONE)
async def get_asyncapi(req: func.HttpRequest) -> func.HttpResponse:
    from shared.api_description.asyncapi import asyncapi_json

    return func.HttpResponse(asyncapi_json(), mimetype="application/json")


@blueprint.function_name("get_docs")
@blueprint.route("docs", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
@allowed(EVERYONE)
async def get_docs(req: func.HttpRequest) -> func.HttpResponse:
    from shared.api_description.page import page

    html, headers = page()
    return func.HttpResponse(html, headers=headers, mimetype="text/html", charset="utf-8")


@blueprint.function_name("list_schemas")
@blueprint.route("schemas", methods=["GET"])
@allowed(ANY_ROLE)
async def list_schemas(req: func.HttpRequest) -> func.HttpResponse:
    return await answer(req, _list_schemas)


@blueprint.function_name("get_schema")
@blueprint.route("schemas/{name}", methods=["GET"])
@allowed(ANY_ROLE)
async def get_schema(req: func.HttpRequest) -> func.HttpResponse:
    return await answer(req, lambda ports: _get_schema(ports, req.route_params.get("name", "")))


async def _list_schemas(_: Ports) -> JsonObject:
    from shared.api_description.catalogue import list_schemas as listed

    return listed()


async def _get_schema(_: Ports, name: str) -> JsonObject:
    from shared.api_description.catalogue import get_schema as found

    return found(name)
