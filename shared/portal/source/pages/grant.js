// The exceptions of one customer: those there are, one more, or the end of one.
import { addMonths, Customer, Empty, Fault, Heading, html, link, may, me, Panel, send, Table, today, useApi, useSend, useState } from "../portal.js";
import { COLUMNS } from "../rules/exceptions.js";

const ROLE = "Exceptions.Manage";

export default function Grant({ id }) {
  const path = `customers/${encodeURIComponent(id)}/exceptions`;
  const [awaited, setAwaited] = useState(null);
  const found = useApi(`${path}?limit=100`, { again: (data) => (awaited && !awaited.isIn(data.items) ? 1 : 0) });
  const customer = useApi(`customers/${encodeURIComponent(id)}`).data;
  if (found.problem?.status === 404) return html`<${Heading} title="Exceptions" /><${Fault} problem=${found.problem} />`;
  const wait = (answer, revoked) => {
    setAwaited({ ...answer, revoked, isIn: (items) => items.some((each) => each.exceptionId === answer.exceptionId && (!revoked || each.state === "revoked")) });
    found.reload();
  };
  return html`<${Heading} title="Exceptions" name=${`Exceptions of ${id}`}><p>Of <${Customer} id=${id} name=${customer?.description?.name} />. An exception counts where the rules in force allow exceptions; it is a fact either way.</p><//>
    <div class="stack">
      <${Panel} title="Granted" from=${found}>${({ items }) => html`${awaited && !awaited.isIn(items) && html`<p role="status" class="quiet">${awaited.exceptionId} is on its way…</p>`}
        ${items.length ? html`<${Table} label="Exceptions" rows=${items} columns=${[...COLUMNS, ...(may(ROLE) ? [{ name: "End it", of: (row) => row.state !== "revoked" && html`<${Revoke} of=${row} path=${path} wait=${wait} />` }] : [])]} keyOf=${(row) => row.exceptionId} />`
          : html`<${Empty} kind="none-yet" title="None was granted" />`}`}<//>
      <${Panel} title="Grant one">${may(ROLE) ? html`<${Form} path=${path} wait=${wait} />` : html`<p>Exceptions are granted by callers with the role ${ROLE}.</p>`}
        ${awaited?.warnings?.map((each) => html`<p class="banner unsure" role="status"><span>${each.message}</span></p>`)}<//>
    </div><p class="after"><a href=${link(`/customers/${encodeURIComponent(id)}`)}>Back to the customer</a></p>`;
}

function Form({ path, wait }) {
  const sending = useSend();
  const submit = (submitted) => {
    submitted.preventDefault();
    const form = submitted.target;
    const { reason, validFrom, validUntil, approvedBy } = form.elements;
    const body = { reason: reason.value.trim(), validFrom: validFrom.value, validUntil: validUntil.value, ...(approvedBy && { approvedBy: approvedBy.value.trim() }) };
    sending.run(async () => {
      wait(await send(path, body), false);
      form.reset();
    });
  };
  return html`<form class="form" onSubmit=${submit}>
    <label class="field"><span>Why</span><input name="reason" required maxlength="200" /></label>
    <div class="filters in-place"><label class="field"><span>First day</span><input type="date" name="validFrom" required defaultValue=${today()} /></label>
      <label class="field"><span>Last day</span><input type="date" name="validUntil" required defaultValue=${addMonths(today(), 6)} /></label></div>
    ${!me.value?.name && html`<label class="field"><span>Who approves it (nobody is signed in)</span><input name="approvedBy" required maxlength="200" /></label>`}
    <p><button class="primary" disabled=${sending.busy}>Grant it</button></p>
    ${sending.problem && html`<${Fault} problem=${sending.problem} />`}</form>`;
}

function Revoke({ of, path, wait }) {
  const sending = useSend();
  const [isAsking, ask] = useState(false);
  const submit = (submitted) => {
    submitted.preventDefault();
    const { reason, approvedBy } = submitted.target.elements;
    const body = { exceptionId: of.exceptionId, revoked: true, reason: reason.value.trim(), ...(approvedBy && { approvedBy: approvedBy.value.trim() }) };
    sending.run(async () => {
      wait(await send(path, body), true);
      ask(false);
    });
  };
  if (!isAsking) return html`<button class="small" onClick=${() => ask(true)} aria-label=${`Revoke ${of.exceptionId}`}>Revoke</button>`;
  return html`<form class="form" onSubmit=${submit}><label class="field"><span>Why it ends</span><input name="reason" required maxlength="200" /></label>
    ${!me.value?.name && html`<label class="field"><span>Who says so</span><input name="approvedBy" required maxlength="200" /></label>`}
    <p class="actions"><button class="small danger" disabled=${sending.busy}>Revoke ${of.exceptionId}</button><button class="small" type="button" onClick=${() => ask(false)}>Keep it</button></p>${sending.problem && html`<${Fault} problem=${sending.problem} />`}</form>`;
}
