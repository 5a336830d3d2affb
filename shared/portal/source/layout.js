// The frame of every page: header with search, navigation by role, the page, and what is announced.
import { html, signal, useEffect, useRef, useState } from "../vendor/vendor.js";
import { access, keyWanted, signInAgain, useKey } from "./api.js";
import { Icon } from "./icons.js";
import { has, me, unknown } from "./me.js";
import { NAVIGATION, READ } from "./pages.js";
import { link, moves, view } from "./router.js";
import { Search, shortcuts, switchShortcuts } from "./search.js";
import { Fault } from "./states.js";

const open = signal(false);

const isOf = (path) => (path === "/" ? view.value.path === "/" : view.value.path === path || view.value.path.startsWith(`${path}/`));
const isShown = ({ roles = READ }) => (me.value ? has(...roles) : roles === READ);

const Navigation = () => html`<nav class=${open.value ? "side open" : "side"} id="navigation" aria-label="Portal">
  <ul>${NAVIGATION.filter(isShown).map(({ path, name, icon }) => html`<li><a href=${link(path)} aria-current=${isOf(path) ? "page" : undefined}><${Icon} name=${icon} />${name}</a></li>`)}</ul>
</nav>`;

function Header() {
  const caller = me.value;
  const said = caller?.name ?? { keys: "With a key, read only", local: "Local, all roles" }[caller?.access];
  return html`<header class="top">
    <button class="menu" aria-expanded=${open.value} aria-controls="navigation" onClick=${() => (open.value = !open.value)}><${Icon} name="menu" /><span class="unseen">Menu</span></button>
    <a class="brand" href=${link("/")}><svg viewBox="0 0 32 32" width="24" height="24" aria-hidden="true"><rect width="32" height="32" rx="7" /><path d="M8 17l5.5 5.5L24 11" /></svg><span>FastTrack eligibility</span></a>
    <${Search} />
    <div class="caller">${said && html`<details><summary><${Icon} name="person" /><span>${said}</span></summary><${Caller} caller=${caller} /></details>`}</div>
  </header>`;
}

const Caller = ({ caller }) => html`<div class="flyout">
  <p><strong>${caller.name ?? "Nobody is named"}</strong></p>
  <p class="quiet">${caller.access === "app-roles" ? "Signed in, with the roles:" : caller.access === "keys" ? "Callers have keys, which name nobody. The portal only reads." : "On a developer's machine nothing is asked. All roles:"}</p>
  ${caller.access !== "keys" && html`<ul class="plain">${caller.roles.map((role) => html`<li>${role}</li>`)}</ul>`}
  ${caller.access === "app-roles" && html`<p><a href=${`/.auth/logout?post_logout_redirect_uri=${encodeURIComponent(link("/"))}`}>Sign out</a></p>`}
</div>`;

function Key() {
  const enter = (event) => {
    event.preventDefault();
    useKey(event.target.elements.key.value.trim());
  };
  return html`<form class="card alone" onSubmit=${enter}><h1>A key is needed</h1>
    <p>This app asks for a function key. The key stays in the memory of this page and is gone when it is closed.</p>
    <label class="field"><span>Function key</span><input name="key" type="password" required autocomplete="off" /></label>
    <p><button class="primary">Go on</button></p></form>`;
}

/** Says the title of a view that was gone to. */
function Announcer() {
  const [text, setText] = useState("");
  useEffect(() => {
    if (!moves.value) return undefined;
    const later = setTimeout(() => setText(document.title), 100);
    return () => clearTimeout(later);
  }, [moves.value]);
  return html`<div class="unseen" aria-live="polite" id="announcer">${text}</div>`;
}

const REFUSED = { 401: "You are not signed in", 403: "You have no role here" };

const Footer = () => html`<footer class="foot"><a href="/api/docs">API</a>
  <label class="check"><input type="checkbox" checked=${shortcuts.value} onChange=${(event) => switchShortcuts(event.target.checked)} /> Keyboard shortcut: <kbd>/</kbd> goes to the search</label></footer>`;

export function Layout({ children }) {
  const main = useRef();
  useEffect(() => {
    open.value = false;
  }, [view.value.path]);
  const skip = (event) => {
    event.preventDefault();
    main.current.focus();
  };
  const refused = unknown.value;
  return html`<a class="skip" href="#main" onClick=${skip}>Skip to content</a><${Header} />
    <div class="frame"><${Navigation} /><main id="main" tabindex="-1" ref=${main}>
      ${keyWanted.value ? html`<${Key} />` : REFUSED[refused?.status] ? html`<div class="card alone"><h1>${REFUSED[refused.status]}</h1><${Fault} problem=${refused} again=${refused.status === 401 && signInAgain} /></div>` : children}
    </main></div><${Footer} /><${Announcer} />`;
}
