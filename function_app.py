"""The function app: registers the blueprints of ``functions`` and does nothing else."""

import azure.functions as func

from functions import (
    access,
    http_check,
    http_customers,
    http_description,
    http_events,
    http_health,
    http_partners,
    http_quarantine,
    http_rule_sets,
    keep_poison,
    receive_event,
    recompute,
    sweep,
)

app = func.FunctionApp(http_auth_level=access.host_level())

for _each in (
    receive_event,
    recompute,
    keep_poison,
    sweep,
    http_customers,
    http_check,
    http_events,
    http_partners,
    http_rule_sets,
    http_quarantine,
    http_health,
    http_description,
):
    app.register_functions(_each.blueprint)
