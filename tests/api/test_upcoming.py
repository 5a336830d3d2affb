"""``GET upcoming``, and the customers listed by when they lose eligibility, by partner and by status."""

from datetime import date, timedelta
from typing import Any

import pytest

from shared.api.customer_lists import list_customers
from shared.ports import Ports
from shared.storage import keys
from shared.storage.store import Table
from shared.storage.upcoming import DayKind, Entry
from shared.workflow.receive_event import receive_event
from tests.api.given import attached, certified, covered, detached, project, qualified, spend, trained
from tests.api.world import World
from tests.upcoming_lists import entries
from tests.watched_store import WatchedStore

NOT_NAMED = {"name": None, "owner": None}


def loses(customer: str, on: str, partner: str = "P-1") -> list[bytes]:
    """Its licence ends on the day before."""
    last = date.fromisoformat(on) - timedelta(days=1)
    return [spend(customer, endsOn=last.isoformat()), project(customer), attached(customer, partner)]


async def listed(world: World, path: str = "upcoming", **params: Any) -> list[Any]:
    """Ids of the customers of all pages, with the day where there is one."""
    pages = [page async for page in world.pages(path, "after", int(params.pop("limit", 50)), **params)]
    found = [each for page in pages for each in page]
    return [(each["on"], each["customerId"]) if "on" in each else each["customerId"] for each in found]


async def test_who_loses_eligibility_is_listed_by_day_with_why_and_what_it_spends(world: World) -> None:
    await world.handle(*qualified(), *loses("C-2", "2026-08-01"), *loses("C-1", "2027-01-01"), *covered("C-3"))
    await world.handle(*loses("C-4", "2026-08-01"))
    answer = await world.get("upcoming")
    assert (answer.status, answer.value["next"]) == (200, None)
    short = "Annual spend on new deployments: USD 0 of the 300,000 needed; not counted: L-1 (ended on {})"
    days = [("C-2", "2026-08-01", "31 Jul 2026"), ("C-4", "2026-08-01", "31 Jul 2026")]
    assert answer.value["items"] == [
        {"on": on, "customerId": customer, **NOT_NAMED, "because": short.format(ended), "spend": "300000.00"}
        for customer, on, ended in [*days, ("C-1", "2027-01-01", "31 Dec 2026")]
    ]
    assert await listed(world, **{"from": "2026-08-02"}) == [("2027-01-01", "C-1")]
    assert await listed(world, to="2026-08-01") == [("2026-08-01", "C-2"), ("2026-08-01", "C-4")]
    assert await listed(world, to="2026-07-31") == []
    assert await listed(world, **{"from": "2027-01-01", "to": "2027-01-01"}) == [("2027-01-01", "C-1")]


async def test_who_gains_eligibility_is_another_list(world: World) -> None:
    await world.handle(certified(validFrom="2026-07-01", validUntil="2026-12-31"), *trained(), *covered("C-1"))
    assert await listed(world) == []
    (item,) = (await world.get("upcoming", kind="gains")).value["items"]
    assert item == {
        "on": "2026-07-01",
        "customerId": "C-1",
        **NOT_NAMED,
        "because": "Eligible with J-1",
        "spend": "300000.00",
    }
    world.pass_time(days=125)
    await world.handle(spend("C-1", "300001", time="2026-07-04T00:00:00Z"))
    assert (await listed(world, kind="gains"), await listed(world)) == ([], [("2027-01-01", "C-1")])


async def test_the_list_of_a_partner_has_its_customers_of_now(world: World) -> None:
    await world.handle(*qualified(), *qualified("P-2"), *loses("C-1", "2026-08-01"), *loses("C-2", "2026-09-01", "P-2"))
    await world.handle(attached("C-1", "P-2"))
    assert await listed(world, partner="P-2") == [("2026-08-01", "C-1"), ("2026-09-01", "C-2")]
    await world.handle(detached("C-1", "P-2"))
    assert await listed(world, partner="P-2") == [("2026-09-01", "C-2")]
    assert await listed(world, partner="P-1") == [("2026-08-01", "C-1")]
    assert await listed(world, partner="P-9") == []


async def test_a_day_that_moves_is_listed_once_and_its_old_row_is_gone(world: World) -> None:
    await world.handle(*qualified(), *loses("C-1", "2026-08-01"))
    await world.handle(spend("C-1", endsOn="2026-09-30", time="2026-03-01T10:00:00Z"))
    assert await listed(world) == [("2026-10-01", "C-1")]
    assert {each.day.isoformat() for each in await entries(world.ports)} == {"2026-10-01"}
    await world.handle(spend("C-1", "5", time="2026-03-01T11:00:00Z"))
    assert (await listed(world), await entries(world.ports)) == ([], [])


async def test_rows_that_were_left_are_not_shown_and_the_day_alone_counts(world: World) -> None:
    await world.handle(*qualified(), *loses("C-1", "2026-08-01"), spend("C-2"))
    (right,) = [each for each in await entries(world.ports) if each.scope.startswith("all")]
    for customer in ("C-1", "C-2", "C-none"):
        await world.ports.upcoming.add(Entry(DayKind.LOSES, right.scope, date(2026, 7, 1), customer))
        await world.ports.upcoming.add(Entry(DayKind.GAINS, right.scope, right.day, customer))
        await world.ports.upcoming.add(Entry(DayKind.LOSES, "partner~P-9", right.day, customer))
    assert await listed(world) == [("2026-08-01", "C-1")]
    assert await listed(world, limit=1) == [("2026-08-01", "C-1")]
    assert await listed(world, kind="gains") == await listed(world, partner="P-9") == []
    assert await listed(world, "customers", losesBefore="2026-08-02", limit=1) == ["C-1"]


async def test_a_date_that_stays_costs_no_call_and_one_that_moves_two_before_and_one_after_for_each_list(
    world: World,
) -> None:
    await world.handle(*qualified(), *loses("C-1", "2026-08-01"))
    store = WatchedStore(world.store)
    worker = Ports(store, world.sender, lambda: world.now)
    await receive_event(worker, spend("C-1", "300001", endsOn="2026-07-31", time="2026-03-01T10:00:00Z"), 1)
    assert [each for each in store.calls if each.table is Table.UPCOMING] == []
    store.calls.clear()
    await receive_event(worker, spend("C-1", "300001", endsOn="2026-08-31", time="2026-03-01T11:00:00Z"), 1)
    counts = [each.operation for each in store.calls if each.table is Table.UPCOMING]
    assert sorted(counts) == ["delete"] * 2 + ["get"] * 2 + ["merge"] * 2, "of everybody's list, and of P-1's"


@pytest.mark.parametrize(
    ("count", "limit"),
    [(300, 7), (300, 1000), pytest.param(5000, 1000, marks=pytest.mark.deep)],
)
async def test_many_customers_of_one_day_are_on_its_pages_once_each(world: World, count: int, limit: int) -> None:
    """Of a rule set, say, that ends it for all of them."""
    ids = sorted(f"C-{number}" for number in range(count))
    await world.handle(*qualified(), *(each for name in ids for each in loses(name, "2026-08-01")))
    assert await listed(world, limit=limit) == [("2026-08-01", each) for each in ids]
    assert await listed(world, limit=limit, partner="P-1") == [("2026-08-01", each) for each in ids]
    assert await listed(world, "customers", losesBefore="2026-08-02", limit=limit) == ids
    assert await listed(world, "customers", losesBefore="2026-08-01", limit=limit) == []


@pytest.mark.parametrize("limit", [10, 50])
async def test_where_most_customers_of_a_day_are_in_one_range_none_is_left_out(world: World, limit: int) -> None:
    every = [f"C-{number}" for number in range(1200)]
    of_one = [each for each in every if keys.everybody(each) == keys.EVERYBODY[3]][:60]
    ids = sorted([*of_one, *[each for each in every[:200] if each not in of_one][:40]])
    await world.handle(*qualified(), *(each for name in ids for each in loses(name, "2026-08-01")))
    assert await listed(world, limit=limit) == [("2026-08-01", each) for each in ids]


async def test_customers_are_listed_by_status_by_partner_and_by_when_they_lose_it(world: World) -> None:
    await world.handle(*qualified(), *qualified("P-2"), *loses("C-1", "2026-08-01"), *loses("C-2", "2026-07-01", "P-2"))
    await world.handle(*covered("C-3"), spend("C-4", "5"), attached("C-4"), attached("C-5"), detached("C-5"))
    assert await listed(world, "customers", status="eligible") == ["C-1", "C-2", "C-3"]
    assert await listed(world, "customers", status="ineligible") == ["C-4", "C-5"]
    assert await listed(world, "customers", partner="P-1") == ["C-1", "C-3", "C-4"]
    assert await listed(world, "customers", partner="P-1", status="ineligible") == ["C-4"]
    assert await listed(world, "customers", losesBefore="2026-12-01") == ["C-2", "C-1"]
    assert await listed(world, "customers", losesBefore="2026-12-01", partner="P-1") == ["C-1"]
    assert await listed(world, "customers", losesBefore="2026-12-01", status="ineligible") == []
    assert await listed(world, "customers", losesBefore="0001-01-01") == []
    (item, *_) = (await world.get("customers")).value["items"]
    assert (item["losesOn"], item["gainsOn"], item["spend"]) == ("2026-08-01", None, "300000.00")
    (item,) = (await world.get("customers", partner="P-2")).value["items"]
    assert (item["losesOn"], item["since"], item["spend"]) == ("2026-07-01", "2026-03-02", "300000.00")
    (item,) = (await world.get("partners/P-2/customers")).value["items"]
    assert item == {"customerId": "C-2", **NOT_NAMED, "status": "eligible", "undecided": False, "losesOn": "2026-07-01"}


async def test_who_cannot_be_decided_is_said_so(world: World) -> None:
    await world.handle(*qualified(), *covered("C-1"), spend("C-1", currency="XXX", time="2026-03-01T10:00:00Z"))
    await world.handle(spend("C-2", currency="XXX"))
    found = {each["customerId"]: each["undecided"] for each in (await world.get("customers")).value["items"]}
    assert found == {"C-1": True, "C-2": False}, "without a project C-2 is not eligible at any rate"
    for customer_id, undecided in found.items():
        assert (await world.get(f"customers/{customer_id}")).value["decision"]["undecided"] is undecided
        assert (await world.get(f"customers/{customer_id}/eligibility")).value["undecided"] is undecided
        (recorded, *_) = (await world.get(f"customers/{customer_id}/history")).value["items"]
        assert recorded["undecided"] is undecided
    assert await listed(world, "customers", status="undecided") == ["C-1"]
    assert await listed(world, "customers", status="ineligible") == ["C-1", "C-2"], "its status is ineligible"
    assert await listed(world, "customers", status="eligible") == []


@pytest.mark.parametrize(
    "filters", [("eligible", None, ""), ("", None, "P-1"), ("", date(2027, 1, 1), ""), ("", date(2027, 1, 1), "P-1")]
)
async def test_a_page_of_customers_takes_twenty_reads_and_one_for_each_it_shows(
    world: World, filters: tuple[str, date | None, str]
) -> None:
    await world.handle(*qualified(), *loses("C-100", "2026-08-01"))
    for number in range(100):
        await world.handle(attached(f"C-{number:03}"), detached(f"C-{number:03}"))
        for scope in (keys.EVERYBODY[number % len(keys.EVERYBODY)], "partner~P-1"):
            await world.ports.upcoming.add(Entry(DayKind.LOSES, scope, date(2026, 7, 1), f"C-{number:03}"))
    store = WatchedStore(world.store)
    ports = Ports(store, world.sender, lambda: world.now)
    after: tuple[date | None, str] = (None, "")
    shown = pages = 0
    while pages == 0 or after[1]:
        store.calls.clear()
        page = await list_customers(ports, *filters, "", 50, after)
        assert len(store.calls) <= 20 + len(page["items"])
        *on, customer_id = (page["next"] or "").split("~")
        after = date.fromisoformat(on[0]) if on else None, customer_id
        shown, pages = shown + len(page["items"]), pages + 1
    assert (shown, pages > 2) == (1, True)


@pytest.mark.parametrize(
    ("path", "params", "at"),
    [
        ("upcoming", {"kind": "stays"}, "kind"),
        ("upcoming", {"from": "2026-02-30"}, "from"),
        ("upcoming", {"partner": ""}, "partner"),
        ("upcoming", {"after": "C-1"}, "after"),
        ("upcoming", {"after": "2026-13-01~C-1"}, "after"),
        ("customers", {"losesBefore": "2026-08-01", "after": "C-1"}, "after"),
        ("customers", {"after": "2026-08-01~C-1"}, "after"),
        ("customers", {"status": "unassessed"}, "status"),
    ],
)
async def test_what_is_not_right_is_refused_by_its_name(
    world: World, path: str, params: dict[str, str], at: str
) -> None:
    answer = await world.get(path, **params)
    assert (answer.status, answer.error_paths) == (400, [at])
