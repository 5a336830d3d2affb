// Small parts of every page: states, ids, headings, fields and the buttons beside a heading.
import { html, useEffect, useRef, useState } from "../vendor/vendor.js";
import { csv, Problem } from "./api.js";
import { money, state, verdict } from "./formats.js";
import { Icon, Symbol } from "./icons.js";
import { link, moves, refine, view } from "./router.js";
import { Fault } from "./states.js";

/** A state by word, symbol and colour. */
export const State = ({ name, large }) => {
  const { word, symbol, kind } = state(name);
  return html`<span class=${`state ${kind}${large ? " large" : ""}`}><${Symbol} name=${symbol} />${word}</span>`;
};

export const Verdict = ({ of }) => {
  const { word, symbol, kind } = verdict(of);
  return html`<span class=${`verdict ${kind}`}><${Symbol} name=${symbol} /><span class="unseen">${word}: </span></span>`;
};

/** A note with a colour and a word: kinds are good, bad, unsure, none, brand. */
export const Tag = ({ kind = "none", children }) => html`<span class=${`tag ${kind}`}>${children}</span>`;

/** A customer or partner, by name and id. */
export const Who = ({ kind, id, name }) => html`<a class="who" href=${link(`/${kind}s/${encodeURIComponent(id)}`)}>${name ? html`${name} <span class="id">${id}</span>` : id}</a>`;
export const Customer = (props) => html`<${Who} kind="customer" ...${props} />`;
export const Partner = (props) => html`<${Who} kind="partner" ...${props} />`;

/** Text in which the ids of partners are links. */
export function Linked({ text, partners = [] }) {
  if (!partners.length) return text;
  const ids = [...partners].sort((one, other) => other.length - one.length).map((id) => id.replace(/[.]/g, "\\."));
  const parts = text.split(new RegExp(`(?<![\\w.-])(${ids.join("|")})(?![\\w-])`));
  return parts.map((part, number) => (number % 2 ? html`<a href=${link(`/partners/${part}`)}>${part}</a>` : part));
}

/** The page's heading: it takes the focus when the view was gone to, and names the tab. */
export function Heading({ title, name, beside, children }) {
  const heading = useRef();
  const named = name ?? title;
  useEffect(() => {
    document.title = `${named} · FastTrack eligibility`;
  }, [named]);
  useEffect(() => {
    if (moves.value) heading.current.focus({ preventScroll: true });
  }, [view.value.path]);
  return html`<div class="heading"><div class="title"><h1 tabindex="-1" ref=${heading}>${title}</h1>${beside}</div>${children}</div>`;
}

export const Actions = ({ children }) => html`<div class="actions">${children}</div>`;

export function CopyLink() {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(location.href);
    setCopied(true);
    setTimeout(() => setCopied(false), 2000);
  };
  return html`<button onClick=${copy}><${Icon} name="link" /><span aria-live="polite">${copied ? "Copied" : "Copy link"}</span></button>`;
}

export const Print = () => html`<button onClick=${() => print()}><${Icon} name="print" />Print</button>`;

/** Saves a list as CSV, all its pages. */
export function Csv({ path, name }) {
  const [size, setSize] = useState(null);
  const [problem, setProblem] = useState(null);
  const save = async () => {
    setProblem(null);
    setSize(0);
    try {
      const file = new Blob([await csv(path, setSize)], { type: "text/csv" });
      const anchor = document.createElement("a");
      anchor.href = URL.createObjectURL(file);
      anchor.download = `${name}.csv`;
      anchor.click();
      setTimeout(() => URL.revokeObjectURL(anchor.href), 10_000);
    } catch (fault) {
      setProblem(fault instanceof Problem ? fault : new Problem(0, { detail: String(fault) }));
    }
    setSize(null);
  };
  const said = size === null ? "CSV" : size ? `CSV, ${Math.ceil(size / 1024)} KB so far` : "CSV …";
  return html`<button onClick=${save} disabled=${size !== null}><${Icon} name="download" />${said}</button>
    ${problem && html`<${Fault} problem=${problem} />`}`;
}

/** Fields that are the view's query: a change is in the address at once, and Back undoes it. */
export const Filters = ({ children }) => html`<form class="filters" role="search" aria-label="Filters" onSubmit=${(event) => event.preventDefault()}>${children}</form>`;

export function Choice({ label, name, options }) {
  const now = view.value.query[name] ?? "";
  return html`<div class="field"><label for=${`of-${name}`}>${label}</label>
    <select id=${`of-${name}`} value=${now} onChange=${(event) => refine({ [name]: event.target.value, after: "" })}>
      ${options.map(([value, word]) => html`<option value=${value} selected=${value === now}>${word}</option>`)}
    </select></div>`;
}

/** A field for a date. What is typed counts once it is whole: on Enter, or when the field is left. */
export function Day({ label, value, set, ...more }) {
  const typed = useRef(false);
  const take = (event) => event.target.value !== value && set(event.target.value);
  const press = (event) => {
    typed.current = event.key !== "Enter";
    if (event.key === "Enter") take(event);
  };
  return html`<label class="field"><span>${label}</span><input type="date" value=${value} ...${more} onKeyDown=${press}
    onBlur=${take} onChange=${(event) => typed.current || take(event)} onPointerDown=${() => (typed.current = false)} /></label>`;
}

export function Text({ label, name, type = "text", hint, size = 16 }) {
  const now = view.value.query[name] ?? "";
  if (type === "date") return html`<${Day} label=${label} value=${now} set=${(value) => refine({ [name]: value, after: "" })} />`;
  const change = (event) => {
    const value = event.target.value.trim();
    if (value !== now) refine({ [name]: value, after: "" });
  };
  return html`<label class="field"><span>${label}</span>
    <input type=${type} value=${now} size=${size} placeholder=${hint} onChange=${change} autocomplete="off" spellcheck=${false} /></label>`;
}

/** A bar of an amount against what is needed, with both in words. */
export function SpendBar({ spend, of, currency }) {
  const [has, needs] = [Number(spend ?? 0), Number(of ?? 0)];
  if (spend === null || spend === undefined) return "";
  const most = Math.max(has, needs * 1.5, 1);
  return html`<span class="spend"><span class="sum">${money(spend, currency ?? "")}</span>${needs > 0 && html`<svg viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
    <rect class="track" width="100" height="6" /><rect class=${has >= needs ? "good" : "short"} width=${(has / most) * 100} height="6" />
    <rect class="needed" x=${(needs / most) * 100 - 0.75} width="1.5" height="6" /></svg>`}</span>`;
}
