"""Rule engines deciding the shipped rule set, each by rules written in its own language.

Every rule is compiled once, before anything is timed.
"""

import importlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from bench._joined import CE, CE_ONLY, EITHER, FO, FO_ONLY, LEAST_SPEND, LISTED, RATES, Json

type Decide = Callable[[Any], Sequence[Any]]


def _same(facts: Any) -> Any:
    return facts


@dataclass(frozen=True)
class Peer:
    """``share`` is the part of the customers that a slow one decides; ``prepare`` is not timed.

    ``many``: both take all customers of a portion at once.
    """

    title: str
    package: str
    decide: Decide
    prepare: Callable[[Any], Any] = _same
    share: float = 1.0
    many: bool = False


def zen() -> list[Peer]:
    """GoRules' ZEN: Rust, an expression language of its own; inner closures see the root but not the outer item."""
    engine: Any = importlib.import_module("zen")
    in_force = "#.from <= on and on <= #.until and on < #.next"

    def in_area(area: str) -> str:
        held = f"some(#.competencies, #.area == '{area}' and #.level in ['gold', 'silver'] and {in_force})"
        live = f"count(#.deployments, #.area == '{area}' and #.liveOn <= on) >= 2"
        return f"({held} or (some(#.designations, #.active and {in_force}) and {live}))"

    def needs(applications: list[str]) -> str:
        return f"some(#.applications, # in {applications})"

    def trained(part: str) -> str:
        done = "#.completedOn < #.before and #.completedOn <= on and on <= #.expiresOn"
        return f"some(#.trainings, #.part == '{part}' and {done})"

    qualified = " and ".join(
        [
            f"(not {needs(FO_ONLY)} or {in_area(FO)})",
            f"(not {needs(CE_ONLY)} or {in_area(CE)})",
            f"(not {needs(EITHER)} or {in_area(FO)} or {in_area(CE)})",
            *(trained("training"), trained("knowledge-check")),
        ]
    )
    rate = " : ".join([*(f"#.currency == '{code}' ? {rate}" for code, rate in RATES.items()), "0"])
    counted = f"#.isNew and on <= #.endsOn and #.application in {LISTED}"
    spend = f"sum(map(filter(licences, {counted}), #.cents * ({rate}))) >= {LEAST_SPEND}"
    project = f"#.status in ['planned', 'active'] and {needs(LISTED)} and some(#.partners, {qualified})"
    rule = engine.compile_expression(f"{spend} ? map(filter(projects, {project}), #.id) : []")
    return [Peer("zen-engine", "zen-engine", rule.evaluate)]


def cel() -> list[Peer]:
    """Google's CEL over its C++ implementation; it has no sum, so that one function is Python's."""
    engine: Any = importlib.import_module("cel_expr_python.cel")
    kind = engine.Type
    number_list = {"return_type": kind.INT, "parameters": [kind.List(kind.DYN)], "is_member": False}
    total = engine.Overload("total_list", impl=sum, **number_list)
    variables = {"on": kind.INT, "licences": kind.List(kind.DYN), "projects": kind.List(kind.DYN)}
    environment = engine.NewEnv(variables=variables, functions=[engine.FunctionDecl("total", [total])])

    def in_force(period: str) -> str:
        return f"{period}.from <= on && on <= {period}.until && on < {period}.next"

    def in_area(area: str) -> str:
        held = f"p.competencies.exists(c, c.area == '{area}' && c.level in ['gold', 'silver'] && {in_force('c')})"
        live = f"p.deployments.filter(d, d.area == '{area}' && d.liveOn <= on).size() >= 2"
        return f"({held} || (p.designations.exists(s, s.active && {in_force('s')}) && {live}))"

    def needs(applications: list[str]) -> str:
        return f"j.applications.exists(a, a in {applications})"

    def trained(part: str) -> str:
        done = "t.completedOn < t.before && t.completedOn <= on && on <= t.expiresOn"
        return f"p.trainings.exists(t, t.part == '{part}' && {done})"

    qualified = " && ".join(
        [
            f"(!{needs(FO_ONLY)} || {in_area(FO)})",
            f"(!{needs(CE_ONLY)} || {in_area(CE)})",
            f"(!{needs(EITHER)} || {in_area(FO)} || {in_area(CE)})",
            *(trained("training"), trained("knowledge-check")),
        ]
    )
    counted = f"l.isNew && on <= l.endsOn && l.application in {LISTED} && l.currency in {list(RATES)}"
    spend = f"total(licences.filter(l, {counted}).map(l, l.cents * {RATES}[l.currency])) >= {LEAST_SPEND}"
    project = f"j.status in ['planned', 'active'] && {needs(LISTED)} && j.partners.exists(p, {qualified})"
    rule = environment.compile(f"{spend} ? projects.filter(j, {project}).map(j, j.id) : []")
    return [
        Peer("cel-expr-python", "cel-expr-python", lambda facts: rule.eval(data=facts).plain_value()),
        Peer(
            "cel-expr-python, facts handed over before",
            "cel-expr-python",
            lambda facts: rule.eval(facts).plain_value(),
            environment.Activation,
        ),
    ]


def datalogic() -> list[Peer]:
    """JSONLogic in Rust."""
    engine: Any = importlib.import_module("datalogic_py")
    var: Callable[[str], Json] = lambda name: {"var": name}  # noqa: E731
    on: Json = {"val": [[9], "on"]}  # of the root, which is as far out as it gets

    def within(first: Any, *rest: Any) -> Json:
        return {"<=": [first, *rest]}

    in_force = [within(var("from"), on), within(on, var("until")), {"<": [on, var("next")]}]

    def in_area(area: str) -> Json:
        level = {"in": [var("level"), ["gold", "silver"]]}
        held = {"some": [var("competencies"), {"and": [{"==": [var("area"), area]}, level, *in_force]}]}
        active = {"some": [var("designations"), {"and": [var("active"), *in_force]}]}
        live = {"filter": [var("deployments"), {"and": [{"==": [var("area"), area]}, within(var("liveOn"), on)]}]}
        return {"or": [held, {"and": [active, {">=": [{"length": live}, 2]}]}]}

    def needs(applications: list[str]) -> Json:
        return {"some": [var("applications"), {"in": [var(""), applications]}]}

    def trained(part: str) -> Json:
        done = [within(var("completedOn"), on), within(on, var("expiresOn"))]
        before = {"<": [var("completedOn"), var("before")]}
        return {"some": [var("trainings"), {"and": [{"==": [var("part"), part]}, before, *done]}]}

    qualified = {
        "and": [
            {"or": [{"!": needs(FO_ONLY)}, in_area(FO)]},
            {"or": [{"!": needs(CE_ONLY)}, in_area(CE)]},
            {"or": [{"!": needs(EITHER)}, in_area(FO), in_area(CE)]},
            *(trained("training"), trained("knowledge-check")),
        ]
    }
    is_open = {"in": [var("status"), ["planned", "active"]]}
    project = {"and": [is_open, needs(LISTED), {"some": [var("partners"), qualified]}]}
    counted = {"and": [var("isNew"), within(on, var("endsOn")), {"in": [var("application"), LISTED]}]}
    code = var("current.currency")
    worth = {"if": [each for name, rate in RATES.items() for each in ({"==": [code, name]}, rate)] + [0]}
    add = {"+": [var("accumulator"), {"*": [var("current.cents"), worth]}]}
    spend = {">=": [{"reduce": [{"filter": [var("licences"), counted]}, add, 0]}, LEAST_SPEND]}
    rule = engine.Engine().compile({"if": [spend, {"map": [{"filter": [var("projects"), project]}, var("id")]}, []]})
    return [
        Peer("datalogic-py", "datalogic-py", rule.evaluate),
        Peer("datalogic-py, facts handed over before", "datalogic-py", rule.evaluate_data, engine.DataHandle),
    ]
