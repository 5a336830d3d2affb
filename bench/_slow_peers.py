"""The engines that are slow, or fast only for many customers at once."""

import importlib
from typing import Any

from bench._joined import CE, CE_ONLY, EITHER, FO, FO_ONLY, LEAST_SPEND, LISTED, RATES
from bench._openfisca import Program
from bench._peers import Peer


def openfisca() -> list[Peer]:
    """Formulas over arrays: made for many at once."""
    program = Program()
    return [
        Peer(
            "OpenFisca, many at once", "OpenFisca-Core", lambda many: program.decide(program.prepare(many)), many=True
        ),
        Peer("OpenFisca, many, facts handed over before", "OpenFisca-Core", program.decide, program.prepare, many=True),
        Peer("OpenFisca, one at a time", "OpenFisca-Core", program.one, share=0.01),
    ]


def rule_engine() -> list[Peer]:
    """Python, an expression language of its own with comprehensions."""
    engine: Any = importlib.import_module("rule_engine")

    def some(name: str, items: str, condition: str) -> str:
        return f"([1 for {name} in {items} if {condition}].length > 0)"

    def in_force(period: str) -> str:
        return f"{period}['from'] <= on and on <= {period}['until'] and on < {period}['next']"

    def in_area(area: str) -> str:
        held = some("c", "p.competencies", f"c.area == '{area}' and c.level in ['gold', 'silver'] and {in_force('c')}")
        live = f"[1 for d in p.deployments if d.area == '{area}' and d.liveOn <= on].length >= 2"
        return f"({held} or ({some('s', 'p.designations', f's.active and {in_force("s")}')} and {live}))"

    def needs(applications: list[str]) -> str:
        return some("a", "j.applications", f"a in {applications}")

    def trained(part: str) -> str:
        done = "t.completedOn < t.before and t.completedOn <= on and on <= t.expiresOn"
        return some("t", "p.trainings", f"t.part == '{part}' and {done}")

    qualified = " and ".join(
        [
            f"(not {needs(FO_ONLY)} or {in_area(FO)})",
            f"(not {needs(CE_ONLY)} or {in_area(CE)})",
            f"(not {needs(EITHER)} or {in_area(FO)} or {in_area(CE)})",
            *(trained("training"), trained("knowledge-check")),
        ]
    )
    counted = f"l.isNew and on <= l.endsOn and l.application in {LISTED} and l.currency in {list(RATES)}"
    spend = f"$sum([l.cents * {RATES}[l.currency] for l in licences if {counted}]) >= {LEAST_SPEND}"
    partner = some("p", "j.partners", qualified)
    project = f"j.status in ['planned', 'active'] and {needs(LISTED)} and {partner}"
    rule = engine.Rule(f"{spend} ? [j.id for j in projects if {project}] : []")
    return [Peer("rule-engine", "rule-engine", rule.evaluate, share=0.002)]
