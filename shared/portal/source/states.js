// What stands where content is not there (yet): waiting, three kinds of nothing, and what went wrong.
import { html, useEffect, useErrorBoundary, useRef, useState } from "../vendor/vendor.js";
import { Icon } from "./icons.js";

/** Shown once waiting takes more than 200 ms. */
export const Skeleton = ({ rows = 3 }) => html`<div class="skeleton" role="status">
  <span class="unseen">Loading</span>${Array.from({ length: rows }, () => html`<i></i>`)}</div>`;

const NOTHING = { "none-yet": "add", "no-match": "search", "all-good": "good" };

/** Nothing to show: `kind` is none-yet (nothing exists), no-match (nothing of that kind) or all-good (no worry). */
export const Empty = ({ kind, title, children }) => html`<div class=${`empty ${kind}`}>
  <${Icon} name=${NOTHING[kind]} /><p><strong>${title}</strong></p>${children && html`<p>${children}</p>`}</div>`;

/** In place of what a survey finds. */
export const Uncounted = () => html`<${Empty} kind="none-yet" title="Nobody has been counted yet">Customers are counted once a day, the first time within minutes of the first event.<//>`;

/** A problem in its own words, where it belongs. */
export function Fault({ problem, again, keeps }) {
  return html`<div class="fault" role="alert">
    <p><strong>${problem.title}.</strong> ${problem.message}</p>
    ${problem.errors.length > 0 && html`<ul>${problem.errors.map((each) => html`<li><code>${each.path}</code> ${each.message}</li>`)}</ul>`}
    ${problem.told.invocationId && html`<p class="quiet">For the log: <code>${problem.told.invocationId}</code></p>`}
    ${problem.passes && html`<p class="quiet">${keeps ? "What is shown is what was there before. " : ""}It is tried again.</p>`}
    ${again && html`<button class="small" onClick=${again}>Try again</button>`}
  </div>`;
}

/** What an API answer makes; its content stays while it is asked again, and a fault stands above it. */
export function Loaded({ from, rows, children }) {
  const { data, problem, loading, reload } = from;
  return html`
    ${problem && html`<${Fault} problem=${problem} again=${reload} keeps=${Boolean(data)} />`}
    ${data ? html`<div class=${loading ? "loaded again" : "loaded"} aria-busy=${loading}>${children(data)}</div>` : loading && !problem && html`<${Skeleton} rows=${rows} />`}`;
}

/** A card with a heading, unless it is `bare`: then the page's heading says it. What fails in it stays in it. */
export function Panel({ title, id, more, from, rows, wide, bare, children }) {
  const [failed] = useErrorBoundary((fault) => console.error(fault));
  const content = failed ? html`<div class="fault" role="alert"><p><strong>This part cannot be shown.</strong> ${String(failed)}</p></div>`
    : from ? html`<${Loaded} from=${from} rows=${rows}>${children}<//>` : children;
  return html`<section class=${wide ? "card wide" : "card"} id=${id} aria-label=${title}>
    ${!bare && html`<header><h2>${title}</h2>${more}</header>`}${content}</section>`;
}

/** What is asked for once a part of it is seen: a first view asks for what is in it alone. */
export function Later({ children }) {
  const place = useRef();
  const [isSeen, see] = useState(false);
  useEffect(() => {
    const watch = new IntersectionObserver((found) => found.some((each) => each.isIntersecting) && see(true), { threshold: 0.25 });
    watch.observe(place.current);
    return () => watch.disconnect();
  }, []);
  return html`<div class="later" ref=${place}>${isSeen && children()}</div>`;
}

/** How far long work is. */
export const Progress = ({ done, of, what }) => html`<div class="progress">
  <progress max=${of || 1} value=${of ? done : undefined} aria-label=${what}></progress>
  <p>${of ? `${done.toLocaleString("en-US")} of ${of.toLocaleString("en-US")} ${what}` : `${done.toLocaleString("en-US")} ${what} so far`}</p></div>`;
