// Views are real addresses: which one is shown, and how to get to another.
import { signal } from "../vendor/vendor.js";

export const BASE = "/api/portal";

/** The path below the portal, and the query, of an address. */
export function read(pathname, search) {
  const path = pathname.slice(BASE.length).replace(/\/+$/, "") || "/";
  return { path, query: Object.fromEntries(new URLSearchParams(search)) };
}

/** The address of a view; parameters that are empty are left out. */
export function link(path, query = {}) {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== "");
  const search = new URLSearchParams(given).toString();
  return BASE + (path === "/" ? "" : path) + (search && `?${search}`);
}

/** The parameters of a path that has the pattern's form, such as /customers/:id; null if it has another. */
export function match(pattern, path) {
  const wanted = pattern.split("/");
  const given = path.split("/");
  if (wanted.length !== given.length) return null;
  const found = {};
  for (const [number, part] of wanted.entries()) {
    if (part.startsWith(":")) found[part.slice(1)] = decoded(given[number]);
    else if (part !== given[number]) return null;
  }
  return found;
}

function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

const here = () => (globalThis.location ? read(location.pathname, location.search) : { path: "/", query: {} });

export const view = signal(here());
/** Counts the views that were gone to, so that focus can follow; the first one is 0. */
export const moves = signal(0);

/** Go to an address of the portal. */
export function go(address, { replace = false } = {}) {
  const before = view.value.path;
  history[replace ? "replaceState" : "pushState"](null, "", address);
  view.value = here();
  if (view.value.path !== before) arrived();
}

/** Change parameters of this view's query; an empty one is left out. */
export function refine(changes, options) {
  go(link(view.value.path, { ...view.value.query, ...changes }), options);
}

function arrived() {
  moves.value += 1;
  scrollTo(0, 0);
}

/** Follow links within the portal, and the browser's own Back and Forward. */
export function listen() {
  addEventListener("popstate", () => {
    const before = view.value.path;
    view.value = here();
    if (view.value.path !== before) moves.value += 1;
  });
  document.addEventListener("click", (event) => {
    const anchor = event.target.closest?.("a[href]");
    if (!anchor || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
    if (event.altKey || anchor.target || anchor.hasAttribute("download") || anchor.origin !== location.origin) return;
    const inside = anchor.pathname === BASE || anchor.pathname.startsWith(`${BASE}/`);
    if (!inside || anchor.hash) return;
    event.preventDefault();
    go(anchor.pathname + anchor.search);
  });
}
