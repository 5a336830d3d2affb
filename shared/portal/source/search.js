// The search box of every page: a combobox over GET search; "/" goes to it.
import { html, signal, useEffect, useRef, useState } from "../vendor/vendor.js";
import { ask } from "./api.js";
import { Icon } from "./icons.js";
import { go, link } from "./router.js";

const OFF = "shortcuts=off";
const YEAR = 365 * 24 * 60 * 60; // seconds

/** Whether single keys do something. */
export const shortcuts = signal(!globalThis.document?.cookie.includes(OFF));

/** Kept in this browser where it is off: in a cookie, as the portal stores nothing. */
export function switchShortcuts(on) {
  shortcuts.value = on;
  document.cookie = `${OFF}; path=/; samesite=strict; max-age=${on ? 0 : YEAR}`;
}

const PAUSE = 150;
const MOST = 12;

async function found(text, stop) {
  try {
    const { items, more } = await (await ask(`search?q=${encodeURIComponent(text)}`, { stop })).json();
    const hidden = more || items.length > MOST;
    return { items: items.slice(0, MOST), said: items.length ? (hidden ? "There are more: go on typing." : "") : `No customer or partner begins with “${text}”.` };
  } catch (problem) {
    return stop.aborted ? null : { items: [], said: problem.message };
  }
}

const place = ({ kind, id }) => link(`/${kind}s/${encodeURIComponent(id)}`);

export function Search() {
  const [text, setText] = useState("");
  const [{ items, said }, setFound] = useState({ items: [], said: "" });
  const [at, setAt] = useState(-1);
  const [isOpen, setOpen] = useState(false);
  const input = useRef();

  useEffect(() => {
    const press = (event) => {
      if (event.key !== "/" || !shortcuts.value || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.target.closest?.("input, textarea, select, [contenteditable]")) return;
      event.preventDefault();
      input.current.focus();
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, []);

  useEffect(() => {
    const wanted = text.trim();
    if (!wanted) return setFound({ items: [], said: "" });
    const stop = new AbortController();
    const timer = setTimeout(async () => {
      const answer = await found(wanted, stop.signal);
      if (answer) {
        setFound(answer);
        setAt(-1);
      }
    }, PAUSE);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [text]);

  const choose = (item) => {
    setOpen(false);
    setText("");
    go(place(item));
  };
  const submit = async (event) => {
    event.preventDefault();
    const wanted = text.trim();
    const item = items[at] ?? items.find((each) => each.id.toLowerCase() === wanted.toLowerCase()) ?? items[0];
    if (item) choose(item);
    else if (wanted) {
      const answer = await found(wanted, new AbortController().signal);
      if (answer.items.length) choose(answer.items[0]);
      else setFound(answer);
    }
  };
  const press = (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && items.length) {
      event.preventDefault();
      setOpen(true);
      setAt((old) => (old + step + items.length + (old < 0 && step < 0 ? 1 : 0)) % items.length);
    } else if (event.key === "Escape") {
      setOpen(false);
      setText("");
    }
  };
  const shown = isOpen && text.trim() && (items.length > 0 || said);
  return html`<form class="search" role="search" aria-label="Customers and partners" onSubmit=${submit}>
    <${Icon} name="search" />
    <input ref=${input} type="search" role="combobox" aria-label="Search customers and partners" aria-expanded=${Boolean(shown && items.length)} aria-controls="found" aria-autocomplete="list"
      aria-activedescendant=${at >= 0 ? `found-${at}` : undefined} autocomplete="off" spellcheck=${false} placeholder="Customer or partner, by id or name" value=${text}
      onInput=${(event) => { setText(event.target.value); setOpen(true); }} onFocus=${() => setOpen(true)} onBlur=${() => setTimeout(() => setOpen(false), 150)} onKeyDown=${press} />
    ${shortcuts.value && html`<kbd aria-hidden="true">/</kbd>`}
    <div class=${shown ? "found" : "found closed"}>
      <ul role="listbox" id="found" aria-label="Found">${items.map((item, number) => html`<li role="option" id=${`found-${number}`} aria-selected=${number === at} onMouseDown=${(event) => event.preventDefault()} onClick=${() => choose(item)}>
        <span>${item.name ?? item.id}</span><span class="quiet">${item.name ? `${item.id} · ` : ""}${item.kind}</span></li>`)}</ul>
      ${said && html`<p class="quiet">${said}</p>`}
    </div>
  </form>`;
}
