// Asks the API: one way for questions, one for what changes something; a problem is told in its own words.
import { signal, useCallback, useEffect, useState } from "../vendor/vendor.js";

/** How the app knows its callers: app-roles, keys or local; the page was served with it. */
export const access = globalThis.document?.querySelector("meta[name=access]")?.content ?? "local";
/** Whether a function key has to be entered first; it is kept in memory alone. */
export const keyWanted = signal(false);
let key = "";
let entered = () => {};
let waiting = null;
let leaving = false;
/** Where the page notes when it left to sign in: whoever comes back without being signed in is not sent there again. */
const LEFT = "left-to-sign-in", SOON = 15_000;

const KEPT = 60;
const kept = new Map();

/** Why a request was not answered as asked. */
export class Problem extends Error {
  constructor(status, told = {}, wait = 0) {
    super(told.detail || told.title || `The app answered ${status}.`);
    this.status = status;
    this.title = told.title || (status ? `The app answered ${status}` : "Not reached");
    this.errors = told.errors ?? [];
    this.told = told;
    this.wait = wait;
  }

  /** Whether it may be gone when it is asked again. */
  get passes() {
    return this.status === 503 || this.status === 502 || this.status === 0;
  }
}

/** The response; raises Problem. Signs in first where that is needed. */
export async function ask(path, { method = "GET", body, type = "application/json", accept = "application/json", stop } = {}) {
  const headers = { Accept: accept };
  if (method !== "GET") headers["X-Requested-With"] = "portal";
  if (body !== undefined) headers["Content-Type"] = type;
  if (key) headers["x-functions-key"] = key;
  const sent = body === undefined || typeof body === "string" ? body : JSON.stringify(body);
  const answer = await reached(`/api/${path}`, { method, headers, body: sent, signal: stop, credentials: "same-origin" });
  if (answer.ok) return answer;
  if (answer.status === 401) {
    await signedIn();
    return ask(path, { method, body, type, accept, stop });
  }
  const told = await answer.json().catch(() => ({}));
  throw new Problem(answer.status, told, Number(answer.headers.get("Retry-After")) || 0);
}

async function reached(address, options) {
  try {
    return await fetch(address, options);
  } catch (fault) {
    if (fault.name === "AbortError") throw fault;
    throw new Problem(0, { title: "Not reached", detail: "The app does not answer. Check the connection." });
  }
}

/** After it did not work. */
export function signInAgain() {
  sessionStorage.removeItem(LEFT);
  location.reload();
}

/** Resolves when the caller is known; signing in leaves the page and comes back to this view. */
async function signedIn() {
  if (access !== "keys") {
    if (!leaving) {
      const left = Number(sessionStorage.getItem(LEFT));
      if (Date.now() - left < SOON) throw new Problem(401, { title: "Not signed in", detail: "Signing in did not work. Try again, or ask whoever runs this app." });
      leaving = true;
      sessionStorage.setItem(LEFT, Date.now());
      location.assign(`/.auth/login/aad?post_login_redirect_uri=${encodeURIComponent(location.pathname + location.search)}`);
    }
    return new Promise(() => {});
  }
  keyWanted.value = true;
  waiting ??= new Promise((resolve) => (entered = resolve));
  return waiting;
}

/** Go on with the key that was entered. */
export function useKey(text) {
  key = text;
  keyWanted.value = false;
  waiting = null;
  entered();
}

/** Send what changes something; nothing is assumed before the app has answered. */
export async function send(path, body, options = {}) {
  const answer = await ask(path, { method: "POST", body, ...options });
  kept.clear();
  return answer.json().catch(() => null);
}

function keep(path, data) {
  kept.delete(path);
  kept.set(path, data);
  if (kept.size > KEPT) kept.delete(kept.keys().next().value);
}

/**
 * What a path answers: {data, problem, loading, reload}. What was shown stays until there is something newer; an answer
 * that comes too late is dropped. With a `body` it is posted: a question that changes nothing. `again(data)` gives the seconds after which to ask again, 0 for never.
 */
export function useApi(path, { again, body } = {}) {
  const of = path && (body === undefined ? path : `${path} ${JSON.stringify(body)}`);
  const [found, setFound] = useState(() => begun(of));
  const [asked, setAsked] = useState(0);
  const reload = useCallback(() => setAsked((number) => number + 1), []);
  useEffect(() => {
    if (!path) return undefined;
    const stop = new AbortController();
    let timer, tries = 0;
    setFound((old) => ({ ...old, data: kept.get(of) ?? old.data, loading: true }));
    const load = async () => {
      try {
        const data = await (await ask(path, { stop: stop.signal, ...(body !== undefined && { method: "POST", body }) })).json();
        keep(of, data);
        setFound({ data, of, problem: null, loading: false });
        const seconds = again?.(data);
        if (seconds) timer = setTimeout(load, seconds * 1000);
      } catch (fault) {
        if (stop.signal.aborted) return;
        const problem = fault instanceof Problem ? fault : new Problem(0, { title: "Failed", detail: String(fault) });
        setFound((old) => ({ ...old, data: problem.passes || old.of === of ? old.data : null, problem, loading: false }));
        if (problem.passes) timer = setTimeout(load, 1000 * (problem.wait || Math.min(30, 2 ** ++tries)));
      }
    };
    load();
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
  }, [of, asked]);
  return { ...found, reload };
}

const begun = (of) => ({ data: kept.get(of) ?? null, of, problem: null, loading: Boolean(of) });

/** A button's work: {run, busy, problem, done}. A second press waits for the first. */
export function useSend() {
  const [now, setNow] = useState({ busy: false, problem: null, done: null });
  const run = useCallback(async (work) => {
    setNow({ busy: true, problem: null, done: null });
    try {
      const done = await work();
      setNow({ busy: false, problem: null, done });
      return done;
    } catch (fault) {
      setNow({ busy: false, problem: fault instanceof Problem ? fault : new Problem(0, { detail: String(fault) }), done: null });
      return null;
    }
  }, []);
  return { ...now, run };
}

/** Every row of a list as CSV, page after page; `told` hears how many bytes there are so far. */
export async function csv(path, told = () => {}) {
  const parts = [];
  let next = path, size = 0;
  while (next) {
    const answer = await ask(next, { accept: "text/csv" });
    const text = await answer.text();
    parts.push(parts.length ? text.slice(text.indexOf("\r\n") + 2) : `\ufeff${text.replace(/^\ufeff/, "")}`);
    size += text.length;
    told(size);
    next = /<\/api\/([^>]+)>; rel="next"/.exec(answer.headers.get("Link") ?? "")?.[1];
  }
  return parts.join("");
}
