"""OpenFisca deciding the shipped rule set: formulas over arrays, for many customers at once or for one.

Each fact is a "person" that belongs to a customer, to a project and to a pair of a project and one of its partners
(number 0 where it belongs to none): OpenFisca knows no lists within lists, so what belongs to what is worked out here,
outside the clock.
"""

import importlib
from collections.abc import Sequence
from datetime import date
from typing import Any

from bench._joined import CE, CE_ONLY, EITHER, FO, FO_ONLY, LEAST_SPEND, LISTED, RATES, Json

LICENCE, APPLICATION, COMPETENCY, DESIGNATION, DEPLOYMENT, TRAINING, CHECK = range(7)
_COLUMNS = ("kind", "what", "good", "start", "until", "next", "millions", "units")
"""``worth`` in two, since OpenFisca's numbers have 32 bits."""
_PARTS = {"training": TRAINING, "knowledge-check": CHECK}
_AREAS = {CE: 0, FO: 1}
_LISTED = {name: number for number, name in enumerate(LISTED)}
_OTHER = len(LISTED)
_MILLION = 1_000_000

type Row = tuple[int, ...]
"""Customer, project and pair it belongs to, then the columns."""


class Program:
    """The rule set as an OpenFisca system, made once."""

    def __init__(self) -> None:
        self.np: Any = importlib.import_module("numpy")
        self.builder: Any = importlib.import_module("openfisca_core.simulations").SimulationBuilder
        self.system = _system(self.np)

    def prepare(self, many: Sequence[Json]) -> Any:
        """A simulation with all facts in it, its day, and which project is whose."""
        rows, projects, pairs = _rows(many)
        columns = self.np.array(rows, dtype=self.np.int64).T
        builder = self.builder()
        builder.create_entities(self.system)
        builder.declare_person_entity("fact", self.np.arange(len(rows)))
        groups = {"customer": len(many), "project": len(projects), "pair": len(pairs)}
        for (name, count), column in zip(groups.items(), columns[:3], strict=True):
            group = builder.declare_entity(name, self.np.arange(count))
            builder.join_with_persons(group, column, ["member"] * len(rows))
        simulation, day = builder.build(self.system), date.fromordinal(many[0]["on"]).isoformat()
        for name, column in zip(_COLUMNS, columns[3:], strict=True):
            simulation.set_input(name, day, column)
        return simulation, day, projects, len(many)

    def decide(self, given: Any) -> list[list[str]]:
        simulation, day, projects, customers = given
        enough, covered = simulation.calculate("enough", day), simulation.calculate("covered", day)
        found: list[list[str]] = [[] for _ in range(customers)]
        for number in covered.nonzero()[0]:
            customer, name = projects[number]
            if enough[customer]:
                found[customer].append(name)
        return found

    def one(self, facts: Json) -> list[str]:
        return self.decide(self.prepare([facts]))[0]


def _rows(many: Sequence[Json]) -> tuple[list[Row], list[tuple[int, str]], list[int]]:
    rows: list[Row] = []
    projects, pairs = [(0, "")], [0]
    for customer, facts in enumerate(many):
        rows.append((customer, 0, 0, LICENCE, _OTHER, 0, 0, 0, 0, 0, 0))  # nobody is without a row
        rows += [(customer, 0, 0, *_licence(each)) for each in facts["licences"]]
        for project in facts["projects"]:
            if not project["partners"]:
                continue
            projects.append((customer, project["id"]))
            is_open = int(project["status"] in ("planned", "active"))
            for partner in project["partners"]:
                pairs.append(len(pairs))
                rows += [(customer, len(projects) - 1, len(pairs) - 1, *row) for row in _pair(partner, is_open)]
    return rows, projects, pairs


def _licence(licence: Json) -> Row:
    what, worth = _LISTED.get(licence["application"], _OTHER), licence["cents"] * RATES.get(licence["currency"], 0)
    return LICENCE, what, int(licence["isNew"]), 0, licence["endsOn"], 0, *divmod(worth, _MILLION)


def _pair(partner: Json, is_open: int) -> list[Row]:
    return [
        *((APPLICATION, _LISTED.get(each, _OTHER), is_open, 0, 0, 0, 0, 0) for each in partner["applications"]),
        *(
            (
                COMPETENCY,
                _AREAS[each["area"]],
                int(each["level"] != "none"),
                each["from"],
                each["until"],
                each["next"],
                0,
                0,
            )
            for each in partner["competencies"]
        ),
        *(
            (DESIGNATION, 0, int(each["active"]), each["from"], each["until"], each["next"], 0, 0)
            for each in partner["designations"]
        ),
        *((DEPLOYMENT, _AREAS[each["area"]], 1, each["liveOn"], 0, 0, 0, 0) for each in partner["deployments"]),
        *(
            (_PARTS[each["part"]], 0, 1, each["completedOn"], each["expiresOn"], each["before"], 0, 0)
            for each in partner["trainings"]
        ),
    ]


def _system(np: Any) -> Any:
    build = importlib.import_module("openfisca_core.entities").build_entity
    base: Any = importlib.import_module("openfisca_core.variables").Variable
    day_long = importlib.import_module("openfisca_core.periods").DateUnit.DAY
    roles = [{"key": "member", "plural": "members", "label": "Fact"}]
    fact = build("fact", "facts", "Fact", is_person=True)
    groups = {name: build(name, f"{name}s", name.title(), roles=roles) for name in ("customer", "project", "pair")}

    def variable(name: str, entity: Any, kind: type, formula: Any = None) -> Any:
        members = {"value_type": kind, "entity": entity, "definition_period": day_long, "label": name}
        return type(name, (base,), members | ({"formula": formula} if formula else {}))

    def enough(customer: Any, period: Any) -> Any:
        of = {name: customer.members(name, period) for name in ("what", "good", "until", "millions", "units")}
        counts = (of["what"] != _OTHER) & (of["good"] == 1) & (period.start.date.toordinal() <= of["until"])
        return customer.sum(of["millions"] * counts) * _MILLION + customer.sum(of["units"] * counts) >= LEAST_SPEND

    def qualified(pair: Any, period: Any) -> Any:
        on = period.start.date.toordinal()
        kind, what, good, start, until, after = (pair.members(name, period) for name in _COLUMNS[:6])
        started, lasting = start <= on, on <= until
        held = (good == 1) & started & lasting & (on < after)
        active = pair.any((kind == DESIGNATION) & held)

        def in_area(area: str) -> Any:
            there = what == _AREAS[area]
            live = pair.sum((kind == DEPLOYMENT) & there & started) >= 2
            return pair.any((kind == COMPETENCY) & there & held) | (active & live)

        def needs(applications: list[str]) -> Any:
            return pair.any((kind == APPLICATION) & np.isin(what, [_LISTED[each] for each in applications]))

        def trained(part: int) -> Any:
            return pair.any((kind == part) & started & lasting & (start < after))

        by_area = {area: in_area(area) for area in (CE, FO)}
        everywhere = (~needs(FO_ONLY) | by_area[FO]) & (~needs(CE_ONLY) | by_area[CE])
        everywhere &= ~needs(EITHER) | by_area[FO] | by_area[CE]
        is_open = pair.any((kind == APPLICATION) & (good == 1))
        return is_open & needs(LISTED) & everywhere & trained(TRAINING) & trained(CHECK)

    def covered(project: Any, period: Any) -> Any:
        return project.any(project.members.pair("qualified", period))

    system = importlib.import_module("openfisca_core.taxbenefitsystems").TaxBenefitSystem([fact, *groups.values()])
    formulas = (("customer", enough), ("pair", qualified), ("project", covered))
    system.add_variables(
        *(variable(name, fact, int) for name in _COLUMNS),
        *(variable(each.__name__, groups[of], bool, each) for of, each in formulas),
    )
    return system
