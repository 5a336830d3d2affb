"""Bugs to plant: each a real mistake in the protocol, as a change of one place in the source.

Each text must stand exactly once in its file; a test holds that, so that the list keeps up with the code.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Planted:
    """One bug: what it does wrong, and the text to replace."""

    name: str
    file: str
    right: str
    wrong: str


PLANTED = [
    Planted(
        "a partner that was decoded once is not decoded again, whatever was written meanwhile",
        "shared/storage/decoded.py",
        "if kept is not None and kept[0] == version:",
        "if kept is not None:",
    ),
    Planted(
        "a customer is committed whatever version stands",
        "shared/storage/customers.py",
        "return await self._store.write(Table.CUSTOMERS, row, etag)",
        'return await self._store.write(Table.CUSTOMERS, row, "*")',
    ),
    Planted(
        "the outbox row is deleted before the notification is sent",
        "shared/workflow/relay.py",
        "            made = customer.made.get(sequence)\n",
        "            await ports.work.close_outbox(Outbox(state.customer_id, sequence))\n"
        "            customer = await _marked_sent(ports, customer, sequence)\n"
        "            made = customer.made.get(sequence)\n",
    ),
    Planted(
        "notifications have random ids",
        "shared/domain/notification.py",
        '"id": f"{customer_id}/{sequence}",',
        '"id": __import__("secrets").token_hex(8),',
    ),
    Planted(
        "a write lays properties over old ones instead of replacing the row",
        "local/commands/backup/memory_store.py",
        "        self._check(table, row, etag)\n        return self._put(table, row, row.properties)\n",
        "        return await self.merge(table, row, etag or ANY) if etag else "
        "(self._check(table, row, etag), self._put(table, row, row.properties))[1]\n",
    ),
    Planted(
        "a repeated event does not drain the outbox it finds",
        "shared/workflow/receive_event.py",
        "    decided = await relayed(ports, await until_first(ports, attempt))\n",
        "    done = await until_first(ports, attempt)\n"
        "    decided = await relayed(ports, done) if done.made else Entry({})\n",
    ),
    Planted(
        "the fan-out is handed on before the partner is written",
        "shared/workflow/partner_facts.py",
        "        opened += await ports.fan_outs.open(fan_out)\n",
        "        opened += await ports.fan_outs.open(fan_out)\n"
        "        from shared.workflow.recompute import recompute\n"
        "        from shared.domain.recompute import FanOutStep\n"
        "        await recompute(ports, FanOutStep(fan_out.id).to_bytes(), 1)\n"
        "        await ports.fan_outs.close(fan_out)\n",
    ),
    Planted(
        "the partner is read before its index row is written",
        "shared/workflow/decide.py",
        "    entered = await _enter_in_indexes(ports, facts)\n    decided, recorded =",
        "    first = await _decided(ports, facts, cause, gathering)\n"
        "    entered = await _enter_in_indexes(ports, facts)\n    decided, recorded = first\n    _ =",
    ),
    Planted(
        "a fan-out ignores how far it has come",
        "shared/workflow/partner_fan_out.py",
        "fan_out.place, steps.PAGE, fan_out.until)",
        '"", steps.PAGE, fan_out.until)',
    ),
    Planted(
        "a fan-out's progress is written whatever version stands",
        "shared/storage/fan_outs.py",
        "return await _ROWS.write(self._store, fan_out, fan_out.etag)",
        'return await _ROWS.write(self._store, fan_out, "*")',
    ),
    Planted(
        "the event that arrives last wins",
        "shared/domain/registers.py",
        "return mine > theirs if mine != theirs else self.stamp > other.stamp",
        "return self.stamp != other.stamp",
    ),
    Planted(
        "of two events with one time, source and id the first to arrive wins",
        "shared/domain/registers.py",
        "return mine > theirs if mine != theirs else self.stamp > other.stamp",
        "return mine > theirs",
    ),
    Planted(
        "a customer not attached any more is not written by a recompute",
        "shared/workflow/recompute.py",
        "            await _touch(ports, loaded, message.reason)\n",
        "",
    ),
    Planted(
        "a recompute that changes nothing does not write",
        "shared/workflow/decide.py",
        "        etag = await ports.customers.commit(decided, loaded.etag, recorded, loaded.room(facts, limit))\n",
        "        if not recorded and facts is loaded.state:\n"
        "            return Committed(facts, loaded.etag or '', {})\n"
        "        etag = await ports.customers.commit(decided, loaded.etag, recorded, loaded.room(facts, limit))\n",
    ),
    Planted(
        "a partner that was read decides however new the customer's evidence is",
        "shared/gathering.py",
        " or state.partner.revision < at_least:",
        ":",
    ),
    Planted(
        "a partner that was read decides a customer whose evidence does not name it yet",
        "shared/gathering.py",
        "if state is None or at_least is None or state.partner.revision < at_least:",
        "if state is None or state.partner.revision < (at_least or 0):",
    ),
    Planted(
        "partners read before a change of rules was seen decide after it",
        "shared/gathering.py",
        "        if epoch > self._epoch:\n",
        "        if epoch > 10**15:\n",
    ),
    Planted(
        "partners that were read are kept for ever",
        "shared/gathering.py",
        " if read_at and abs(self._now() - read_at) < KEPT_FOR else None",
        "",
    ),
    Planted(
        "of two reads of a partner at once the last to end is kept",
        "shared/gathering.py",
        " or self.kept(partner_id, state.partner.revision + 1):",
        ":",
    ),
    Planted(
        "a copy of a partner decides however new the customer's evidence is",
        "shared/gathering.py",
        "if copy and copy.revision == at_least and not",
        "if copy and at_least is not None and not",
    ),
    Planted(
        "a copy of a partner decides in place of a newer one that is kept",
        "shared/gathering.py",
        " and not self._gathering.kept(partner_id, at_least):",
        ":",
    ),
    Planted(
        "copies of partners that are not whole are used",
        "shared/domain/partner_copies.py",
        "    return copies if start == len(summaries) else {}\n",
        "    return copies\n",
    ),
    Planted(
        "a copy of a partner says that nothing is stored of it",
        "shared/storage/partners.py",
        "decompressed_json(copy.summary), copy.stored, summary",
        "decompressed_json(copy.summary), 0, summary",
    ),
    Planted(
        "a copy of a partner decides because of a date",
        "shared/workflow/recompute.py",
        "isinstance(reason, RulesChanged | Upgraded):\n        return WithCopies(",
        "isinstance(reason, RulesChanged | Upgraded | DayCame):\n        return WithCopies(",
    ),
    Planted(
        "a copy of the partner that changed decides because of its change",
        "shared/workflow/recompute.py",
        "isinstance(reason, RulesChanged | Upgraded):\n        return WithCopies(",
        "isinstance(reason, RulesChanged | Upgraded | PartnerChanged):\n        return WithCopies(",
    ),
    Planted(
        "a customer has copies of partners as large as they may be",
        "shared/domain/partner_copies.py",
        "if takes <= room and (",
        "if (",
    ),
    Planted(
        "a customer whose state needs the room of its row has copies of partners beside it",
        "shared/storage/customers.py",
        " and len(data) <= _MOST_BESIDE_COPIES",
        "",
    ),
    Planted(
        "of two copies of partners the second is read from where the first begins",
        "shared/domain/partner_copies.py",
        "        start += size\n",
        "",
    ),
    Planted(
        "a copy of a partner is not compared with what is stored",
        "local/commands/repairing/reconcile_customer.py",
        "if not of_copy(name, copy).decides_as(partner):",
        "if of_copy(name, copy) is partner:",
    ),
    Planted(
        "kept rules are used however new the customer's evidence is",
        "shared/rule_books.py",
        "if self._book is not None and at_least is not None and self._book.epoch >= at_least and not self._is_old():",
        "if self._book is not None and at_least is not None:",
    ),
    Planted(
        "a first decision uses kept rules",
        "shared/workflow/decide.py",
        "await ports.rule_books.book(evidence.epoch if is_entered(ports, facts) else None)",
        "await ports.rule_books.book(evidence.epoch)",
    ),
    Planted(
        "the date of a customer can go back",
        "shared/workflow/decide.py",
        "    on = evidence.next_on(ports.today())\n",
        "    on = ports.today()\n",
    ),
    Planted(
        "a due date gets no row",
        "shared/workflow/decide.py",
        "        rows.append(partial(ports.work.add_due, decided.customer_id, decided.due_on))\n",
        "        pass\n",
    ),
    Planted(
        "who has too many dates ahead is due on no day",
        "shared/workflow/decide.py",
        "        stored_decision(decision, assessment.due_on),\n",
        "        decision,\n",
    ),
    Planted(
        "nobody is decided again at a day of warning",
        "shared/rules/forecast/__init__.py",
        "        change = min(change or loses_on, _next_warning(rules, expiring, loses_on, on))\n",
        "        change = change or loses_on\n",
    ),
    Planted(
        "other days of warning of a rule set to come are not looked at",
        "shared/rules/forecast/__init__.py",
        "    for end, following in (*rules.later, (loses_on, None)):\n        until",
        "    for end, following in [(loses_on, None)]:\n        until",
    ),
    Planted(
        "a walk is cut before the day on which a loss is near",
        "shared/rules/forecast/__init__.py",
        "else max(room, bisect_right(dates, least))\n",
        "else max(room, 0)\n",
    ),
    Planted(
        "who has too many dates ahead is looked at again on the last alone",
        "shared/rules/forecast/__init__.py",
        "max(known - rules.largest_step, 1)",
        "max(known, 1)",
    ),
    Planted(
        "a notification of a near loss has the type of others",
        "shared/domain/notification.py",
        "EXPIRING if is_same else CHANGED",
        "CHANGED",
    ),
    Planted(
        "after an older version's turn nobody knows what was told of a near loss",
        "shared/storage/customers.py",
        "        _decision(row, document),\n",
        '        document["decision"],\n',
    ),
    Planted(
        "a repair forgets what was told of a near loss",
        "shared/workflow/repair_customer.py",
        '        "expiring": outcome.expiring.to_json() if outcome.expiring else None,\n',
        "",
    ),
    Planted(
        "rules to come are not looked at",
        "shared/rules/forecast/__init__.py",
        "    for end, following in (*rules.later, (None, None)):\n",
        "    for end, following in [(None, None)]:\n",
    ),
    Planted(
        "rules to come that cannot be read are taken for none",
        "shared/rules/forecast/__init__.py",
        "            return Walk(walked, end - _ONE_DAY)\n",
        "            return Walk(walked, None)\n",
    ),
    Planted(
        "the reasons of a decision are made of newer facts of a partner",
        "shared/workflow/reasons.py",
        "    if any(evidence.partners.get(each.partner_id) != each.revision for each in partners.values()):\n",
        "    if any(evidence.partners.get(each.partner_id) is None for each in partners.values()):\n",
    ),
    Planted(
        "the reasons of a decision are made as of today",
        "shared/workflow/reasons.py",
        'date.fromisoformat(decision["decidedOn"]))\n',
        "ports.today())\n",
    ),
    Planted(
        "a due row is deleted though nothing was decided",
        "shared/workflow/due_parts.py",
        "        await self._sending.each(lambda message: send_recompute(ports, *message), messages)\n",
        "        await self._sending.each(ports.work.delete_due, rows)\n",
    ),
    Planted(
        "an outbox gets no row",
        "shared/workflow/decide.py",
        "    if is_recorded or outbox.commit:\n",
        "    if outbox.commit:\n",
    ),
    Planted(
        "a fan-out gets no row before it is needed",
        "shared/workflow/partner_facts.py",
        "        opened += await ports.fan_outs.open(fan_out)\n",
        "        pass\n",
    ),
    Planted(
        "the epoch goes back when a version is retired",
        "shared/workflow/change_rules.py",
        "epoch, action = ports.number_after(state.epoch),",
        "epoch, action = ports.number_after(state.epoch) if to == ACTIVE else state.epoch,",
    ),
    Planted(
        "what fails for the last time is dropped",
        "shared/workflow/keep.py",
        '        await _keep(ports, queue, message.body, f"failed {attempt} times, last with: {named}", (), attempt)\n',
        '        _log.warning("dropped", fault=told)\n',
    ),
    Planted(
        "one customer that fails takes all of its message with it",
        "shared/workflow/recompute.py",
        "    if faults and (len(ends) == 1 or len(passing) == len(ends)):\n",
        "    if faults:\n",
    ),
    Planted(
        "a redriven message is sent again by every call",
        "shared/api/quarantine_endings.py",
        "    if message.state == REDRIVEN:\n        return answer(message)\n",
        "",
    ),
    Planted(
        "recorded decisions are not in the transaction of the state",
        "shared/storage/customers.py",
        "        key = keys.recorded_decision(state.customer_id, state.sequence)\n        record =",
        "        etag = await self._store.write(Table.CUSTOMERS, row, etag)\n"
        "        key = keys.recorded_decision(state.customer_id, state.sequence)\n        record =",
    ),
    Planted(
        "a fan-out opened again long after a failed try keeps its old time",
        "shared/storage/fan_outs.py",
        "            if _age(stored, fan_out) <= _LONG_AGO:",
        "            if _age(stored, fan_out) >= timedelta():",
    ),
    Planted(
        "an abandoned fan-out is dropped though it was opened again",
        "shared/workflow/steps.py",
        "await ports.fan_outs.drop(early)",
        "await ports.fan_outs.close(early)",
    ),
    Planted(
        "a poison message that cannot be kept is left to expire",
        "shared/workflow/keep.py",
        '        await ports.sender.send(queue, Message(body, delay=_SHORTEST_DELAY))\n        _log.warning("put back"',
        '        _log.warning("put back"',
    ),
    Planted(
        "a date is forgotten by a process for which it has not come",
        "shared/workflow/recompute.py",
        "            if day > ports.today():\n",
        "            if not day:\n",
    ),
    Planted(
        "a date is forgotten after a slower first decision entered it again",
        "shared/workflow/recompute.py",
        "            await _forget_day(ports, customer_id, message.reason)\n"
        "            await _touch(ports, loaded, message.reason)\n",
        "            await _touch(ports, loaded, message.reason)\n"
        "            await _forget_day(ports, customer_id, message.reason)\n",
    ),
    Planted(
        "a partner's fan-out is opened for a fact that cannot be kept",
        "shared/workflow/partner_facts.py",
        "    writes = ports.partners.writes(",
        "    fan_out = FanOut(partner.partner_id, partner.revision, at=ports.timestamp())\n"
        "    await ports.fan_outs.open(fan_out)\n    writes = ports.partners.writes(",
    ),
    Planted(
        "a follower ends before its leader commits",
        "shared/together.py",
        "                self.items.append(place.item)\n",
        "                self.items.append(place.item)\n"
        "                place.turn.set_result({'result': 'applied'})  # type: ignore[arg-type]\n",
    ),
    Planted(
        "the leader's failure is swallowed by those it serves",
        "shared/together.py",
        "            _end(group, [fault] * len(group.others))\n",
        "            _end(group, [{'result': 'applied'}] * len(group.others))  # type: ignore[list-item]\n",
    ),
    Planted(
        "whom a cancelled leader took along is forgotten",
        "shared/together.py",
        "            line.extendleft(reversed(group.others))\n",
        "            pass\n",
    ),
    Planted(
        "a call cancelled as it is chosen to lead leads nobody",
        "shared/together.py",
        "            if not place.turn.cancelled() and place.turn.result() is None:",
        "            if not place.turn:",
    ),
    Planted(
        "a serving that gives too few ends leaves the rest to wait",
        "shared/together.py",
        "            ends = await serve(group)\n            _end(group, ends[1:])\n",
        "            ends = await serve(group)\n"
        "            for place, end in zip(group.others, ends[1:], strict=False):\n"
        "                place.turn.done() or place.turn.set_result(end)  # type: ignore[func-returns-value]\n",
    ),
    Planted(
        "a call whose loop is gone can be chosen to lead",
        "shared/together.py",
        "            place.turn.cancel()",
        "            pass",
    ),
    Planted(
        "events together are applied as they came",
        "shared/workflow/applied.py",
        "    return sorted(events, key=lambda event: event.register.stamp) if len(events) > 1 else events\n",
        "    return events\n",
    ),
    Planted(
        "the cause of a decision is the leader's event",
        "shared/workflow/receive_event.py",
        "cause = (changed or told)[-1]",
        "cause = events[0]",
    ),
    Planted(
        "the cause of a decision is the greatest event, though it changed no register",
        "shared/workflow/receive_event.py",
        "cause = (changed or told)[-1]",
        "cause = told[-1]",
    ),
    Planted(
        "events together past a cap fail whole",
        "shared/workflow/receive_event.py",
        "        if len(group.items) == 1:\n            raise\n",
        "        raise\n",
    ),
    Planted(
        "messages end before the notification of their decision is sent",
        "shared/workflow/receive_event.py",
        "    decided = await relayed(ports, await until_first(ports, attempt))\n",
        "    done, decided = await until_first(ports, attempt), Entry({})\n"
        "    __import__('asyncio').get_running_loop().create_task(relayed(ports, done))\n",
    ),
    Planted(
        "of a partner's facts together only the last names its fan-out",
        "shared/workflow/partner_facts.py",
        "    rows = [_row(event, row, revision) for",
        "    rows = [_row(event, row, revision if event is applied[-1] else 0) for",
    ),
    Planted(
        "a partner's fact is written whatever version stands",
        "shared/workflow/partner_facts.py",
        "    return PartnerFactRow(event.kind, event.key, event.register, revision, over.etag, over.unknown)\n",
        '    return PartnerFactRow(event.kind, event.key, event.register, revision, "*", over.unknown)\n',
    ),
    Planted(
        "a partner's facts are never read again",
        "shared/workflow/partner_facts.py",
        "        if state.etag == read_over:",
        "        if not read_over:",
    ),
    Planted(
        "a failure that is not the message's own uses up its attempts",
        "shared/workflow/keep.py",
        "        await _retry_later(ports, queue, message, str(fault), attempt)\n",
        '        await _keep(ports, queue, message.body, f"failed {attempt} times, last with: {fault}", (), attempt)\n',
    ),
    Planted(
        "a message put back forgets when it was first tried",
        "shared/workflow/keep.py",
        "    return min(message.since or now, now)",
        "    return now",
    ),
    Planted(
        "a message is put back without a delay",
        "shared/workflow/keep.py",
        "Message(replace(message, since=since).to_bytes(), delay=delay)",
        "Message(replace(message, since=since).to_bytes())",
    ),
    Planted(
        "a clock that is ahead ends a message's day",
        "shared/workflow/keep.py",
        "    if message.copies >= FEWEST_COPIES and",
        "    if message.copies and",
    ),
    Planted(
        "quarantine holds the envelope",
        "shared/workflow/keep.py",
        '    await _keep(ports, queue, message.body, f"{reason}{before}", (), attempts)\n',
        '    await _keep(ports, queue, body, f"{reason}{before}", (), attempts)\n',
    ),
    Planted(
        "a valid message whose tries were lost is put back for ever",
        "shared/workflow/keep.py",
        "replace(message, lost=message.lost + 1)",
        "replace(message, lost=message.lost)",
    ),
    Planted(
        "a question goes on though the rules changed while it ran",
        "shared/workflow/population/walk.py",
        "    if (await ports.rule_books.book(None)).epoch == question.epoch:\n",
        "    if True:\n",
    ),
    Planted(
        "a question takes the rules that it read before a page for those that there are after it",
        "shared/workflow/population/walk.py",
        "    if (await ports.rule_books.book(None)).epoch == question.epoch:\n",
        "    if (await ports.rule_books.book(question.epoch)).epoch == question.epoch:\n",
    ),
    Planted(
        "the pages of a question that counts expire",
        "shared/workflow/retention.py",
        "    if not _is_expired(ports, question.at) or",
        "    if not ports.is_older(question.at, REST / 2) or",
    ),
    Planted(
        "a part of a question is written whatever version stands",
        "shared/storage/questions.py",
        "Write(_PARTS.row(part), part.etag)",
        "Write(_PARTS.row(part), part.etag and ANY)",
    ),
    Planted(
        "whoever gets a row in the index while a question runs is counted twice",
        "shared/workflow/population/places.py",
        " and each.entered_at < _began(question)]",
        "]",
    ),
    Planted(
        "a question leaves out whom only the directory has",
        "shared/workflow/population/places.py",
        "    ids = await ports.heads.entered_since(every, _began(question))\n",
        "    ids = list[str]()\n",
    ),
    Planted(
        "five questions run at once",
        "shared/workflow/population/walk.py",
        "        if len(left) >= MOST_AT_ONCE:",
        "        if len(left) > MOST_AT_ONCE:",
    ),
    Planted(
        "a question about a partner's customers counts those that are no longer attached",
        "shared/workflow/population/looking.py",
        " or (only and only.isdisjoint(state.customer.partner_ids)):",
        ":",
    ),
    Planted(
        "the spend at stake is that of the day compared with",
        "shared/workflow/population/comparing.py",
        "side = self.after if kind == GAINED else self.before",
        "side = self.after",
    ),
    Planted(
        "other facts of partners are compared with today",
        "shared/workflow/population/asking.py",
        "        before_on = on if asked.partners else today\n",
        "        before_on = today\n",
    ),
    Planted(
        "a version in force is compared with itself",
        "shared/workflow/population/asking.py",
        "others = [each for each in book.active if each[0] != version]",
        "others = list(book.active)",
    ),
    Planted(
        "a change of rules is held against a question about some customers",
        "shared/workflow/population/asking.py",
        "or asked.partners or asked.only:",
        "or asked.partners:",
    ),
    Planted(
        "an outdated survey is not made again at once",
        "shared/workflow/population/survey.py",
        "    return last.out_of_date or ports",
        "    return ports",
    ),
    Planted(
        "what 0.2.0 had counted of a preview can be held against a change",
        "shared/workflow/population/walk.py",
        "out_of_date=True, epoch=0, at",
        "out_of_date=True, at",
    ),
    Planted(
        "the nearest are those of the last page",
        "shared/workflow/population/survey.py",
        "itertools.chain(nearest, found)",
        "found",
    ),
    Planted(
        "a question ends before all its parts were begun",
        "shared/workflow/population/walk.py",
        "    if len(parts) < len(names_of(question)) or not all",
        "    if not all",
    ),
    Planted(
        "a change counts as superseded though it was finished before",
        "shared/api/rule_sets.py",
        "book.epoch > change.epoch and not progress.is_finished",
        "book.epoch > change.epoch",
    ),
    Planted(
        "what decided is compared as it is written",
        "shared/workflow/population/comparing.py",
        "None if leaf.verdict is Verdict.MET else comparable(leaf.required)",
        "None if leaf.verdict is Verdict.MET else str(leaf.required)",
    ),
    Planted(
        "what a later version added to a customer is dropped",
        "shared/storage/customers.py",
        "        **state.unknown.members,\n",
        "",
    ),
    Planted(
        "what a later version added to a fan-out is dropped when it is opened again",
        "shared/storage/fan_outs.py",
        "replace(fan_out, etag=stored.etag, unknown=stored.unknown)",
        "replace(fan_out, etag=stored.etag)",
    ),
    Planted(
        "a row of a later format is read as if it were of this one",
        "shared/storage/checked.py",
        "    if number is not None and not (isinstance(number, int) and number <= NEWEST):\n",
        "    if number is not None and not isinstance(number, int):\n",
    ),
    Planted(
        "a rule set of a later version is held against the event that needs it",
        "shared/rule_books.py",
        "    except PermanentError as fault:\n        named =",
        "    except ZeroDivisionError as fault:\n        named =",
    ),
    Planted(
        "an older version looks for the format of decisions at the customer alone",
        "shared/workflow/decide.py",
        "    if max(evidence.decisions, book.decisions) > ports.decisions:\n",
        "    if evidence.decisions > ports.decisions:\n",
    ),
    Planted(
        "an older version looks for the format of decisions at its rules alone",
        "shared/workflow/decide.py",
        "    if max(evidence.decisions, book.decisions) > ports.decisions:\n",
        "    if book.decisions > ports.decisions:\n",
    ),
    Planted(
        "the format of decisions is written before the upgrade's fan-out",
        "shared/workflow/upgrade.py",
        "    await ports.fan_outs.open(fan_out)\n    try:\n"
        "        await ports.rule_sets.save(replace(state, decisions=ports.decisions, upgrade=run))\n",
        "    try:\n"
        "        await ports.rule_sets.save(replace(state, decisions=ports.decisions, upgrade=run))\n"
        "        await ports.fan_outs.open(fan_out)\n",
    ),
    Planted(
        "an upgrade passes over whom an older version decided since",
        "shared/domain/recompute.py",
        "return evidence.decisions >= self.decisions",
        "return evidence.epoch > 0",
    ),
    Planted(
        "a rollback opens an upgrade back",
        "shared/workflow/upgrade.py",
        "    if state is None or ports.decisions < state.decisions:\n",
        "    if state is None:\n",
    ),
    Planted(
        "the note of an older version is deleted whatever was noted since",
        "shared/storage/rule_sets.py",
        "await _OLDER.drop(self._store, older, older.etag)",
        "await _OLDER.drop(self._store, older)",
    ),
    Planted(
        "a partner's revision goes up by one, whatever was given before it went back",
        "shared/domain/partner.py",
        "max(self.revision + 1, least)",
        "self.revision + 1",
    ),
    Planted(
        "the epoch goes up by one, whatever was given before it went back",
        "shared/workflow/change_rules.py",
        "epoch, action = ports.number_after(state.epoch),",
        "epoch, action = state.epoch + 1,",
    ),
    Planted(
        "a number goes up by one where a clock that was ahead gave the one before",
        "shared/ports.py",
        "known + 1 + self.chance.randrange(_STEPS)",
        "known + 1",
    ),
    Planted(
        "a row that went back is accepted at once",
        "shared/workflow/gone_back.py",
        "if not ports.is_older(found.at, ACCEPTED_AFTER):",
        "if not ports.is_older(found.at, timedelta()):",
    ),
    Planted(
        "the time at which a row that went back was last seen counts",
        "shared/storage/gone_back.py",
        "            if stored is None:\n                await _ROWS.write(self._store, found)",
        '            if found:\n                await _ROWS.write(self._store, found, "*")',
    ),
    Planted(
        "a partner that went back is accepted and nobody is decided again",
        "shared/workflow/renew.py",
        "        await ports.fan_outs.open(fan_out)\n        await ports.partners.commit(writes)",
        "        await ports.partners.commit(writes)",
    ),
    Planted(
        "the rules that went back are accepted and nobody is decided again",
        "shared/workflow/renew.py",
        "        await ports.fan_outs.open(fan_out)\n        await ports.rule_sets.save(",
        "        await ports.rule_sets.save(",
    ),
    Planted(
        "a row that went back is accepted under a number that may have been lost",
        "shared/workflow/renew.py",
        "ports.number_after(ports.number_after(known) +",
        "ports.number_after(ports.number_after(0) +",
    ),
    Planted(
        "a customer that meets a row that went back is not entered where it is looked for",
        "shared/workflow/decide.py",
        "        await mend(ports, state, fault)\n",
        "        _ = mend\n",
    ),
    Planted(
        "rules that went back are used by who knew later ones",
        "shared/rule_books.py",
        "        if state.epoch < used:\n",
        "        if state.epoch < (at_least or 0):\n",
    ),
    Planted(
        "a rule set is kept although its version may be of another document by now",
        "shared/rule_books.py",
        "            self._compiled.clear()",
        "            self._compiled.copy()",
    ),
    Planted(
        "whoever loses leaves the fan-outs of the attempts before to be done",
        "shared/workflow/partner_facts.py",
        "    for lost in opened:",
        "    for lost in opened[:0]:",
    ),
    Planted(
        "a clock that is off goes on writing",
        "shared/storage/checked.py",
        "commit(self, table: Table, writes: Sequence[Write]) -> list[str]:\n        self._check_clock()\n",
        "commit(self, table: Table, writes: Sequence[Write]) -> list[str]:\n",
    ),
    Planted(
        "a clock that is off says what day it is",
        "shared/ports.py",
        "        self.storage_clock.check()\n        return self.now().date()\n",
        "        return self.now().date()\n",
    ),
    Planted(
        "a clock that jumps after an answer is not found out",
        "shared/storage_clock.py",
        "self._machine() - self._elapsed() - self._began",
        "self.__dict__.setdefault(str(self._date), self._machine() - self._elapsed() - self._began)",
    ),
    Planted(
        "a clock that is behind counts as right",
        "shared/storage_clock.py",
        "        if abs(self.ahead) > _MOST:\n",
        "        if self.ahead > _MOST:\n",
    ),
    Planted(
        "a notification is sent while the clock is off",
        "shared/workflow/relay.py",
        "            ports.storage_clock.check()  # before a send that could not be noted\n",
        "",
    ),
    Planted(
        "a fan-out's messages are sent while the clock is off",
        "shared/workflow/partner_fan_out.py",
        "    ports.storage_clock.check()  # before messages are sent whose progress would not be noted\n",
        "",
    ),
    Planted(
        "a day that has not come is kept as evidence",
        "shared/domain/customer_state.py",
        "        return today if self.is_of_the_future(today) else max(today, self.on)\n",
        "        return max(today, self.on)\n",
    ),
    Planted(
        "an event that is too old leaves alone whom a clock ahead decided",
        "shared/workflow/receive_event.py",
        "    return state.decision is not None and not state.evidence.is_of_the_future(ports.today())\n",
        "    return state.decision is not None\n",
    ),
    Planted(
        "a recompute leaves alone whom a clock ahead decided",
        "shared/workflow/recompute.py",
        " and not evidence.is_of_the_future(ports.today())",
        "",
    ),
    Planted(
        "what a clock ahead dated is not old until then",
        "shared/ports.py",
        "        return self.age(timestamp) > age\n",
        "        return datetime.fromisoformat(timestamp) < self.now() - age\n",
    ),
    Planted(
        "an outbox dated ahead is dropped before its decision comes",
        "shared/workflow/sweep.py",
        "    if not is_committed and ports.is_ahead(outbox.at):\n",
        "    if False:\n",
    ),
    Planted(
        "a fan-out dated ahead is dropped before its cause comes",
        "shared/workflow/steps.py",
        "    if not ports.is_ahead(early.at):\n",
        "    if True:\n",
    ),
    Planted(
        "a date that a clock ahead sent is waited for",
        "shared/workflow/recompute.py",
        "reason.day - ports.today() > timedelta(days=1)",
        "reason.day - ports.today() > timedelta(days=9999)",
    ),
    Planted(
        "a round over due dates that a clock ahead began is gone on with",
        "shared/workflow/rounds.py",
        "if noted.at and ports.is_ahead(noted.at) else",
        "if not name else",
    ),
    Planted(
        "an answer with another outcome has the sequence of the recorded decision",
        "shared/api/customers.py",
        "on == today and Outcome.of(decision) == state.outcome",
        "on == today",
    ),
    Planted(
        "pairs past the cap are accepted",
        "shared/domain/customer_state.py",
        "        if pairs > MAX_PAIRS and pairs > self.customer.open_pairs:",
        "        if pairs > 2 * MAX_PAIRS and pairs > self.customer.open_pairs:",
    ),
    Planted(
        "the sweep of due dates begins each call at the start",
        "shared/workflow/rounds.py",
        "else replace(noted, over=False)",
        "else Round(name, etag=noted.etag)",
    ),
    Planted(
        "the sweep of due dates does not rest after a large round",
        "shared/workflow/due_parts.py",
        " and not self._ports.is_older(noted.at, REST)\n",
        " and not today\n",
    ),
    Planted(
        "a fact of a full customer cannot be replaced",
        "shared/storage/customers.py",
        "return limit if facts.fact_count > self.state.fact_count else max(limit, self.state.size)",
        "return limit",
    ),
    Planted(
        "a due row of a moved date is deleted whatever was added since",
        "shared/workflow/retention.py",
        "        await ports.work.delete_due(due)",
        "        await ports.work.forget_due(due.customer_id, due.day)",
    ),
    Planted(
        "a due row of a moved date is deleted without a touch of its customer",
        "shared/workflow/retention.py",
        "        await ports.customers.touch(loaded, ports.timestamp())\n",
        "",
    ),
    Planted(
        "a due row is moved by deleting it first",
        "shared/storage/work.py",
        "        await _DUE.merge(self._store, replace(due, part=self._due(due.customer_id, due.day).part))\n"
        "        await self.delete_due(due)\n",
        "        await self.delete_due(due)\n"
        "        await _DUE.merge(self._store, replace(due, part=self._due(due.customer_id, due.day).part))\n",
    ),
    Planted(
        "a due row is moved whatever was added since it was read",
        "shared/storage/work.py",
        "        await self.delete_due(due)\n\n    async def due(",
        "        await self.delete_due(replace(due, etag=ANY))\n\n    async def due(",
    ),
    Planted(
        "what a later version added to a due row is lost when it is moved",
        "shared/storage/work.py",
        "replace(due, part=self._due(due.customer_id, due.day).part)",
        "self._due(due.customer_id, due.day)",
    ),
    Planted(
        "due rows of earlier versions are not moved",
        "shared/workflow/sweep.py",
        "    if not await move_due(ports, LONGEST_SWEEP):\n",
        "    if not ports:\n",
    ),
    Planted(
        "beside an earlier version due rows are where it does not find them",
        "shared/storage/work.py",
        "keys.DUE if self._is_old else keys.due_part(customer_id)",
        "keys.due_part(customer_id)",
    ),
    Planted(
        "parts of due rows are swept while others are moved",
        "shared/workflow/sweep.py",
        "    if not await move_due(ports, LONGEST_SWEEP):\n        return\n",
        "    await move_due(ports, LONGEST_SWEEP)\n",
    ),
    Planted(
        "the last part of due rows is not swept",
        "shared/workflow/sweep.py",
        "await at_once(sweep.part, ports.work.due_parts)",
        "await at_once(sweep.part, ports.work.due_parts[:15])",
    ),
    Planted(
        "a part of due rows that fails stops the others",
        "shared/workflow/due_parts.py",
        "        except Exception as fault:\n            return fault\n        return None\n",
        "        except ZeroDivisionError as fault:\n            return fault\n        return None\n",
    ),
    Planted(
        "pages of due rows are read as fast as can be",
        "shared/workflow/due_parts.py",
        "            if began is not None and part != keys.DUE:\n",
        "            if began is None:\n",
    ),
    Planted(
        "a due row in the wrong part is not moved",
        "shared/workflow/due_parts.py",
        "[row for row in rows if not ports.work.is_in_its_part(row)]",
        "[]",
    ),
    Planted(
        "reconciling does not look where earlier versions have due rows",
        "shared/storage/work.py",
        "for part in (keys.due_part(customer_id), keys.DUE)",
        "for part in (keys.due_part(customer_id),)",
    ),
    Planted(
        "a message that comes again is counted as another one",
        "shared/storage/quarantine.py",
        "        was = stored.fault if stored and stored.is_counted else None\n",
        "        was = None\n",
    ),
    Planted(
        "a message that was put back stays counted as kept",
        "shared/storage/quarantined.py",
        "        return self.state == KEPT and self.partition in keys.QUARANTINES\n",
        "        return self.partition in keys.QUARANTINES\n",
    ),
    Planted(
        "who loses the count to another writer does not mark the message",
        "shared/storage/quarantine.py",
        "            if stored and stored.etag == message.etag:\n                raise\n",
        "            del stored\n",
    ),
    Planted(
        "who puts back a message that is moved does not mark it",
        "shared/storage/quarantine.py",
        "            if stored and stored.partition != message.partition and _is_same(stored, message):\n"
        "                await self.end(stored, ending)\n",
        "",
    ),
    Planted(
        "a message kept again by an earlier version is taken for the one put back",
        "shared/storage/quarantine_lists.py",
        "            if found and found.state == KEPT:\n",
        "            if found:\n",
    ),
    Planted(
        "the quarantine of earlier versions is emptied before its messages are elsewhere",
        "shared/storage/quarantine.py",
        "            if stored is None or (stored.state != KEPT and message.state == KEPT):\n"
        "                await self._keep(stored, home)\n"
        "            await self._store.commit(Table.QUARANTINE, _deletions(_known(message), entries(message)))\n",
        "            await self._store.commit(Table.QUARANTINE, _deletions(_known(message), entries(message)))\n"
        "            if stored is None or (stored.state != KEPT and message.state == KEPT):\n"
        "                await self._keep(stored, home)\n",
    ),
    Planted(
        "messages leave the partition that an earlier version reads",
        "shared/storage/quarantine.py",
        "        if self._is_old:\n            return 0\n",
        "",
    ),
    Planted(
        "messages that are kept expire",
        "shared/storage/quarantine.py",
        'for row in rows if row.properties["state"] != KEPT]',
        "for row in rows]",
    ),
    Planted(
        "a message that is done stays in its group",
        "shared/storage/quarantine.py",
        "    return come + [Write(Row(message.partition, key), ANY, True) for key in sorted(before - after)]\n",
        "    return come\n",
    ),
    Planted(
        "how a message was done is forgotten when it comes again",
        "shared/storage/quarantine.py",
        "                trail=(*stored.trail, *message.trail),\n",
        "",
    ),
    Planted(
        "a count names as many faults as producers think of",
        "shared/storage/kept_counts.py",
        "        return fault if has_room else OTHER\n",
        "        return fault\n",
    ),
    Planted(
        "of many messages those that cannot succeed are put back too",
        "shared/api/quarantine_many.py",
        "lambda message: why_it_fails(ports, message)",
        'lambda _: ""',
    ),
    Planted(
        "a dry run ends messages",
        "shared/api/quarantine_many.py",
        "        if not dry_run and (await change(message)).state == KEPT:\n",
        "        if (await change(message)).state == KEPT:\n",
    ),
    Planted(
        "who ended a message is whoever the caller names",
        "shared/api/quarantine_endings.py",
        "    return Who(caller or given, bool(caller))\n",
        "    return Who(given or caller, bool(caller))\n",
    ),
    Planted(
        "a corrected event is noted before it is queued",
        "shared/workflow/end_quarantined.py",
        "    await _send(ports, Queue.EVENTS.value, corrected)\n"
        "    corrected_id = id_of(Queue.EVENTS.value, corrected)\n"
        "    ending = Ending(RESUBMITTED, ports.timestamp(), who.name, who.verified, corrected=corrected_id)\n"
        "    return await _end(ports, message, ending)\n",
        "    corrected_id = id_of(Queue.EVENTS.value, corrected)\n"
        "    ending = Ending(RESUBMITTED, ports.timestamp(), who.name, who.verified, corrected=corrected_id)\n"
        "    ended = await _end(ports, message, ending)\n"
        "    await _send(ports, Queue.EVENTS.value, corrected)\n"
        "    return ended\n",
    ),
    Planted(
        "the other of two corrections is told that it is the one noted",
        "shared/api/quarantine_endings.py",
        " or message.trail[-1].corrected != id_of(Queue.EVENTS.value, corrected):",
        ":",
    ),
    Planted(
        "a list of one state passes over what an earlier version kept",
        "shared/storage/quarantine_lists.py",
        "        is_indexed = self.state and partition in keys.QUARANTINES\n",
        "        is_indexed = self.state\n",
    ),
    Planted(
        "a short page of a filtered list is taken for the last",
        "shared/storage/quarantine_lists.py",
        "        return found, looked if places and looked != places[-1][0] else None\n",
        "        return found, looked if len(found) == limit and looked != places[-1][0] else None\n",
    ),
    Planted(
        "progress that goes on expires",
        "shared/workflow/retention.py",
        "or (not progressed.is_finished and await _goes_on(ports, of))",
        "",
    ),
    Planted(
        "the pages of a preview that counts expire",
        "shared/workflow/retention.py",
        "        if not _is_expired(ports, preview.at):",
        "        if not ports.is_older(preview.at, REST / 2):",
    ),
    Planted(
        "default rules come back whoever is there",
        "shared/rule_books.py",
        "        if state is None and await self._has_customers():\n",
        "        if state is None and False:\n",
    ),
    Planted(
        "a first customer is entered before there are rules",
        "shared/workflow/decide.py",
        "        await ports.rule_books.before_first_customer()\n",
        "",
    ),
    Planted(
        "a repair does not enter the customer in the directory",
        "shared/workflow/repair_customer.py",
        "    await ports.indexes.enter_in_directory(state.customer_id)\n",
        "",
    ),
    Planted(
        "a repair does not enter the customer in its partners' indexes",
        "shared/workflow/repair_customer.py",
        "    await ports.indexes.enter_attachments(state.customer_id, state.customer.partner_ids)\n",
        "",
    ),
    Planted(
        "a repair writes only those rows of later work that change",
        "shared/workflow/repair_customer.py",
        "decide(ports, _as_if_new(loaded), facts",
        "decide(ports, loaded, facts",
    ),
    Planted(
        "a repair goes on counting below the recorded decisions",
        "shared/workflow/repair_customer.py",
        "facts = await _as_recorded(ports, loaded.state)",
        "facts = loaded.state",
    ),
    Planted(
        "a repair opens no fan-out for a partner",
        "shared/workflow/renew.py",
        "        await ports.fan_outs.open(fan_out)\n        await ports.partners.commit(writes)\n",
        "        await ports.partners.commit(writes)\n",
    ),
    Planted(
        "a detached customer is forgotten without a touch",
        "shared/workflow/recompute.py",
        "    await ports.customers.touch(loaded, ports.timestamp())\n",
        "",
    ),
    Planted(
        "a customer of whom nothing is stored is forgotten without a touch",
        "shared/storage/customers.py",
        "            await self.commit(loaded.state, None)\n",
        "            return\n",
    ),
    Planted(
        "a detached customer is forgotten whoever entered it again",
        "shared/storage/indexes.py",
        "await self._store.delete(Table.ATTACHMENTS, row.partition, row.key, row.etag)",
        "await self._store.delete(Table.ATTACHMENTS, row.partition, row.key)",
    ),
    Planted(
        "a detached customer's index row is read after the touch",
        "shared/workflow/recompute.py",
        "        row = await ports.indexes.attachment(reason.partner_id, state.customer_id)"
        "  # else no attach writes it again\n"
        "    await ports.customers.touch(loaded, ports.timestamp())\n",
        "        await ports.customers.touch(loaded, ports.timestamp())\n"
        "        row = await ports.indexes.attachment(reason.partner_id, state.customer_id)\n"
        "    else:\n"
        "        await ports.customers.touch(loaded, ports.timestamp())\n",
    ),
    Planted(
        "an attach does not enter a customer that is in the index",
        "shared/workflow/decide.py",
        "if each not in facts.evidence.partners]\n",
        "if each not in facts.evidence.partners\n"
        "           and not await ports.indexes.is_attached(each, facts.customer_id)]\n",
    ),
    Planted(
        "a customer is forgotten although its evidence names the partner",
        "shared/workflow/recompute.py",
        " and reason.partner_id not in state.evidence.partners:",
        ":",
    ),
    Planted(
        "detached customers are never forgotten",
        "shared/workflow/recompute.py",
        "            await ports.indexes.delete_attachment(row)\n",
        "            pass\n",
    ),
    Planted(
        "a fan-out opened by two tries is dropped as that of the one that lost",
        "shared/workflow/partner_facts.py",
        "        if lost.id != fan_out_id:",
        "        if True:",
    ),
    Planted(
        "a detached customer is forgotten before it is touched",
        "shared/workflow/recompute.py",
        "    await ports.customers.touch(loaded, ports.timestamp())\n"
        "    if row is not None:\n"
        "        with suppress(Conflict):\n"
        "            await ports.indexes.delete_attachment(row)\n",
        "    if row is not None:\n"
        "        with suppress(Conflict):\n"
        "            await ports.indexes.delete_attachment(row)\n"
        "    await ports.customers.touch(loaded, ports.timestamp())\n",
    ),
    Planted(
        "a newer change is taken over without another lap",
        "shared/workflow/partner_fan_out.py",
        "lap = own.lapping(revision, begun.place, ports.timestamp()) if is_newer else own",
        "lap = replace(own, lap=revision, lap_at=own.place) if is_newer else own",
    ),
    Planted(
        "a fan-out ends with the rows of newer changes",
        "shared/workflow/partner_fan_out.py",
        "        if each.asks_for <= fan_out.asks_for:",
        "        if each.asks_for:",
    ),
    Planted(
        "a fan-out that ends leaves newer changes to a timer",
        "shared/workflow/partner_fan_out.py",
        "        await enqueue(ports, newer[0].id)\n",
        "        pass\n",
    ),
    Planted(
        "a fan-out looks for newer changes before its row is gone",
        "shared/workflow/partner_fan_out.py",
        "    await ports.fan_outs.drop(fan_out)\n"
        "    if not fan_out.is_begun:\n"
        "        return\n"
        '    left = await ports.fan_outs.of_partner(fan_out.partner_id or "")\n',
        '    left = await ports.fan_outs.of_partner(fan_out.partner_id or "")\n'
        "    await ports.fan_outs.drop(fan_out)\n"
        "    if not fan_out.is_begun:\n"
        "        return\n",
    ),
    Planted(
        "a fan-out ends before its last customers are decided",
        "shared/workflow/partner_fan_out.py",
        "    if page:\n        await _decide_or_send(",
        "    await _end(ports, fan_out)\n    if page:\n        await _decide_or_send(",
    ),
    Planted(
        "a customer that cannot be decided holds up its partner's fan-out",
        "shared/workflow/partner_fan_out.py",
        "        await decide(ports, Recompute(tuple(page), _reason(fan_out)))\n    except Exception as fault:\n",
        "        await decide(ports, Recompute(tuple(page), _reason(fan_out)))\n    except KeyError as fault:\n",
    ),
    Planted(
        "a lap goes on beyond where it began",
        "shared/workflow/partner_fan_out.py",
        "fan_out.place, steps.PAGE, fan_out.until)",
        "fan_out.place, steps.PAGE)",
    ),
    Planted(
        "a fan-out that stopped is relied on",
        "shared/workflow/partner_fan_out.py",
        "    return fan_out.is_begun and not ports.is_older(fan_out.at, steps.LEFT_AFTER)\n",
        "    return fan_out.is_begun\n",
    ),
    Planted(
        "the step of a fan-out under way is taken for one that it replaced",
        "shared/laps.py",
        "return fan_out.id != other.id and fan_out.asks_for >= other.revision",
        "return fan_out.asks_for >= other.revision",
    ),
    Planted(
        "the step of a change that a lap does not ask for is taken for one that it replaced",
        "shared/laps.py",
        "return fan_out.id != other.id and fan_out.asks_for >= other.revision",
        "return fan_out.id != other.id",
    ),
    Planted(
        "a lap leaves nothing to a version that knows none",
        "shared/workflow/partner_fan_out.py",
        "    stays = others[-1:] if others[-1].revision > own.revision else []\n",
        "    stays: list[FanOut] = []\n",
    ),
    Planted(
        "a fan-out closes before the messages that it sent",
        "shared/workflow/partner_fan_out.py",
        "        if fan_out.is_over:\n            break\n",
        "        if fan_out.is_over:\n            await _end(ports, fan_out)\n            return\n",
    ),
    Planted(
        "a part of a question that has just made progress is handed on",
        "shared/workflow/population/walk.py",
        " if ports.is_older(since[each], LEFT_AFTER)]",
        "]",
    ),
    Planted(
        "a stopped question of rules that are no longer in force is handed on",
        "shared/workflow/population/walk.py",
        "    if rules is None or rules.epoch != question.epoch or ",
        "    if rules is None or ",
    ),
    Planted(
        "a customer whose recorded decisions no state counts is not repaired",
        "shared/workflow/decide.py",
        "        await repair_customer(ports, customer_id)\n",
        "",
    ),
    Planted(
        "a round that did not come to its end begins at the first again",
        "shared/workflow/rounds.py",
        'now = replace(now, after=after or "", at=ports.timestamp(), over=after is None)',
        'now = replace(now, after="", at=ports.timestamp(), over=after is None)',
    ),
    Planted(
        "a commit that changes only columns of the index opens no row of work",
        "shared/workflow/decide.py",
        "    if is_recorded or outbox.commit:\n",
        "    if is_recorded:\n",
    ),
    Planted(
        "a row of the population index is written whatever version stands",
        "shared/storage/heads.py",
        "        return await _HEADS.merge(self._store, head, etag)\n",
        '        return await _HEADS.merge(self._store, head, "*")\n',
    ),
    Planted(
        "a row of the population index is written over that of a later commit",
        "shared/workflow/index.py",
        "        if stored is None or stored.commit < head.commit:\n",
        "        if stored is None or stored != head:\n",
    ),
    Planted(
        "a row of the population index that is there is entered as unassessed again",
        "shared/storage/heads.py",
        "            return await _HEADS.write(self._store, Head(customer_id, entered_at=at))\n",
        '            return await _HEADS.write(self._store, Head(customer_id, entered_at=at), "*")\n',
    ),
    Planted(
        "a customer is entered in the population index after its rules are read",
        "shared/workflow/decide.py",
        "        await ports.rule_books.before_first_customer()\n        _, entered",
        "        await ports.rule_books.before_first_customer()\n"
        "        await ports.rule_books.book(None)\n        _, entered",
    ),
    Planted(
        "the row of work of a commit is deleted before the index is written",
        "shared/workflow/relay.py",
        "    if not is_indexed:\n        await _indexed(ports, customer)\n"
        "    await ports.work.close_outbox(customer.outbox)\n",
        "    await ports.work.close_outbox(customer.outbox)\n"
        "    if not is_indexed:\n        await _indexed(ports, customer)\n",
    ),
    Planted(
        "who relays for another writes the index for its own commit alone",
        "shared/workflow/relay.py",
        "            if state.indexed.commit != indexed:",
        "            if not indexed:",
    ),
    Planted(
        "the sweep drops the row of work of a commit without writing the index",
        "shared/workflow/sweep.py",
        "    found = outbox if is_committed else None\n",
        "    found = None\n    if is_committed:\n        await ports.work.close_outbox(outbox)\n",
    ),
    Planted(
        "a row of work has a name under which an older version deletes it",
        "shared/storage/work.py",
        "        if self.is_older:\n            return",
        "        if self.is_older or not self.commit:\n            return",
    ),
    Planted(
        "what an older version decided counts as indexed",
        "shared/workflow/columns.py",
        "    if before.evidence.decisions >= INDEXED_SINCE and told_of(before) == told_of(decided):\n",
        "    if before.indexed.commit and told_of(before) == told_of(decided):\n",
    ),
    Planted(
        "a customer keeps the reasons in one line of before an older version decided it",
        "shared/workflow/reasons.py",
        "    return bool(state.why) and state.evidence.decisions >= _EXPLAINED_SINCE\n",
        "    return bool(state.why)\n",
    ),
    Planted(
        "a customer keeps its first reasons in one line",
        "shared/workflow/decide.py",
        "        made.why if made else facts.why,\n",
        '        facts.why or (made.why if made else ""),\n',
    ),
    Planted(
        "what held last is said to have ended when the period in force began",
        "shared/rules/criteria/partner.py",
        '                return found | _said("ended", _last_day(each, following), each)\n',
        '                return found | _said("ended", periods[-1].valid_from, each)\n',
    ),
    Planted(
        "the day of the last change of status moves with each commit",
        "shared/workflow/columns.py",
        "    if decided.outcome.status != facts.outcome.status:\n",
        "    if decided.outcome != facts.outcome:\n",
    ),
    Planted(
        "a state that went back leaves its row in the index as it is",
        "shared/workflow/index.py",
        "    if not etag:  # there was a later commit, unless the state went back\n",
        "    if False:\n",
    ),
    Planted(
        "a repair does not write the row in the population index",
        "shared/workflow/repair_customer.py",
        "    await reindex_customer(ports, customer_id)\n",
        "    pass\n",
    ),
    Planted(
        "whom an older version decided is entered in the index when its decision is committed",
        "shared/workflow/decide.py",
        "    if not is_entered(ports, facts):\n",
        "    if facts.decision is None:\n",
    ),
    Planted(
        "the directory's chain leaves out whom the index has without a commit",
        "shared/storage/heads.py",
        'for row in rows if row.number("commit") and str(',
        "for row in rows if str(",
    ),
    Planted(
        "the directory's chain looks at one customer of a partition alone",
        "shared/storage/heads.py",
        "key_to=keys.after(customer_ids[-1]))\n",
        "key_to=keys.after(customer_ids[0]))\n",
    ),
    Planted(
        "a row made of a state after a chain came by counts as one that was there before",
        "shared/workflow/index.py",
        "    if stored is None or not stored.commit:\n",
        "    if False:\n",
    ),
    Planted(
        "a chain that waits for the pace is taken for one that stopped",
        "shared/workflow/chains.py",
        "    return not _wait(ports, chain) and ports.is_older(max(chain.at, chain.next_at), steps.LEFT_AFTER)\n",
        "    return ports.is_older(chain.at, steps.LEFT_AFTER)\n",
    ),
    Planted(
        "a fan-out ends when its first chain is over",
        "shared/workflow/chains.py",
        "    if not chains or not all(each.over for each in chains):\n",
        "    if not any(each.over for each in chains):\n",
    ),
    Planted(
        "a chain's progress is noted before its page is handed on",
        "shared/workflow/chains.py",
        '        await send_recompute(ports, page, reason_of(fan_out), DIRECTORY if chain.name == DIRECTORY else "")\n',
        "        early = replace(past, handed_on=chain.handed_on + len(page), at=ports.timestamp())\n"
        "        past = replace(past, etag=await ports.chains.advance(early))\n"
        '        await send_recompute(ports, page, reason_of(fan_out), DIRECTORY if chain.name == DIRECTORY else "")\n',
    ),
    Planted(
        "chains of a fan-out of long ago are taken for those of one with its number",
        "shared/workflow/chains.py",
        "    if any(each.since != fan_out.since for each in chains):",
        "    if False:",
    ),
    Planted(
        "chains of a fan-out that another replaced go on",
        "shared/workflow/chains.py",
        "    if stored > fan_out.revision:\n",
        "    if False:\n",
    ),
    Planted(
        "a step comes once for all chains",
        "shared/workflow/chains.py",
        "        if not each.over and (not each.is_begun or _is_left(ports, each)):\n",
        "        if not each.over and not each.is_begun:\n",
    ),
    Planted(
        "a fan-out that is split goes on through the directory as well",
        "shared/workflow/fan_out.py",
        "    if not fan_out.is_begun and await enqueue_left(ports, fan_out):\n        return\n",
        "",
    ),
    Planted(
        "a fan-out that another replaced leaves its chains",
        "shared/workflow/chains.py",
        "    await ports.fan_outs.drop(fan_out)\n    await ports.chains.close(await ports.chains.of(fan_out.id))\n",
        "    await ports.fan_outs.drop(fan_out)\n",
    ),
    Planted(
        "chains expire while their fan-out goes on",
        "shared/workflow/retention.py",
        "    if await ports.fan_outs.get(fan_out_id) is None:\n        await ports.chains.close(chains)\n",
        "    await ports.chains.close(chains)\n",
    ),
    Planted(
        "a fan-out is for those alone whom the directory has",
        "shared/workflow/fan_out.py",
        "        page = await _with_indexed(ports, page)\n",
        "",
    ),
    Planted(
        "a fan-out is split beside a version that knows no chains",
        "shared/workflow/fan_out.py",
        "    return ports.oldest_version is None and ports.decisions >= INDEXED_SINCE\n",
        "    return True\n",
    ),
    Planted(
        "customers that two chains handed on are counted once",
        "shared/domain/recompute.py",
        "(self.customer_ids[0], digest, self.chain)",
        "(self.customer_ids[0], digest)",
    ),
    Planted(
        "messages that begin with the same customer are counted as one",
        "shared/domain/recompute.py",
        '"~".join(self.customer_ids)',
        "self.customer_ids[0]",
    ),
    Planted(
        "a chain goes on whatever the pace",
        "shared/workflow/chains.py",
        "    if wait := _wait(ports, chain):\n",
        "    if wait := 0:\n",
    ),
    Planted(
        "a chain makes up for all that it was late",
        "shared/workflow/chains.py",
        "max(earliest, _free_at(ports, chain) or earliest)",
        "(_free_at(ports, chain) or earliest)",
    ),
    Planted(
        "a change of rules and an upgrade each take the whole pace",
        "shared/workflow/chains.py",
        "ports.pace / _sharing(under_way)",
        "ports.pace",
    ),
    Planted(
        "a chain goes on from a time that a clock far ahead gave",
        "shared/workflow/chains.py",
        "max(earliest, _free_at(ports, chain) or earliest)",
        "max(earliest, datetime.fromisoformat(chain.next_at) if chain.next_at else earliest)",
    ),
    Planted(
        "an upgrade is opened beside a version that would quarantine its messages",
        "shared/workflow/upgrade.py",
        "        await ports.rule_sets.note_older(ports.timestamp())\n        return\n    older =",
        "        await ports.rule_sets.note_older(ports.timestamp())\n    older =",
    ),
    Planted(
        "that a version decides which cannot note it is not noted in its place",
        "shared/workflow/upgrade.py",
        "        await ports.rule_sets.note_older(ports.timestamp())\n        return\n    older =",
        "        return\n    older =",
    ),
    Planted(
        "a second way of a kind comes before the first of another",
        "shared/rules/would_help/ways.py",
        "    in_turns.sort(key=itemgetter(0))\n",
        "",
    ),
    Planted(
        "the way that lasts shortest comes first",
        "shared/rules/would_help/ways.py",
        "    return -end.toordinal(), rank(way.plan)\n",
        "    return end.toordinal(), rank(way.plan)\n",
    ),
    Planted(
        "a way lasts a day longer than it does",
        "shared/rules/would_help/lasting.py",
        "end and end - _ONE_DAY",
        "end",
    ),
    Planted(
        "the dates of a partner to attach are not looked at",
        "shared/rules/would_help/horizon.py",
        "        walk = walk_of(rules, everything.customer, everything.partners, setting.on)\n",
        "        walk = walk_of(rules, customer, partners, setting.on)\n",
    ),
    Planted(
        "an exchange rate is in later rule sets too",
        "shared/rules/would_help/horizon.py",
        "            by_rules = rule_set if number else with_rates(rule_set, facts.rates)\n",
        "            by_rules = with_rates(rule_set, facts.rates)\n",
    ),
    Planted(
        "what a way changes of a partner is taken for what it was",
        "shared/rules/would_help/horizon.py",
        "            changed.add(partner)\n",
        "",
    ),
    Planted(
        "a way names whom less would do for",
        "shared/rules/would_help/search.py",
        "    return [each for each in (_without_idle(each, found) for each in found) if each.names]\n",
        "    return found\n",
    ),
    Planted(
        "a way changes a project that is to be kept",
        "shared/rules/criteria/search.py",
        "            if partner in self.partners or project in self.projects:\n",
        "            if partner in self.partners:\n",
    ),
    Planted(
        "what would keep a customer is sought as of today",
        "shared/rules/would_help/__init__.py",
        "on=loses_on, gains_on=gains_on)",
        "on=situation.on, gains_on=gains_on)",
    ),
    Planted(
        "an exception holds on the day after its end",
        "shared/domain/facts.py",
        "        return not self.revoked and self.valid_from <= on <= self.valid_until\n",
        "        last = self.valid_until.toordinal() + 1\n"
        "        return not self.revoked and self.valid_from <= on and on.toordinal() <= last\n",
    ),
    Planted(
        "a revoked exception holds",
        "shared/domain/facts.py",
        "        return not self.revoked and self.valid_from <= on <= self.valid_until\n",
        "        return self.valid_from <= on <= self.valid_until\n",
    ),
    Planted(
        "a revoked exception holds on later days",
        "shared/rules/criteria/granted.py",
        "if not each.revoked and each.valid_from <= each.valid_until]\n",
        "if each.valid_from <= each.valid_until]\n",
    ),
    Planted(
        "the end of an exception is no date to walk to",
        "shared/rules/criteria/granted.py",
        "                ahead.dates.add(ends)\n",
        "                pass\n",
    ),
    Planted(
        "whether it is by exception is not part of the outcome",
        "shared/domain/decision.py",
        '    by_exception: bool = False\n    """Whether the customer is eligible',
        "    by_exception: bool = __import__('dataclasses').field(default=False, compare=False)\n"
        '    """Whether the customer is eligible',
    ),
    Planted(
        "that it comes to be by exception is no change ahead",
        "shared/rules/rule_set.py",
        "if outcome.by_exception else (every & ~self.eligible) | self.by_exception\n",
        "if outcome.by_exception else every & ~self.eligible\n",
    ),
    Planted(
        "an exception makes what it overrides not needed",
        "shared/rules/criteria/base.py",
        "        if met and self.requires == ANY and not excepted:",
        "        if met and self.requires == ANY:",
    ),
    Planted(
        "an exception makes by exception who needs none",
        "shared/rules/rule_set.py",
        "    scope.without_exceptions = True\n    return not rule_set.root(scope)\n",
        "    return True\n",
    ),
    Planted(
        "who may publish events may grant exceptions",
        "shared/api/granting.py",
        "        if Role.EXCEPTION_MANAGER not in self.principal.roles:\n",
        "        if not self.principal.roles:\n",
    ),
    Planted(
        "a verified caller approves in another name",
        "shared/api/granting.py",
        '        data = {**read.register.data, "approvedBy": self.principal.name}\n',
        '        data = {"approvedBy": self.principal.name, **read.register.data}\n',
    ),
    Planted(
        "what an older version left of an exception that was told is forgotten",
        "shared/storage/customers.py",
        "    if is_by_exception(row):\n",
        "    if False:\n",
    ),
    Planted(
        "an erasure drops what was recorded and not sent",
        "shared/domain/customer_state.py",
        "            sent=self.sent,\n            indexed=Indexed(self.indexed.commit)",
        "            sent=self.sequence,\n            indexed=Indexed(self.indexed.commit)",
    ),
    Planted(
        "an event of the moment up to which a customer is erased is taken",
        "shared/domain/customer_state.py",
        "event.register.time <= self.erased_at",
        "event.register.time < self.erased_at",
    ),
    Planted(
        "an erased customer's numbers begin again",
        "shared/domain/customer_state.py",
        "            sequence=sequence,\n            sent=self.sent,\n",
        "            sequence=0,\n            sent=0,\n",
    ),
    Planted(
        "nobody finds the notification of an erasure that died before it was sent",
        "shared/workflow/erase.py",
        "        await ports.work.open_outbox(Outbox(customer_id, erased.sequence, at))\n",
        "",
    ),
    Planted(
        "an erased customer stays in lists by day",
        "shared/storage/erasures.py",
        "        found += await self._in_lists(customer_id, [keys.everybody(customer_id)])\n",
        "",
    ),
    Planted(
        "a message about others too goes with an erased customer",
        "shared/workflow/erase.py",
        "    if others is not None:",
        "    if False:",
    ),
    Planted(
        "a directory of erased customers alone looks lost",
        "shared/storage/customers.py",
        "            if not all(await at_once(self._is_unassessed, ids)):",
        "            if ids:",
    ),
    Planted(
        "a repair brings an erased customer back",
        "shared/workflow/repair_customer.py",
        "        if loaded.state.is_erased:\n            await ask_for_erasure",
        "        if False:\n            await ask_for_erasure",
    ),
    Planted(
        "an erasure forgets whom the customer was attached to",
        "shared/workflow/erase.py",
        "{*erasure.partners, *state.evidence.partners, *_ever_attached(state)}",
        "{*erasure.partners}",
    ),
    Planted(
        "a late deployment names an erased customer",
        "shared/workflow/receive_event.py",
        "    if not customer_id or event.register.time >",
        "    if True or event.register.time >",
    ),
    Planted(
        "a decision of before an erasure stays",
        "shared/workflow/erase.py",
        "forget_recorded(customer_id, erasure.sequence)",
        "forget_recorded(customer_id, erasure.sequence - 1)",
    ),
    Planted(
        "a customer is listed on every day that a row names",
        "shared/workflow/customer_lists.py",
        "        return listed if day == entry.day else None\n",
        "        return listed\n",
    ),
    Planted(
        "a partner's list has customers that it works for no longer",
        "shared/workflow/customer_lists.py",
        "if state and partner_id in state.customer.partner_ids else None",
        "if state else None",
    ),
    Planted(
        "a customer that attaches a partner is missing in its list while the day stays",
        "shared/workflow/upcoming.py",
        "    return before.evidence.decisions >= LISTED_SINCE and len({id(each) for each in attachments}) == 1\n",
        "    return before.evidence.decisions >= LISTED_SINCE and bool(list(attachments))\n",
    ),
    Planted(
        "a customer that an older version decided is taken for one that is in its lists",
        "shared/workflow/upcoming.py",
        "    if state.evidence.decisions < LISTED_SINCE:\n        return found\n",
        "",
    ),
    Planted(
        "entries of lists by day are written after the commit",
        "shared/workflow/decide.py",
        "        gone, _ = await asyncio.gather(announce(ports.upcoming, *moved), all_of(row() for row in rows))\n",
        "        await all_of(row() for row in rows)\n        gone = [*moved.before, *moved.after]\n",
    ),
    Planted(
        "lists say what was so before an older version decided the customer",
        "shared/storage/listed.py",
        '    return listed if decided_at == properties["decidedAt"] else None\n',
        "    return listed if decided_at else None\n",
    ),
    Planted(
        "a page by day has what is in one range and leaves out what another has before it",
        "shared/workflow/customer_lists.py",
        "        merged = [each for each in merged if place(each) <= min(cut)]\n",
        "        merged = list(merged)\n",
    ),
    Planted(
        "retention removes entries whose day is to come",
        "shared/workflow/retention.py",
        "        if is_past(ports, entry):\n",
        "        if entry:\n",
    ),
    Planted(
        "an approval outlives a change of rules, and the change that needed it",
        "shared/storage/rule_sets.py",
        "if (each.action, each.epoch) == (action, epoch)]",
        "if each.action == action]",
    ),
    Planted(
        "an author approves their own version",
        "shared/workflow/approve.py",
        "    if stored.verified and approving.who.is_same(stored.who):\n",
        "    if False:\n",
    ),
    Planted(
        "who is called otherwise in another token is somebody else",
        "shared/domain/who.py",
        '(self.id != "" and self.id == other.id) or ',
        "",
    ),
    Planted(
        "one caller's approvals count twice",
        "shared/workflow/approve.py",
        "    if any(approving.who.is_same(each.who) for each in stored.approved(approving.action, state.epoch)):\n",
        "    if False:\n",
    ),
    Planted(
        "a version of nobody known is approved",
        "shared/workflow/approve.py",
        "    if to == ACTIVE and not stored.verified:\n",
        "    if False:\n",
    ),
    Planted(
        "an approval goes on at rules that its caller has not seen",
        "shared/workflow/approve.py",
        "        if state.epoch != seen[0]:",
        "        if False:",
    ),
    Planted(
        "an activation does with one approval less",
        "shared/workflow/change_rules.py",
        "    if len(approved_by) < ports.approvals:\n",
        "    if len(approved_by) + 1 < ports.approvals:\n",
    ),
    Planted(
        "a change of rules is not in the log",
        "shared/storage/rule_sets.py",
        "            writes.append(Write(log_row(logged)))\n",
        "            pass\n",
    ),
    Planted(
        "what people do is entered in the log when it is done",
        "shared/workflow/change_log.py",
        "*of_whom, count=0, done=False, mark=mark)",
        "*of_whom, count=0, done=True, mark=mark)",
    ),
    Planted(
        "what changed nothing stays in the log",
        "shared/workflow/change_log.py",
        "        if not count:\n",
        "        if False:\n",
    ),
    Planted(
        "an exception whose end moves stays where it was in the list by end",
        "shared/workflow/upcoming.py",
        "    return was is now and (now is None or before.decision is not None)\n",
        "    return True\n",
    ),
    Planted(
        "the list by end shows a customer at an end that it no longer has",
        "shared/api/granted_by_end.py",
        'if each["validUntil"] == day.isoformat()]',
        "if each]",
    ),
    Planted(
        "an entry of a list by day is deleted though it was made right again",
        "shared/workflow/pointers.py",
        "    return [each for each in found if each]\n",
        "    return gone\n",
    ),
    Planted(
        "a wrong entry of a list by day is deleted while somebody makes it right",
        "shared/workflow/upcoming.py",
        "ports.timestamp()) if loaded.state.decision else None",
        "ports.timestamp()) if not loaded.state.customer_id else None",
    ),
    Planted(
        "names are written after the commit",
        "shared/workflow/describe.py",
        "    unnamed = await announce_customer(ports, loaded.state, described)\n"
        "    etag = await ports.customers.commit(described, loaded.etag, limit=loaded.room(described, MAX_BYTES))\n",
        "    etag = await ports.customers.commit(described, loaded.etag, limit=loaded.room(described, MAX_BYTES))\n"
        "    unnamed = await announce_customer(ports, loaded.state, described)\n",
    ),
    Planted(
        "names that are decided with other facts are not indexed",
        "shared/workflow/decide.py",
        "    unnamed = await announce_customer(ports, before, decided)\n",
        "    unnamed: Sequence[Unnamed] = ()\n",
    ),
    Planted(
        "a partner's names are written after the commit",
        "shared/workflow/partner_facts.py",
        "    unnamed = await names.announce(ports, Whose.PARTNER, partner.partner_id, state.named, named)\n"
        "    await ports.partners.commit(writes)\n",
        "    await ports.partners.commit(writes)\n"
        "    unnamed = await names.announce(ports, Whose.PARTNER, partner.partner_id, state.named, named)\n",
    ),
    Planted(
        "who is only described is decided",
        "shared/workflow/receive_event.py",
        "        if not told or (not changed",
        "        if not taken or (not changed",
    ),
    Planted(
        "a description is the cause of what is decided with it",
        "shared/workflow/receive_event.py",
        "        cause = (changed or told)[-1]\n",
        "        cause = (applied or taken)[-1]\n",
    ),
    Planted(
        "a description is the cause of what fans out with it",
        "shared/workflow/partner_facts.py",
        "    cause = decisive[-1].cause if changed",
        "    cause = applied[-1].cause if changed",
    ),
    Planted(
        "a described customer counts a fact more",
        "shared/domain/customer_state.py",
        "for kind, each in self.registers.items() if kind not in DESCRIBED])",
        "for kind, each in self.registers.items()])",
    ),
    Planted(
        "a repair decides who is only described",
        "shared/workflow/repair_customer.py",
        "        if loaded.state.registers and not loaded.state.has_facts and newest",
        "        if False and newest",
    ),
    Planted(
        "an erased customer that is described again is erased again by a repair",
        "shared/domain/customer_state.py",
        "        return bool(self.erased_at) and not self.registers\n",
        "        return bool(self.erased_at) and self.decision is None\n",
    ),
    Planted(
        "an erased customer stays in the index of names",
        "shared/storage/erasures.py",
        "        found += await self.names_of(customer_id)\n",
        "",
    ),
    Planted(
        "search finds by what somebody is called no more",
        "shared/workflow/search.py",
        "if hit and (place in by_id or begins(hit.named.name, wanted))",
        "if hit",
    ),
    Planted(
        "a list by owner has whom a row names",
        "shared/api/customer_lists.py",
        "        return listed if not owner or folded(listed.named.owner) == owner else None\n",
        "        return listed\n",
    ),
    Planted(
        "a name is found by no more than all of it",
        "shared/storage/names.py",
        "        end = keys.named_by(partition, By.NAME, text, keys.END)",
        "        end = keys.named_by(partition, By.NAME, text) + keys.END",
    ),
    Planted(
        "names that are no more are deleted whatever version stands",
        "shared/storage/pointers.py",
        "entry.partition, entry.key, entry.etag)",
        "entry.partition, entry.key)",
    ),
    Planted(
        "a wrong name is deleted without touching whom it names",
        "shared/workflow/pointers.py",
        "        await touch()\n",
        "        pass\n",
    ),
    Planted(
        "a draft is stored without its golden cases",
        "shared/workflow/change_rules.py",
        "            cases=tuple(cases),\n",
        "",
    ),
    Planted(
        "a draft whose golden cases fail is said to be valid",
        "shared/api/rule_set_reading.py",
        '"valid": not errors and (given is None or holds),',
        '"valid": not errors,',
    ),
    Planted(
        "a draft is held against the newest version, not the one in force",
        "shared/api/rule_set_reading.py",
        "    wanted = version or book.timeline.in_force(ports.today())\n",
        "    wanted = version or (await ports.rule_sets.versions(None, 1))[0].version\n",
    ),
    Planted(
        "a version decides until the day on which the next one begins",
        "shared/rules/timeline.py",
        " - timedelta(days=1) if index + 1",
        " - timedelta(days=0) if index + 1",
    ),
    Planted(
        "the customers of a preview are narrowed to a partner or a criterion, whichever fits",
        "shared/workflow/population/results.py",
        """        return all(
            not wanted or wanted""",
        """        return any(
            not wanted or wanted""",
    ),
    Planted(
        "a write with the session cookie alone is let through",
        "shared/api/serving.py",
        'if route.method != "GET":',
        'if route.method == "PUT":',
    ),
    Planted(
        "the session cookie is looked for under its first name alone",
        "shared/api/serving.py",
        "any(each.startswith(SESSION) for each in cookies)",
        "SESSION in cookies",
    ),
    Planted(
        "with keys whoever is named in the header has the roles named there",
        "shared/api/serving.py",
        "    if read_authorisation() is Authorisation.KEYS:\n        return None\n",
        "",
    ),
    Planted(
        "a file of the portal is answered under any version's address",
        "shared/api/portal.py",
        "files().get(name) if release == version() else None",
        "files().get(name)",
    ),
    Planted(
        "the portal's page is kept by browsers",
        "shared/api/portal.py",
        'request.headers, "no-cache")',
        "request.headers, FOR_A_YEAR)",
    ),
    Planted(
        "who cannot be decided is listed as every one that is not eligible",
        "shared/api/customer_lists.py",
        "return bool(listed.undecided) if status == UNDECIDED else",
        'return listed.status == "ineligible" if status == UNDECIDED else',
    ),
    Planted(
        "a loss on the ninetieth day is not within 90 days",
        "shared/workflow/population/counting.py",
        "int(day <= on + SOON_DAYS)",
        "int(day < on + SOON_DAYS)",
    ),
    Planted(
        "a decision is compared the wrong way round",
        "shared/api/customers.py",
        'return difference({**_recorded_json(other), "facts": other.used}, decision)',
        'return difference(decision, {**_recorded_json(other), "facts": other.used})',
    ),
    Planted(
        "facts of partners are left out of what differs",
        "shared/rules/decisions_compared.py",
        "for partner_id in sorted(before.keys() & after.keys()):",
        "for partner_id in sorted(before.keys() - after.keys()):",
    ),
    Planted(
        "an import sends the first of two rows that say otherwise of one fact",
        "local/commands/bulk/checking.py",
        "    if not others:\n",
        "    if first:\n",
    ),
    Planted(
        "a row is imported although a cell of it cannot be read",
        "local/commands/bulk/checking.py",
        "    if row.errors:\n",
        "    if not event:\n",
    ),
    Planted(
        "an import sends partners after customers",
        "local/commands/bulk/checking.py",
        '_PARTNER, _CUSTOMER = "1", "2"',
        '_PARTNER, _CUSTOMER = "2", "1"',
    ),
    Planted(
        "an import sends the events of a customer in the order of its rows",
        "local/commands/bulk/checking.py",
        "        return cls(one, kind, key, time, number, row.body)\n",
        "        return cls(number, one, kind, key, time, row.body)\n",
    ),
    Planted(
        "the runs of an import are merged as they are",
        "local/commands/bulk/sorting.py",
        "run.writelines(sorted(self.held))",
        "run.writelines(self.held)",
    ),
    Planted(
        "an import notes a portion before it is sent",
        "local/commands/bulk/event_import.py",
        "            await for_each(portion, lambda line: sender.send(Queue.EVENTS, Message(line.text)))\n"
        "            at = replace(at, offset=portion[-1].end, lines=portion[-1].number)\n"
        "            journal.write(at)\n",
        "            at = replace(at, offset=portion[-1].end, lines=portion[-1].number)\n"
        "            journal.write(at)\n"
        "            await for_each(portion, lambda line: sender.send(Queue.EVENTS, Message(line.text)))\n",
    ),
    Planted(
        "an import goes on where that of another file had come",
        "local/commands/backup/journal.py",
        "Position(**position) if stored == self._of else None",
        "Position(**position)",
    ),
    Planted(
        "a row has the id of the same fact at another time",
        "local/commands/bulk/sources.py",
        "canonical_bytes([event_type, time, data])",
        "canonical_bytes([event_type, data])",
    ),
    Planted(
        "a mark between thousands is read as a decimal mark",
        "local/commands/bulk/cells.py",
        'r"\\d+(,\\d{1,2})?|',
        'r"\\d+(,\\d{1,3})?|',
    ),
    Planted(
        "the day and the month of a cell are swapped",
        "local/commands/bulk/cells.py",
        "f\"{found['YYYY']}-{found['MM']:0>2}-{found['DD']:0>2}\"",
        "f\"{found['YYYY']}-{found['DD']:0>2}-{found['MM']:0>2}\"",
    ),
    Planted(
        "an import does not wait while many events wait",
        "local/commands/bulk/pace.py",
        "if waiting <= MOST_WAITING:",
        "if waiting >= 0:",
    ),
    Planted(
        "a spreadsheet runs a text that begins with a tab",
        "shared/csv_cells.py",
        '("=", "+", "-", "@", "\\t", "\\r")',
        '("=", "+", "-", "@")',
    ),
    Planted(
        "a spreadsheet runs a list whose first text is a formula",
        "shared/csv_cells.py",
        'return cell(" ".join(map(str, value)))',
        'return " ".join(map(str, value))',
    ),
    Planted(
        "who prefers JSON gets CSV",
        "shared/api/csv_lists.py",
        "return weight(accepted, CSV) > 0 and weight(accepted, CSV) >= weight(accepted, JSON)",
        "return weight(accepted, CSV) > 0",
    ),
    Planted(
        "a list of names and values is taken for flat",
        "shared/api/csv_lists.py",
        "tuple(members) if all(map(_is_flat, members.values())) else ()",
        "tuple(members)",
    ),
    Planted(
        "the link to the next page of a CSV begins again",
        "shared/api/csv_lists.py",
        "urlencode({**query, cursor_name: cursor})",
        'urlencode({cursor_name: cursor, **query, cursor_name: ""})',
    ),
    Planted(
        "the link to the next page of a CSV has the caller's key",
        "shared/api/csv_lists.py",
        "left_out = (cursor_name, *OF_THE_PLATFORM)",
        "left_out = (cursor_name,)",
    ),
    Planted(
        "a way of a partner is lost where the same is more than another partner needs",
        "shared/rules/changes/named.py",
        "if id(plan) not in idle and self._is_new(plan)",
        "if self._is_new(plan)",
    ),
    Planted(
        "the forecast says by rules to come what is so by those before",
        "shared/rules/forecast/foreseen.py",
        "deciding = rule_set if by_rules else rules_before",
        "deciding = rule_set",
    ),
]
