// A draft being written: values in place, structure as JSON, checked while it is typed.
import { ask, day, Fault, go, Heading, html, link, may, me, Panel, Problem, send, Skeleton, useApi, useEffect, useSend, useState, counted } from "../portal.js";
import { fieldsFor } from "../rules/fields.js";
import { Difference, Reading } from "../rules/reading.js";
import { Mark } from "../rules/versions.js";

const PAUSE = 250;

export default function Draft({ version }) {
  const base = useApi(`rule-sets/${version}`);
  return html`<${Heading} title="Draft a change" name=${`Draft a change of version ${version}`}><p>From a copy of <a href=${link(`/rules/${version}`)}>version ${version}</a>. Nothing is stored before you store the draft, and nobody is decided by a draft.</p><//>
    ${base.problem && html`<${Fault} problem=${base.problem} />`}${base.data ? html`<${Editor} base=${base.data} />` : base.loading && html`<${Skeleton} rows=${10} />`}`;
}

function Editor({ base }) {
  const [document, setDocument] = useState(base.document);
  const [text, setText] = useState(() => JSON.stringify(base.document, null, 2));
  const [slip, setSlip] = useState("");
  const { checked, problem, isChecking } = useChecked(document, base.version);
  const isChanged = JSON.stringify(document) !== JSON.stringify(base.document);
  useLeaving(isChanged);
  const change = (made) => {
    setDocument(made);
    setText(JSON.stringify(made, null, 2));
    setSlip("");
  };
  const type = (event) => {
    setText(event.target.value);
    try {
      setDocument(JSON.parse(event.target.value));
      setSlip("");
    } catch (fault) {
      setSlip(fault.message);
    }
  };
  const errors = slip ? [{ path: "$", message: `This is not JSON yet: ${slip}` }] : (checked?.errors ?? []);
  return html`<div class="editing"><div class="stack">
      <${Panel} title="Values, where they are said"><${Reading} sentences=${useRead(checked?.sentences, base.sentences)} fields=${fieldsFor(document, change, errors)} /><//>
      <${Panel} title="Structure, as JSON"><label class="field"><span>Criteria can be moved, added and taken out here</span>
        <textarea rows="22" spellcheck=${false} value=${text} onInput=${type} aria-invalid=${errors.length > 0} aria-describedby="validity"></textarea></label><//></div>
    <div class="stack beside">
      <${Panel} title="Is it valid?"><${Validity} errors=${errors} isChecking=${isChecking} isKnown=${Boolean(checked)} /><${Unless} problem=${problem} /><//>
      <${Panel} title=${`What it changes against version ${base.version}`}>${checked?.difference ? html`<${Difference} lines=${checked.difference} />` : html`<p class="quiet">Said once it is valid.</p>`}<//>
      ${checked?.cases.length > 0 && html`<${Panel} title="Golden cases"><${Cases} cases=${checked.cases} /><//>`}
      <${Panel} title="Store the draft"><${Store} base=${base} document=${document} checked=${checked} isReady=${isChanged && !slip && !isChecking && checked?.valid} isChanged=${isChanged} /><//></div></div>`;
}

const Unless = ({ problem }) => problem && html`<${Fault} problem=${problem} />`;

/** What the app says of a document a moment after it was typed. */
function useChecked(document, against) {
  const [now, setNow] = useState({ checked: null, problem: null, isChecking: true });
  useEffect(() => {
    const stop = new AbortController();
    setNow((old) => ({ ...old, isChecking: true }));
    const timer = setTimeout(async () => {
      try {
        const answer = await ask("rule-sets/check", { method: "POST", body: { document, against }, stop: stop.signal });
        setNow({ checked: await answer.json(), problem: null, isChecking: false });
      } catch (fault) {
        if (!stop.signal.aborted) setNow((old) => ({ ...old, problem: fault instanceof Problem ? fault : new Problem(0, { detail: String(fault) }), isChecking: false }));
      }
    }, PAUSE);
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
  }, [document]);
  return now;
}

/** The last sentences that could be read: fields stay where they are while a value is wrong. */
function useRead(sentences, first) {
  const [kept, keep] = useState(first);
  useEffect(() => {
    if (sentences) keep(sentences);
  }, [sentences]);
  return sentences ?? kept;
}

function useLeaving(isChanged) {
  useEffect(() => {
    const stay = (event) => isChanged && event.preventDefault();
    addEventListener("beforeunload", stay);
    return () => removeEventListener("beforeunload", stay);
  }, [isChanged]);
}

function Validity({ errors, isChecking, isKnown }) {
  return html`<div id="validity" role="status" aria-busy=${isChecking && !isKnown}>${errors.length ? html`<p class="verdict-line"><${Mark} /><strong>Not valid: ${counted(errors.length, "fault")}</strong></p>
      <ul class="rows faults">${errors.map((each) => html`<li><code>${each.path}</code> ${each.message}</li>`)}</ul>`
    : isKnown ? html`<p class="verdict-line"><${Mark} good /><strong>Valid</strong></p>` : html`<p class="quiet">It is being looked at.</p>`}</div>`;
}

const Cases = ({ cases }) => html`<ul class="rows ticked">${cases.map((each) => html`<li><${Mark} good=${each.holds} /><span>${each.title} <span class="quiet">on ${day(each.on)}</span>
  ${!each.holds && html`<ul class="plain quiet">${each.errors.map((fault) => html`<li>${fault.message}</li>`)}</ul>`}</span></li>`)}</ul>`;

function Store({ base, document, checked, isReady, isChanged }) {
  const storing = useSend();
  const failed = checked?.cases.filter((each) => !each.holds) ?? [];
  const [without, setWithout] = useState(false);
  const store = (event) => {
    event.preventDefault();
    const { note, author } = event.target.elements;
    const cases = base.cases.filter((_, number) => checked.cases[number]?.holds);
    storing.run(async () => go(link(`/rules/${(await send("rule-sets", { document, cases, note: note.value.trim(), ...(author && { author: author.value.trim() }) })).version}`)));
  };
  if (!may("Rules.Manage")) return html`<p>Drafts are stored by callers with the role Rules.Manage. You can look at what a change would be.</p>`;
  return html`<form class="form" onSubmit=${store}><label class="field"><span>Why the rules should change</span><input name="note" required maxlength="1000" /></label>
    ${!me.value?.name && html`<label class="field"><span>Your name (nobody is signed in)</span><input name="author" maxlength="200" /></label>`}
    ${failed.length > 0 && html`<label class="check"><input type="checkbox" checked=${without} onChange=${(event) => setWithout(event.target.checked)} /> Without the ${counted(failed.length, "golden case")} that no longer ${failed.length > 1 ? "hold" : "holds"}</label>`}
    <p><button class="primary" disabled=${!isReady || storing.busy || (failed.length > 0 && !without)}>Store the draft</button> ${!isChanged && html`<span class="quiet">Nothing is changed yet.</span>`}</p>
    ${storing.problem && html`<${Fault} problem=${storing.problem} />`}</form>`;
}
