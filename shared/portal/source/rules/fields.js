// Fields for the values of a document: they stand where the sentence says them.
import { html, Symbol, words } from "../portal.js";
import { at, put } from "./places.js";

const AREAS = ["customer-engagement", "finance-and-operations"];
const LEVELS = ["gold", "silver"];

/** What stands in place of, or below, a sentence of a draft; `errors` are what is wrong, by path. */
export function fieldsFor(document, change, errors) {
  const field = (path, label, props) => html`<${Field} label=${label} path=${path} value=${at(document, path)} errors=${errors} change=${(value) => change(put(document, path, value))} ...${props} />`;
  return ({ path, criterion }) => {
    if (criterion) return html`<${Terms} of=${at(document, path)} path=${path} field=${field} />`;
    if (path === "$.effectiveFrom") return field(path, "First day", { type: "date" });
    if (path === "$.currency") return field(path, "Currency", { size: 5 });
    if (path === "$.warnDaysBefore") return field(path, "Days before a loss", { size: 14, shown: (value) => (value ?? []).join(", "), read: (text) => (text.trim() ? text.split(",").map((each) => (/^\s*\d+\s*$/.test(each) ? Number(each) : each.trim())) : undefined) });
    if (path === "$.exchangeRates") return html`<${Rates} of=${document} change=${change} field=${field} />`;
    if (path === "$.applications") return html`<${Applications} of=${document} change=${change} />`;
    return null;
  };
}

function Terms({ of, path, field }) {
  if (!of) return null;
  const terms = [
    "amount" in of && field(`${path}.amount`, "Amount a year", { size: 14 }),
    "count" in of && field(`${path}.count`, "How many", { type: "number", size: 5, read: (text) => (text === "" ? "" : Number(text)) }),
    "levels" in of && field(`${path}.levels`, "Levels", { choices: LEVELS }),
  ].filter(Boolean);
  return terms.length ? html`<div class="filters in-place">${terms}</div>` : null;
}

/** One value; an error of it, or of something in it, stands below. */
export function Field({ label, path, value, errors, change, type = "text", size, choices, shown = (each) => each ?? "", read = (text) => text }) {
  const wrong = errors.filter((each) => each.path === path || each.path.startsWith(`${path}[`));
  const id = `field-${path}`;
  const about = { "aria-invalid": wrong.length > 0, "aria-describedby": wrong.length ? `${id}-wrong` : undefined };
  const chosen = Array.isArray(value) ? value : [];
  return html`<div class="field">${choices ? html`<span id=${id}>${label}</span><span role="group" aria-labelledby=${id} class="ticks">${choices.map((each) => html`<label class="check"><input type="checkbox" checked=${chosen.includes(each)} onChange=${(event) => change(choices.filter((one) => (one === each ? event.target.checked : chosen.includes(one))))} /> ${words(each)}</label>`)}</span>`
    : html`<label for=${id}>${label}</label><input id=${id} type=${type} size=${size} value=${shown(value)} ...${about} spellcheck=${false} autocomplete="off" onInput=${(event) => change(read(event.target.value))} />`}
    ${wrong.length > 0 && html`<span class="wrong" id=${`${id}-wrong`}>${wrong.map((each) => each.message).join("; ")}</span>`}</div>`;
}

function Rates({ of, change, field }) {
  const add = (event) => {
    event.preventDefault();
    const { code, rate } = event.target.elements;
    change(put(of, `$.exchangeRates.${code.value.trim().toUpperCase()}`, rate.value.trim()));
    event.target.reset();
    code.focus();
  };
  return html`<div class="filters in-place">${Object.keys(of.exchangeRates ?? {}).map((code) => html`<span class="pair" key=${code}>${field(`$.exchangeRates.${code}`, `1 ${code} in ${of.currency}`, { size: 8 })}
      <button class="small" aria-label=${`Take ${code} out`} onClick=${() => change(put(of, `$.exchangeRates.${code}`, undefined))}><${Symbol} name="no" /></button></span>`)}</div>
    <form class="filters in-place" onSubmit=${add}><label class="field"><span>Another currency</span><input name="code" required pattern="[A-Za-z]{3}" size="5" placeholder="SEK" /></label>
      <label class="field"><span>Rate</span><input name="rate" required size="8" placeholder="0.095" /></label><button class="small">Add</button></form>`;
}

function Applications({ of, change }) {
  const add = (event) => {
    event.preventDefault();
    const { id, title } = event.target.elements;
    change(put(of, `$.applications[${of.applications.length}]`, { id: id.value.trim(), title: title.value.trim(), areas: [AREAS[0]] }));
    event.target.reset();
  };
  const toggle = (number, area, on) => change(put(of, `$.applications[${number}].areas`, AREAS.filter((each) => (each === area ? on : of.applications[number].areas.includes(each)))));
  return html`<ul class="rows applications">${of.applications.map((each, number) => html`<li key=${each.id}><span>${each.title} <span class="id">${each.id}</span></span>
      <span class="ticks" role="group" aria-label=${`Areas of ${each.title}`}>${AREAS.map((area) => html`<label class="check"><input type="checkbox" checked=${each.areas?.includes(area)} onChange=${(event) => toggle(number, area, event.target.checked)} /> ${words(area)}</label>`)}</span>
      <button class="small" aria-label=${`Take ${each.title} out`} onClick=${() => change(put(of, `$.applications[${number}]`, undefined))}><${Symbol} name="no" /></button></li>`)}</ul>
    <form class="filters in-place" onSubmit=${add}><label class="field"><span>Another application's id</span><input name="id" required pattern="[a-z0-9][a-z0-9\\-]*" placeholder="copilot-for-sales" /></label>
      <label class="field"><span>Title</span><input name="title" required /></label><button class="small">Add</button></form>`;
}
