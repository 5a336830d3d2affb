"""Names and owners in answers, lists by owner, ``GET search`` and ``GET partners``."""

from datetime import timedelta
from typing import Any

import pytest

from shared.api import partner_lists
from shared.api.customer_lists import list_customers
from shared.ports import Ports
from shared.storage.names import By, Entry, Whose, in_key
from shared.workflow import search
from shared.workflow.erase import STRETCH, ask_for_erasure, sweep_erasures
from tests.api.given import attached, certified, covered, described, detached, partner_described, qualified, spend
from tests.api.world import World
from tests.watched_store import WatchedStore

ADA, GRACE = "Ada Lovelace", "Grace Hopper"
LATER = "2026-03-02T09:30:00Z"
NAMES = {"name": "Contoso Groep", "owner": ADA}


async def listed(world: World, path: str = "customers", limit: int = 50, **params: Any) -> list[str]:
    pages = [page async for page in world.pages(path, "after", limit, **params)]
    return [each.get("customerId") or each["partnerId"] for page in pages for each in page]


async def found(world: World, q: str) -> list[str]:
    answer = await world.get("search", q=q)
    assert answer.status == 200, answer.value
    return [each["id"] for each in answer.value["items"]]


async def test_names_and_owners_stand_beside_ids_wherever_customers_are_listed(world: World) -> None:
    last = {"endsOn": "2026-12-31"}
    await world.handle(
        *qualified(), *covered("C-1"), spend("C-1", **last, time=LATER), described("C-1", *NAMES.values())
    )
    for path in ("customers", "upcoming", "partners/P-1/customers"):
        (item,) = (await world.get(path)).value["items"]
        assert {name: item[name] for name in NAMES} == NAMES, path
    told = (await world.get("customers/C-1")).value["description"]
    assert {name: told[name] for name in NAMES} == NAMES
    assert told["event"]["type"] == "fasttrack.customer.described.v1"


async def test_a_partner_is_answered_with_its_name_its_owner_and_the_event_they_came_from(world: World) -> None:
    await world.handle(*qualified(), partner_described("P-1", "Fabrikam", GRACE))
    partner = (await world.get("partners/P-1")).value
    assert (partner["name"], partner["owner"]) == ("Fabrikam", GRACE)
    assert partner["description"]["event"]["type"] == "fasttrack.partner.described.v1"


async def test_customers_of_an_owner_are_listed_by_id_whatever_the_case(world: World) -> None:
    for number in range(12):
        await world.handle(spend(f"C-{number:02}"), described(f"C-{number:02}", None, (ADA, GRACE)[number % 2]))
    right = [f"C-{number:02}" for number in range(0, 12, 2)]
    for limit in (1, 4, 50):
        assert await listed(world, limit=limit, owner="ada  LOVELACE") == right
    await world.handle(*covered("C-04"), *qualified(), described("C-02", "Moved", GRACE, LATER))
    assert await listed(world, owner=ADA) == ["C-00", "C-04", "C-06", "C-08", "C-10"]
    assert await listed(world, owner=ADA, status="eligible") == ["C-04"]
    assert await listed(world, owner=GRACE, partner="P-1") == []
    assert await listed(world, owner=ADA, partner="P-1") == ["C-04"]
    assert await listed(world, owner="Ada") == []


async def test_who_loses_eligibility_is_listed_by_owner(world: World) -> None:
    for customer, owner in (("C-1", ADA), ("C-2", GRACE)):
        await world.handle(*covered(customer), spend(customer, endsOn="2026-12-31", time=LATER))
        await world.handle(described(customer, None, owner))
    await world.handle(*qualified())
    assert await listed(world, "upcoming", owner=ADA) == ["C-1"]
    assert await listed(world, losesBefore="2027-02-01", owner=GRACE) == ["C-2"]


async def test_a_page_of_an_owner_reads_at_most_20_rows_beside_those_shown(world: World) -> None:
    await world.handle(spend("C-100"), described("C-100", None, ADA))
    for number in range(100):
        await world.handle(spend(f"C-{number:03}"))
        await world.ports.names.add(Entry(Whose.CUSTOMER, By.OWNER, in_key(ADA.lower()), f"C-{number:03}"))
    store = WatchedStore(world.store)
    ports, after, shown = Ports(store, world.sender, lambda: world.now), "", 0
    while True:
        store.calls.clear()
        page = await list_customers(ports, "", None, "", ADA, 50, (None, after))
        assert len(store.calls) <= 20 + len(page["items"])
        shown += len(page["items"])
        if (following := page["next"]) is None:
            break
        after = following
    assert shown == 1


async def test_an_exact_id_comes_first_then_ids_that_begin_so_then_names(world: World) -> None:
    await world.handle(spend("CON"), spend("CON-2"), spend("con-3"), spend("X-1"), described("X-1", "Contoso"))
    await world.handle(described("X-0", "Rue du Con"), partner_described("P-1", "Consolidated Messenger"))
    assert await found(world, "CON") == ["CON", "CON-2", "con-3", "X-0", "P-1", "X-1"]
    (first, *_) = (await world.get("search", q="CON")).value["items"]
    assert first == {"kind": "customer", "id": "CON", "name": None, "owner": None, "status": "ineligible"}


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("Contoso Groep", "contoso g"),
        ("Contoso Groep", "GROEP"),
        ("Straße 7", "STRASSE"),
        ("STRASSE 7", "straß"),
        ("A\u030angstro\u0308m AB", "ångström"),
        ("株式会社アダタム", "株式"),
        ("  Adatum   Corporation ", "adatum corp"),
        ("(Adatum)", "adatum"),
        ("(Adatum)", "(ada"),
        ("x" * 200, "x" * 190),
        ("a b c d e f g h i", "h"),
    ],
)
async def test_a_name_is_found_by_how_it_or_a_word_of_it_begins_whatever_the_case(
    world: World, name: str, wanted: str
) -> None:
    await world.handle(described("C-1", name))
    assert await found(world, wanted) == ["C-1"]


@pytest.mark.parametrize("wanted", ["ontoso", "contoso y", "x" * 64, "Ada"])
async def test_nobody_is_found_by_what_no_word_of_a_name_begins_with(world: World, wanted: str) -> None:
    await world.handle(spend("C-1"), described("C-1", "Contoso " + "x" * 63, ADA))
    assert await found(world, wanted) == []


async def test_a_name_that_is_no_more_and_a_row_that_was_left_find_nobody(world: World) -> None:
    await world.handle(described("C-1", "Contoso"), described("C-1", "Adatum", None, LATER))
    assert await world.ports.names.load(Entry(Whose.CUSTOMER, By.NAME, in_key("contoso"), "C-1")) is None
    await world.ports.names.add(Entry(Whose.CUSTOMER, By.NAME, in_key("contoso"), "C-1"))
    assert (await found(world, "contoso"), await found(world, "adatum")) == ([], ["C-1"])


async def test_who_is_only_described_is_in_search_alone_and_what_is_missing_is_said(world: World) -> None:
    await world.handle(*qualified(), *covered("C-1"))
    await world.handle(described("C-9", "Nine", ADA), partner_described("P-9", "Ninth", ADA))
    assert await found(world, "nin") == ["C-9", "P-9"]
    assert await found(world, "C-9") == ["C-9"]
    assert (await world.get("search", q="C-9")).value["items"][0]["status"] is None
    assert await listed(world) == ["C-1"]
    assert await listed(world, owner=ADA) == []
    assert await listed(world, "partners") == ["P-1"]
    assert await listed(world, "partners", owner=ADA) == []
    answer = await world.get("customers/C-9")
    assert (answer.status, answer.value["detail"]) == (
        404,
        "customer C-9 is described; no event has told more of it, so nothing is decided",
    )


async def test_what_is_found_is_bounded_and_says_that_there_is_more(world: World) -> None:
    for number in range(search.MOST + 1):
        await world.handle(described(f"C-{number:02}", f"Contoso {number:02}"))
    answer = (await world.get("search", q="contoso")).value
    assert ([each["id"] for each in answer["items"]][-1], len(answer["items"]), answer["more"]) == ("C-24", 25, True)
    assert (await world.get("search", q="contoso 2")).value["more"] is False


@pytest.mark.parametrize("q", ["", " ", "x" * 201, "a\nb"])
async def test_what_cannot_be_looked_for_is_refused_with_what_would_be_right(world: World, q: str) -> None:
    answer = await world.get("search", q=q)
    assert answer.status == 400
    assert answer.value["errors"] == [
        {"path": "q", "message": "is not right; give 1 to 200 characters, not of white space alone"}
    ]


async def test_search_without_a_text_names_the_parameter(world: World) -> None:
    answer = await world.get("search")
    assert (answer.status, answer.value["errors"][0]["path"]) == (400, "q")


async def test_partners_are_listed_with_their_areas_and_until_when_and_for_how_many_they_work(world: World) -> None:
    await world.handle(*qualified("P-1"), certified("P-1", validUntil="2026-12-31"), *covered("C-1"), *covered("C-2"))
    await world.handle(certified("P-2", "gold", validUntil="2026-03-01"), partner_described("P-2", "Fabrikam", ADA))
    await world.handle(certified("P-4"), attached("C-1", "P-3"), attached("C-2", "P-2"), detached("C-2", "P-2"))
    items = (await world.get("partners")).value["items"]
    until = [{"area": "finance-and-operations", "until": "2026-12-31"}]
    no_end = [{"area": "finance-and-operations", "until": None}]
    assert items == [
        {"partnerId": "P-1", "name": None, "owner": None, "qualifiedIn": until, "attachedCustomers": 2},
        {"partnerId": "P-2", "name": "Fabrikam", "owner": ADA, "qualifiedIn": [], "attachedCustomers": 0},
        {"partnerId": "P-3", "name": None, "owner": None, "qualifiedIn": [], "attachedCustomers": 1},
        {"partnerId": "P-4", "name": None, "owner": None, "qualifiedIn": no_end, "attachedCustomers": 0},
    ]
    assert await listed(world, "partners", limit=1) == ["P-1", "P-2", "P-3", "P-4"]
    assert await listed(world, "partners", owner="ADA lovelace") == ["P-2"]


async def test_a_renewal_goes_on_from_the_day_before_and_a_downgrade_ends_it(world: World) -> None:
    await world.handle(certified(validUntil="2026-06-30"), certified(validFrom="2026-07-01", validUntil="2026-09-30"))
    (item,) = (await world.get("partners")).value["items"]
    assert item["qualifiedIn"] == [{"area": "finance-and-operations", "until": "2026-09-30"}]
    await world.handle(certified(level="none", validFrom="2026-05-01"))
    (item,) = (await world.get("partners")).value["items"]
    assert item["qualifiedIn"] == [{"area": "finance-and-operations", "until": "2026-04-30"}]


async def test_a_partner_of_very_many_customers_is_counted_up_to_a_bound(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(partner_lists, "MOST_COUNTED", 2)
    monkeypatch.setattr("shared.workflow.partner_lists.MOST_READ", 4)
    await world.handle(*(attached(f"C-{number}") for number in range(3)), attached("C-1", "P-2"))
    (first,) = (page := (await world.get("partners")).value)["items"]
    (second,) = (await world.get("partners", after=page["next"])).value["items"]
    assert (first["attachedCustomers"], first["attachedCustomersIsAtLeast"]) == (2, True)
    assert (second["attachedCustomers"], "attachedCustomersIsAtLeast" in second) == (1, False)


async def test_an_erased_customer_is_found_by_nothing(world: World) -> None:
    await world.handle(spend("C-1"), described("C-1", "Contoso", ADA))
    await ask_for_erasure(world.ports, "C-1")
    await sweep_erasures(world.ports)
    world.now += STRETCH + timedelta(seconds=1)
    await sweep_erasures(world.ports)
    assert [await found(world, each) for each in ("C-1", "contoso")] == [[], []]
    assert await listed(world, owner=ADA) == []
    assert await world.ports.names.rows(None, 10) == []
