// Messages that could not be handled: by fault first, then one by one, and many ended at once.
import { Choice, CopyLink, counted, day, Empty, Fault, Filters, Heading, html, link, may, me, Pages, Panel, Ranked, send, Table, Text, useApi, useRef, useSend, useState } from "../portal.js";
import { called, Ending, event, fault } from "../rules/messages.js";

const STATES = [["kept", "Waiting"], ["closed", "Closed"], ["resubmitted", "Corrected"], ["redriven", "Put back"], ["any", "Any state"]];

/** Groups first; the messages of one, or all of them one by one, once that is asked for. */
export default function Quarantine({ query }) {
  return FILTERS.some((each) => query[each]) ? html`<${List} query=${query} />` : html`<${Groups} />`;
}

const FILTERS = ["fault", "state", "type", "source"];

function Groups() {
  const faults = useApi("quarantine/faults");
  const total = faults.data?.items.reduce((sum, each) => sum + each.count, 0) ?? 0;
  return html`<${Heading} title="Quarantine"><p>${faults.data && (total ? `${counted(total, "message")} could not be handled and ${total === 1 ? "waits" : "wait"} for somebody.` : "No message waits for anybody.")}</p><//>
    <div class="bar-of"><span></span><div class="actions"><a class="button" href=${link("/quarantine", { state: "kept" })}>One by one</a><a class="button" href=${link("/quarantine", { state: "closed" })}>Closed ones</a></div></div>
    <${Panel} title="By fault" from=${faults} rows=${6}>${({ items }) => (items.length ? html`<${Ranked} label="Messages by fault" unit="message" rows=${items.map((each) => ({ name: fault(each.fault), number: each.count, kind: "unsure", href: each.fault ? link("/quarantine", { fault: each.fault }) : undefined }))} />`
      : html`<${Empty} kind="all-good" title="Nothing to do">Every message was handled, or somebody has finished with it.<//>`)}<//>`;
}

function List({ query }) {
  const state = query.fault || query.state === "any" ? "" : (query.state ?? "kept");
  const wanted = new URLSearchParams(Object.entries({ state, fault: query.fault, type: query.type, source: query.source }).filter(([, value]) => value));
  const found = useApi(`quarantine?${wanted}&limit=11${query.after ? `&after=${query.after}` : ""}`);
  const title = query.fault ? fault(query.fault) : "Messages";
  return html`<${Heading} title="Quarantine"><p>${query.fault ? html`Messages with one fault: ${title}.` : "Messages one by one, oldest first."} <a href=${link("/quarantine")}>All faults</a></p><//>
    <div class="bar-of">${query.fault ? html`<span></span>` : html`<${Filters}><${Choice} label="State" name="state" options=${STATES} />
        <${Text} label="Type" name="type" size="30" hint="fasttrack.spend.updated.v1" /><${Text} label="Source" name="source" hint="/billing" /><//>`}
      <div class="actions"><${CopyLink} /></div></div>
    <${Panel} title=${title} from=${found} rows=${6}>${({ items, next }) => html`<${Messages} key=${wanted} items=${items} next=${next} group=${query.fault} ended=${found.reload} />`}<//>`;
}

function Messages({ items, next, group, ended }) {
  const [chosen, choose] = useState([]);
  const kept = items.filter((each) => each.state === "kept").map((each) => each.id);
  const now = chosen.filter((id) => kept.includes(id));
  if (!items.length) return html`<${Empty} kind=${next || !group ? "no-match" : "all-good"} title=${next ? "None on this page" : group ? "None is left" : "No such message"} /><${Pages} next=${next} />`;
  const toggle = (id, on) => choose(on ? [...now, id] : now.filter((each) => each !== id));
  const columns = [
    ...(may("Operations.Manage") ? [{ name: "Choose", of: (row) => row.state === "kept" && html`<label class="check"><input type="checkbox" checked=${now.includes(row.id)} onChange=${(change) => toggle(row.id, change.target.checked)} /><span class="unseen">Choose ${called(row)}</span></label>` }] : []),
    { name: "Message", of: (row) => html`<a class="who" href=${link(`/quarantine/${row.id}`)}>${called(row)}</a>` },
    { name: "What is wrong", wide: true, of: (row) => row.reason },
    { name: "From", tight: true, of: (row) => html`${event(row).source}` },
    { name: "First", tight: true, of: (row) => html`${day(row.firstAt)} <span class="quiet">${row.firstAt.slice(11, 16)}</span>${row.count > 1 && html`<div class="quiet">came ${row.count} times</div>`}` },
    { name: "State", tight: true, of: (row) => html`<${Ending} of=${row.state} />` },
  ];
  return html`${may("Operations.Manage") && kept.length > 0 && html`<${Many} ids=${now} group=${group} all=${() => choose(now.length === kept.length ? [] : kept)} isAll=${now.length === kept.length} done=${() => { choose([]); ended(); }} />`}
    <${Table} label="Messages" rows=${items} columns=${columns} keyOf=${(row) => row.id} /><${Pages} next=${next} />`;
}

/** Ends many: by what is chosen, or a whole group; first as a dry run, then for good. */
function Many({ ids, group, all, isAll, done }) {
  const dialog = useRef();
  const [what, setWhat] = useState(null);
  const open = (action, whole) => {
    setWhat({ action, which: whole ? { fault: group } : { ids } });
    dialog.current.showModal();
  };
  const word = ids.length ? counted(ids.length, "message") : "";
  return html`<div class="actions many"><button class="small" onClick=${all}>${isAll ? "Choose none" : "Choose all shown"}</button>
      <button class="small" disabled=${!ids.length} onClick=${() => open("close")}>Close ${word}</button><button class="small" disabled=${!ids.length} onClick=${() => open("redrive")}>Put back ${word}</button>
      ${group && html`<button class="small" onClick=${() => open("close", true)}>Close the whole group</button><button class="small" onClick=${() => open("redrive", true)}>Put the whole group back</button>`}</div>
    <dialog ref=${dialog} aria-labelledby="many-title" onClose=${() => setWhat(null)}>${what && html`<${Trial} ...${what} leave=${() => dialog.current.close()} done=${() => { dialog.current.close(); done(); }} />`}</dialog>`;
}

function Trial({ action, which, leave, done }) {
  const [tried, setTried] = useState(null);
  const working = useSend();
  const closes = action === "close";
  const all = async (body) => {
    const found = { done: 0, items: [] };
    for (let after; after !== null; ) {
      const answer = await send(`quarantine/${action}`, { ...which, ...body, ...(after && { after }) });
      found.done += answer.done;
      found.items.push(...answer.items);
      after = answer.next;
    }
    return found;
  };
  const given = (form) => ({ ...(closes && { reason: form.elements.reason.value.trim() }), ...(form.elements.author?.value.trim() && { author: form.elements.author.value.trim() }) });
  const run = (submitted) => {
    submitted.preventDefault();
    const body = given(submitted.target);
    if (!tried) return working.run(async () => setTried(await all({ ...body, dryRun: true })));
    return working.run(async () => (await all(body), done()));
  };
  const left = tried?.items.filter((each) => !each.done) ?? [];
  return html`<form class="form" onSubmit=${run}><h2 id="many-title">${closes ? "Close messages" : "Put messages back"}</h2>
    <p class="quiet">${closes ? "They are marked as done and are kept for a while." : "Those that would now pass the checks go back to their queue; the others stay."}</p>
    ${closes && html`<label class="field"><span>Why nothing more is to be done</span><input name="reason" required maxlength="1000" onInput=${() => setTried(null)} /></label>`}
    ${!me.value?.name && html`<label class="field"><span>Your name (nobody is signed in)</span><input name="author" maxlength="200" /></label>`}
    ${tried && html`<div role="status"><p><strong>${counted(tried.done, "message")} would be ${closes ? "closed" : "put back"}${left.length ? `, ${left.length} would stay` : ""}.</strong></p>
      ${left.length > 0 && html`<ul class="rows faults">${left.slice(0, 20).map((each) => html`<li>${each.detail}</li>`)}</ul>`}</div>`}
    ${working.problem && html`<${Fault} problem=${working.problem} />`}
    <p class="actions"><button class="primary" disabled=${working.busy || (tried && !tried.done)}>${tried ? `${closes ? "Close" : "Put back"} ${counted(tried.done, "message")}` : "Try it first"}</button><button type="button" onClick=${leave}>Cancel</button></p></form>`;
}
