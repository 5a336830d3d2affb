"""Bugs that 1,000 seeds of random simulation do not see and that exploring does; as in ``tests/mutants``."""

from tests.mutants.planted import Planted

PLANTED = {
    Planted(
        "a fan-out's progress is noted before its page is handed on",
        "shared/workflow/partner_fan_out.py",
        "        await send_recompute(ports, page, _reason(fan_out))\n        past = fan_out.past(page, steps.PAGE)\n",
        "        past = fan_out.past(page, steps.PAGE)\n"
        "        if (early := await noted(ports, past)) is None:\n"
        "            return\n"
        "        await send_recompute(ports, page, _reason(fan_out))\n"
        "        past = early\n",
    ): "a partner has changed",
    Planted(
        "a message is marked as put back before it is",
        "shared/workflow/end_quarantined.py",
        "    await _send(ports, message.queue, message.body)\n"
        "    return await _end(ports, message, Ending(REDRIVEN, ports.timestamp(), who.name, who.verified))\n",
        "    ended = await _end(ports, message, Ending(REDRIVEN, ports.timestamp(), who.name, who.verified))\n"
        "    await _send(ports, message.queue, message.body)\n"
        "    return ended\n",
    ): "workers have died",
    Planted(
        "an abandoned fan-out is dropped though it was opened again",
        "shared/workflow/steps.py",
        "await ports.fan_outs.drop(early)",
        "await ports.fan_outs.close(early)",
    ): "workers have died beside an older version",
    Planted(
        "a fan-out opened again long after a failed try keeps its old time",
        "shared/storage/fan_outs.py",
        "            if _age(stored, fan_out) <= _LONG_AGO:",
        "            if _age(stored, fan_out) >= timedelta():",
    ): "workers have died beside an older version",
    Planted(
        "the sweep drops an outbox before it is told",
        "shared/workflow/sweep.py",
        '    await relay(ports, Committed(loaded.state, loaded.etag or "", {}, outbox=found))\n',
        "    await ports.work.close_outbox(outbox)\n"
        '    await relay(ports, Committed(loaded.state, loaded.etag or "", {}, outbox=found))\n',
    ): "workers have died",
    Planted(
        "rules are changed whatever stands",
        "shared/storage/rule_sets.py",
        "[Write(_state_row(state), state.etag),",
        '[Write(_state_row(state), state.etag and "*"),',
    ): "nothing waits",
    Planted(
        "a date is forgotten after a slower first decision entered it again",
        "shared/workflow/recompute.py",
        "            await _forget_day(ports, customer_id, message.reason)\n"
        "            await _touch(ports, loaded, message.reason)\n",
        "            await _touch(ports, loaded, message.reason)\n"
        "            await _forget_day(ports, customer_id, message.reason)\n",
    ): "a day has come",
    Planted(
        "a notification is marked as sent whatever version stands",
        "shared/storage/customers.py",
        '{"sent": sequence, **noted})\n        return await self._store.merge(Table.CUSTOMERS, row, etag)\n',
        '{"sent": sequence, **noted})\n        return await self._store.merge(Table.CUSTOMERS, row, "*")\n',
    ): "nothing waits",
    Planted(
        "an erasure deletes rows whatever version stands",
        "shared/storage/erasures.py",
        "row.partition, row.key, row.etag)",
        "row.partition, row.key)",
    ): "a customer is erased",
    Planted(
        "an erasure does not touch the customer before it deletes rows",
        "shared/workflow/erase.py",
        "    if loaded.state.is_erased:\n        await ports.customers.touch(loaded, ports.timestamp())\n",
        "        await at_once(ports.erasures.delete",
    ): "a customer is erased",
    Planted(
        "the last pass of an erasure does not wait",
        "shared/workflow/erase.py",
        "and ports.timestamp() <= erasure.erased_at",
        "and False",
    ): "an erasure is asked for",
    Planted(
        "an erased customer stays in the index of a partner whom a lost delivery attached",
        "shared/workflow/receive_event.py",
        "            await _forget_attachments(ports, loaded, events)",
        "            pass",
    ): "an erasure is asked for",
}
