"""The model of a million customers: its arithmetic."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from functools import partial

import pytest

from bench._again import DecidedAgain, Walked
from bench._counted import CUSTOMER, PARTNER, Place, Profile
from bench._day import Kind
from bench._durations import Job, Pace, estimate
from bench._kept import SMALL, reads_each, sizes, small_from
from bench._limits import PARTITION_REMEDY, QUEUE_REMEDY, Limits
from bench._load import Cpu, Programme, Used, counted, used
from bench.scale import show_used
from shared.gathering import KEPT_FOR, MOST
from shared.messaging.sender import Queue
from shared.storage.store import Table

TEN_A_SECOND = Programme(events_a_day=864_000)
CPU = Cpu(0.004, 0.002)
WORK, OF_A_CUSTOMER = Place(Table.WORK, "due"), Place(Table.CUSTOMERS, CUSTOMER)


def profile(rows: dict[Place, int], partitions: Iterable[str] = ("one",), number: int = 1, **more: int) -> Profile:
    spread = {place: set(partitions) for place in rows}
    handled = Counter({Queue.EVENTS: number})
    return Profile(number, more.get("requests", 0), Counter(rows), partitions=spread, handled=handled)


def found(rows: list[Used], begins: str) -> Used:
    return next(row for row in rows if row.what.startswith(begins))


def used_by(of_kind: Profile, programme: Programme = TEN_A_SECOND) -> list[Used]:
    return used({"a kind": Kind(1, of_kind)}, programme, Limits(), CPU)


def test_a_partition_that_gets_more_than_it_takes_is_named_hot_with_its_remedy(
    capsys: pytest.CaptureFixture[str],
) -> None:
    rows = used_by(profile({WORK: 30}))
    due = found(rows, "work due")
    assert (due.a_second, due.share(10)) == (300, 1.5)
    show_used(rows, 10)
    printed = capsys.readouterr().out
    assert f"- work due (1), hottest partition: from 4.0 times the mean load on. {PARTITION_REMEDY}." in printed


def test_a_partition_is_hot_above_three_fifths_of_its_limit_and_not_at_it() -> None:
    assert not Used("a partition", 120, 2_000, "").is_hot(10)
    assert Used("a partition", 121, 2_000, "").is_hot(10)


def test_where_nothing_is_hot_it_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    show_used([Used("a partition", 120, 2_000, "")], 10)
    assert "above 60% of a limit at 10 times the mean load: nothing" in capsys.readouterr().out


def test_rows_spread_by_a_hash_are_divided_by_the_partitions_that_the_handlers_used() -> None:
    sixteen = [f"due~{number:02}" for number in range(16)]
    assert found(used_by(profile({WORK: 32}, sixteen)), "work due").a_second == 20


def test_the_hottest_partner_is_the_largest_and_the_hottest_customer_the_busiest() -> None:
    programme = Programme(largest=600_000, events_a_day=864_000, busiest=0.01)
    rows = used_by(profile({Place(Table.PARTNERS, PARTNER): 3, OF_A_CUSTOMER: 2}), programme)
    assert found(rows, "partners").a_second == pytest.approx(6)  # three of each event, a fifth of them of the largest
    assert found(rows, "customers").a_second == pytest.approx(0.2)


def test_an_account_takes_requests_of_tables_and_three_calls_of_each_message() -> None:
    rows = used_by(profile({}, requests=5))
    assert found(rows, "storage account").a_second == 10 * (5 + 3)
    assert found(rows, "eligibility-events, messages").a_second == 10
    strict = found(rows, "eligibility-events, if put")
    assert (strict.a_second, strict.remedy) == (30, QUEUE_REMEDY)
    assert found(rows, "Service Bus").a_second == 20


def test_cores_are_those_of_messages_and_of_the_customers_decided_again() -> None:
    rows = used({"a kind": Kind(1, profile({}), again=60)}, TEN_A_SECOND, Limits(), CPU)
    assert found(rows, "Functions").a_second == pytest.approx(10 * (0.004 + 60 * 0.002))


def test_kinds_count_by_their_share_and_by_the_event() -> None:
    kinds = {"often": Kind(0.9, profile({WORK: 100}, number=100)), "seldom": Kind(0.1, profile({WORK: 11}))}
    assert found(used(kinds, TEN_A_SECOND, Limits(), CPU), "work due").a_second == pytest.approx(10 * (0.9 + 1.1))


def test_a_kind_costs_what_one_event_of_it_takes() -> None:
    of_two = profile({}, number=2, requests=10)
    of_two.handled[Queue.RECOMPUTE], of_two.sent[Queue.NOTIFICATIONS] = 4, 6
    given = counted(Kind(1, of_two, log_bytes=500, sampled_bytes=400))
    numbers = (given.table_calls, given.events, given.recomputes, given.notifications, given.log_bytes)
    assert list(map(int, numbers)) == [5, 1, 2, 3, 500]


def walked(seconds: float, number: int, chains: int = 1) -> Profile:
    walk = profile({}, number=number, requests=number // 1000)
    walk.seconds, walk.at_once[Table.CUSTOMERS], walk.rows[OF_A_CUSTOMER] = seconds, chains, number
    return walk


def test_a_walk_takes_for_each_customer_more_what_it_took_for_each_between_the_two_measured() -> None:
    walks = Walked([walked(5, 1_000), walked(6, 2_000)])
    assert walks.seconds(1_000_000) == pytest.approx(6 + 998)
    assert walks.requests(1_000_000) == pytest.approx(1_000)


PACE = Pace(Limits(), account=0.5, cpu=0.002, at_once=24, batch=16)


def job(
    rows: dict[Place, int] | None = None, partitions: Iterable[str] = ("one",), messages: int = 0, notified: int = 0
) -> Job:
    stay = profile({OF_A_CUSTOMER: 200}, number=100, requests=200)
    change = profile({OF_A_CUSTOMER: 400, **(rows or {})}, partitions, number=100, requests=500)
    stay.seconds = change.seconds = 0.1
    change.sent[Queue.NOTIFICATIONS] = notified
    walks = Walked([walked(1, 1_000), walked(1.1, 2_000)])
    for walk in walks.walks:
        walk.sent[Queue.RECOMPUTE] = messages * walk.number // 1_000
    return Job("a job", 100_000, 0.1, 3, walks, DecidedAgain(stay, change))


def test_few_instances_wait_for_their_processors_and_many_for_their_share_of_the_account() -> None:
    one, forty = (estimate(job(), number, PACE, lambda *_: 0.0) for number in (1, 40))
    assert (one.slowest, forty.slowest) == ("processors", "50% of the account")
    assert one.whole == pytest.approx(200)
    assert forty.whole == pytest.approx((100_000 * 2.3 + 100) / 10_000)


def test_reads_of_partners_take_requests_of_the_account() -> None:
    without, reading = (estimate(job(), 40, PACE, lambda *_, reads=reads: reads) for reads in (0.0, 1.0))
    assert reading.whole - without.whole == pytest.approx(10)
    assert reading.partner_reads == 1


def test_a_get_takes_many_messages_of_the_recompute_queue() -> None:
    one, many = (estimate(job(messages=1_000), 40, replace(PACE, batch=batch), lambda *_: 0.0) for batch in (1, 16))
    assert one.whole - many.whole == pytest.approx(1_000 * 100 * (1 - 1 / 16) / 10_000)


def test_over_service_bus_notifications_take_credits_and_no_request_of_the_account() -> None:
    storage, bus = (
        estimate(job(notified=100), 40, replace(PACE, service_bus=over), lambda *_: 0.0) for over in (False, True)
    )
    assert storage.seconds["notifications"] == pytest.approx(10_000 / 2_000)
    assert bus.seconds["notifications"] == pytest.approx(10_000 / 500)
    assert storage.seconds["50% of the account"] - bus.seconds["50% of the account"] == pytest.approx(3)


@pytest.mark.parametrize(("chains", "seconds"), [(1, 1_000), (16, 62.5), (64, 62.5)])
def test_a_walk_reads_as_many_partitions_at_a_time_as_it_has_chains(chains: int, seconds: float) -> None:
    walks = [profile({WORK: count}, "0123456789abcdef", number=count) for count in (1_000, 2_000)]
    for walk in walks:
        walk.at_once[Table.WORK] = chains
    again = DecidedAgain(profile({}, number=100), profile({}, number=100))
    again.stay.seconds = again.change.seconds = 0.1
    found = estimate(Job("a job", 2_000_000, 0, 3, Walked(walks), again), 40, PACE, lambda *_: 0.0)
    assert found.seconds["the partition of work due"] == pytest.approx(seconds)


def test_a_partition_that_all_customers_share_holds_them_up_and_many_partitions_do_not() -> None:
    rows = {WORK: 1_000}
    alone = estimate(job(rows=rows), 40, PACE, lambda *_: 0.0)
    spread = estimate(job(rows=rows, partitions="0123456789abcdef"), 40, PACE, lambda *_: 0.0)
    assert alone.slowest == "the partition of work due"
    assert alone.whole == pytest.approx(50)
    assert spread.seconds["the partition of work due"] == pytest.approx(50 / 16)
    assert spread.slowest == "50% of the account"


def test_sizes_of_partners_fall_from_the_largest_and_are_all_attachments_together() -> None:
    shares = sizes(Programme(partners=1_000))
    assert shares[0] == pytest.approx(200_000 / 3_000_000, rel=1e-3)
    assert shares == sorted(shares, reverse=True)
    assert sum(shares) == pytest.approx(1)


def test_a_process_reads_a_partner_again_after_half_a_minute_and_not_before() -> None:
    read = partial(reads_each, [1.0], 1, 1, 10)
    assert read(6_000) == pytest.approx(2 / 6_000)
    assert read(KEPT_FOR.total_seconds() * 10 - 1) == pytest.approx(1 / 3_000, rel=0.01)


def test_a_faster_process_reads_the_same_partners_for_more_customers() -> None:
    slow, fast = (reads_each([1 / 100] * 100, 100, 3, a_second, 10**6) for a_second in (20, 80))
    assert slow == pytest.approx(100 / 6_000, rel=0.1)
    assert fast == pytest.approx(slow / 4, rel=0.1)


def test_of_more_partners_than_are_kept_each_customer_reads_those_that_are_not() -> None:
    shares = [1 / 20_000] * 20_000
    assert reads_each(shares, 20_000, 3, 20, 10**6) == pytest.approx(3 * (1 - MOST / 20_000), rel=0.3)


def test_a_partner_of_which_customers_have_copies_is_not_read() -> None:
    shares = sizes(Programme(partners=1_000, largest=20_000, customers=100_000))
    small = small_from(shares, Programme(partners=1_000, largest=20_000, customers=100_000))
    assert shares[small - 1] * 300_000 >= SMALL > shares[small] * 300_000
    assert reads_each(shares, 0, 3, 100, 6_000) == 0
    assert reads_each(shares, small, 3, 100, 6_000) <= small / 6_000
