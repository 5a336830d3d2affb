// One message that could not be handled: what is wrong in it, and how to finish with it.
import { counted, CopyLink, Fault, Heading, html, link, may, me, moment, Panel, send, Table, useApi, useSend, useState } from "../portal.js";
import { called, Ending, event, fault } from "../rules/messages.js";
import { lines, placed } from "../rules/places.js";
import { By } from "../rules/versions.js";

export default function Message({ id }) {
  const found = useApi(`quarantine/${id}`);
  const one = found.data;
  if (found.problem?.status === 404) return html`<${Heading} title="Message" /><${Fault} problem=${found.problem} />`;
  return html`<${Heading} title=${one ? `Message ${called(one)}` : "Message"} beside=${one && html`<${Ending} of=${one.state} />`}>
      ${one && html`<p>${fault(one.fault)} · from ${event(one).source ?? "a source that cannot be read"} · kept ${moment(one.firstAt)}${one.count > 1 && ` · came ${counted(one.count, "time")}`}</p>`}<//>
    <div class="bar-of no-print"><a href=${link("/quarantine", one?.fault && one.state === "kept" ? { fault: one.fault } : {})}>${one?.state === "kept" ? "All with this fault" : "To the quarantine"}</a><div class="actions"><${CopyLink} /></div></div>
    <div class="cards">
      <div class="stack">
        <${Panel} title="What is wrong" from=${found}>${(data) => html`<${Wrong} of=${data} />`}<//>
        <${Panel} title="The message" from=${found} rows=${10}>${(data) => html`<${Body} of=${data} />`}<//></div>
      <div class="stack">
        ${one?.trail.length > 0 && html`<${Panel} title="What was done with it"><${Trail} of=${one} /><//>`}
        ${one && may("Operations.Manage") && html`<${Finish} of=${one} reload=${found.reload} />`}
      </div></div>`;
}

const Wrong = ({ of }) => html`${of.errors.length ? html`<ul class="rows faults">${of.errors.map((each) => html`<li><code>${each.path}</code> ${each.message}</li>`)}</ul>` : html`<p>${of.reason}</p>`}
  ${of.attempts > 1 && html`<p class="quiet after">Tried ${counted(of.attempts, "time")}.</p>`}`;

/** The body with the members at fault marked where they are, or where they are missing. */
function Body({ of }) {
  const value = parsed(of.body);
  if (value === undefined) return html`<p class="quiet">${of.body === undefined ? "Bytes that are no text, in base64:" : "It is no JSON, and is shown as it came:"}</p><pre class="body" tabindex="0" aria-label="The message as it came"><mark>${of.body ?? of.bodyBase64}</mark></pre>`;
  const shown = lines(value);
  const wrong = placed(of.errors, shown);
  return html`<pre class="body" tabindex="0" aria-label="The message, with what is wrong marked">${shown.map((line) => {
    const errors = line.path ? wrong.get(line.path) : undefined;
    const indent = "  ".repeat(line.depth);
    return html`${indent}${errors ? html`<mark>${line.text}</mark>${"\n"}${errors.map((each) => html`<span class="wrong">${indent}^ ${line.path === each.path ? "" : `${each.path.split(".").at(-1)} `}${each.message}${"\n"}</span>`)}` : `${line.text}\n`}`;
  })}</pre>`;
}

function parsed(body) {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function Finish({ of, reload }) {
  return html`${of.state === "kept" && of.queue === "eligibility-events" && html`<${Correct} of=${of} reload=${reload} />`}
    ${of.state === "kept" && html`<${Panel} title="Or finish with it otherwise"><${Close} of=${of} reload=${reload} /><${Redrive} of=${of} reload=${reload} /><//>`}`;
}

const Author = () => !me.value?.name && html`<label class="field"><span>Your name (nobody is signed in)</span><input name="author" maxlength="200" /></label>`;
const authored = (form, body) => ({ ...body, ...(form.elements.author?.value.trim() && { author: form.elements.author.value.trim() }) });

/** The corrected message is checked as any event, and queued in this one's place. */
function Correct({ of, reload }) {
  const [text, setText] = useState(() => (parsed(of.body) === undefined ? (of.body ?? "") : JSON.stringify(parsed(of.body), null, 2)));
  const sending = useSend();
  const submit = (submitted) => {
    submitted.preventDefault();
    sending.run(() => send(`quarantine/${of.id}/resubmit`, authored(submitted.target, { body: text })).then(reload));
  };
  return html`<${Panel} title="Correct it"><form class="form" onSubmit=${submit}>
    <label class="field"><span>The corrected message</span><textarea rows=${Math.min(24, Math.max(8, text.split("\n").length + 1))} spellcheck=${false} value=${text} onInput=${(typed) => setText(typed.target.value)} aria-invalid=${Boolean(sending.problem)}></textarea></label>
    <${Author} /><p><button class="primary" disabled=${sending.busy}>Resubmit</button></p>
    ${sending.problem && html`<${Fault} problem=${sending.problem} />`}</form><//>`;
}

function Close({ of, reload }) {
  const closing = useSend();
  const submit = (submitted) => {
    submitted.preventDefault();
    closing.run(() => send(`quarantine/${of.id}/close`, authored(submitted.target, { reason: submitted.target.elements.reason.value.trim() })).then(reload));
  };
  return html`<form class="form" onSubmit=${submit}><label class="field"><span>Why nothing more is to be done</span><input name="reason" required maxlength="1000" /></label>
    <${Author} /><p><button disabled=${closing.busy}>Close it</button></p>${closing.problem && html`<${Fault} problem=${closing.problem} />`}</form>`;
}

function Redrive({ of, reload }) {
  const putting = useSend();
  return html`<p class="apart"><button onClick=${() => putting.run(() => send(`quarantine/${of.id}/redrive`, {}).then(reload))} disabled=${putting.busy}>Put it back as it is</button> <span class="quiet">For one whose cause is gone. It comes back here if it fails again.</span></p>
    ${putting.problem && html`<${Fault} problem=${putting.problem} />`}`;
}

const WORDS = { redriven: "Put back on its queue", resubmitted: "A corrected message was queued in its place", closed: "Closed" };
const TRAIL = [
  { name: "What", of: (row) => WORDS[row.state] ?? row.state },
  { name: "By", of: (row) => html`<${By} name=${row.by} verified=${row.verified} />` },
  { name: "When", of: (row) => moment(row.at) },
  { name: "Why", wide: true, of: (row) => row.reason },
];

const Trail = ({ of }) => html`<${Table} label="What was done" rows=${of.trail} columns=${TRAIL} keyOf=${(row) => row.at} />`;
