
// Reads openapi.json beside this page and makes of it a form for each route. All text goes in as text, never as markup.

const base = location.pathname.replace(/\/docs\/?$/i, "");
const main = document.getElementById("operations");
let api;

function el(tag, given = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(given)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value != null) made.setAttribute(name, value);
  }
  made.append(...children.flat(Infinity).filter((each) => each != null && each !== ""));
  return made;
}

// Text with `code` in it.
const rich = (text) => (text || "").split("`").map((part, at) => (at % 2 ? el("code", {}, part) : part));

const sentence = (text) => (text ? text.charAt(0).toUpperCase() + text.slice(1) : "");

const resolved = (value) => (value?.$ref ? value.$ref.slice(2).split("/").reduce((at, name) => at[name], api) : value);

const pathOf = (path) => path.split(/(\{\w+\})/).map((part) => (part.startsWith("{") ? el("i", {}, part) : part));

function start(document_) {
  api = document_;
  document.title = `${api.info.title} API`;
  document.getElementById("version").textContent = `API ${api.info.version}`;
  document.getElementById("about").append(...api.info.description.split("\n\n").map((each) => el("p", {}, rich(each))));
  for (const tag of api.tags) {
    const routes = operationsOf(tag.name);
    if (routes.length) addGroup(tag, routes);
  }
  document.getElementById("loading").remove();
  openLinked();
  addEventListener("hashchange", openLinked);
}

function operationsOf(tag) {
  return Object.entries(api.paths).flatMap(([path, item]) =>
    Object.entries(item)
      .filter(([, operation]) => operation.tags?.includes(tag))
      .map(([method, operation]) => ({ path, method: method.toUpperCase(), ...operation })),
  );
}

function addGroup(tag, routes) {
  const heading = `group-${tag.name.toLowerCase().replaceAll(" ", "-")}`;
  main.append(
    el("section", { class: "group", "aria-labelledby": heading },
      el("h2", { id: heading }, tag.name), el("p", {}, rich(tag.description)), routes.map(operationCard)),
  );
  document.getElementById("contents").append(
    el("h3", {}, tag.name),
    el("ul", {}, routes.map((route) => el("li", {}, el("a", { href: `#${route.operationId}` }, verb(route.method), el("span", {}, route.summary))))),
  );
}

const verb = (method) => el("span", { class: `verb ${method.toLowerCase()}` }, method);

function openLinked() {
  const card = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (card?.matches(".operation")) {
    card.open = true;
    card.scrollIntoView();
    card.querySelector("summary").focus({ preventScroll: true });
  }
}

function operationCard(route) {
  const card = el("details", { class: "operation", id: route.operationId },
    el("summary", {}, verb(route.method), el("span", { class: "path" }, pathOf(route.path)), el("span", { class: "told" }, route.summary)));
  const fill = () => card.querySelector(".inside") || card.append(inside(route));
  card.firstChild.addEventListener("click", fill); // at once, so that the next key already finds the form
  card.addEventListener("toggle", fill);
  return card;
}

function inside(route) {
  const answer = el("div", { "aria-live": "polite" });
  return el("div", { class: "inside" },
    route.description ? el("p", {}, rich(route.description)) : null,
    form(route, answer), answer, el("details", { class: "more" }, el("summary", {}, "What it answers"), responses(route)));
}

// ---- the form -------------------------------------------------------------------------------------------------------

function form(route, answer) {
  const fields = (route.parameters || []).map((parameter) => parameterField(route, parameter));
  const body = route.requestBody ? bodyField(route) : null;
  const made = el("form", { novalidate: true },
    fields.length ? el("div", { class: "fields" }, fields) : null, body,
    el("div", { class: "actions" }, el("button", { class: "send", type: "submit" }, "Send"),
      route.security?.length ? null : el("span", { class: "hint" }, "Needs no key.")));
  made.addEventListener("submit", (event) => {
    event.preventDefault();
    send(route, made, answer);
  });
  made.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) made.requestSubmit();
  });
  return made;
}

function parameterField(route, parameter) {
  const { name, schema, required, description, example } = parameter;
  const id = `${route.operationId}-${name}`;
  const given = { id, name, "data-in": parameter.in, "aria-describedby": `${id}-hint ${id}-fault`, autocomplete: "off", spellcheck: "false" };
  const input = schema.enum || schema.type === "boolean"
    ? el("select", given, ["", ...(schema.enum || ["true", "false"])].map((each) => el("option", {}, String(each))))
    : el("input", { ...given, value: example, placeholder: schema.default, inputmode: schema.type === "integer" ? "numeric" : null });
  return el("div", { class: "field" },
    el("label", { for: id }, name, " ", el("small", {}, required ? "required" : "optional")), input,
    el("span", { class: "hint", id: `${id}-hint` }, rich([sentence(description), limits(schema)].filter(Boolean).join(" · "))),
    el("span", { class: "fault", id: `${id}-fault`, role: "alert" }));
}

function limits(schema) {
  const found = [];
  if (schema.format === "date") found.push("YYYY-MM-DD");
  if (schema.type === "integer") found.push(`${schema.minimum} to ${schema.maximum ?? "…"}`);
  if (schema.default !== undefined) found.push(`${schema.default} if left out`);
  return found.join(" · ");
}

function bodyField(route) {
  const id = `${route.operationId}-body`;
  const [type, content] = Object.entries(route.requestBody.content)[0];
  const examples = Object.values(content.examples || {});
  const text = el("textarea", { id, name: "body", "data-in": "body", "data-type": type, spellcheck: "false" });
  const show = (at) => { text.value = JSON.stringify(examples[at].value, null, 2); };
  if (examples.length) show(0);
  const choice = el("select", { "aria-label": "Example", onchange: (event) => show(event.target.selectedIndex) },
    examples.map((each) => el("option", {}, each.summary)));
  return el("div", { class: "field" },
    el("div", { class: "body-head" }, el("label", { for: id }, el("strong", {}, "Body "), el("small", { class: "hint" }, type)), examples.length > 1 ? choice : null),
    text, el("details", { class: "more" }, el("summary", {}, "What it may hold"), schemaView(content.schema, 0)));
}

// ---- asking ---------------------------------------------------------------------------------------------------------

function request(route, made) {
  let path = route.path;
  const query = new URLSearchParams();
  const headers = { accept: "application/json, application/problem+json" };
  let body;
  for (const field of made.querySelectorAll("[data-in]")) {
    const value = field.dataset.in === "body" ? field.value : field.value.trim();
    if (field.dataset.in === "path") path = path.replace(`{${field.name}}`, encodeURIComponent(value));
    else if (field.dataset.in === "query" && value) query.set(field.name, value);
    else if (field.dataset.in === "body" && value) {
      body = value;
      headers["content-type"] = field.dataset.type;
    }
  }
  const key = document.getElementById("key").value.trim();
  if (key && route.security?.length) headers["x-functions-key"] = key;
  const search = query.size ? `?${query}` : "";
  return { url: `${base}${path}${search}`, options: { method: route.method, headers, body, cache: "no-store" } };
}

async function send(route, made, answer) {
  for (const field of made.querySelectorAll(".fields [data-in]")) fault(field, "");
  const missing = [...made.querySelectorAll("[data-in=path]")].find((field) => !field.value.trim());
  if (missing) {
    fault(missing, `Give ${missing.name}: it is part of the address.`);
    missing.focus();
    return;
  }
  const button = made.querySelector(".send");
  const asked = request(route, made);
  const began = performance.now();
  button.disabled = true;
  try {
    const response = await fetch(asked.url, asked.options);
    const text = await response.text();
    answer.replaceChildren(answerView(route, made, asked, response, text, performance.now() - began));
  } catch (error) {
    answer.replaceChildren(el("div", { class: "answer" }, el("div", { class: "part problem" }, el("strong", {}, "No answer. "), `The server could not be reached (${error.message}).`)));
  } finally {
    button.disabled = false;
  }
}

function fault(field, message) {
  field.toggleAttribute("aria-invalid", Boolean(message));
  if (message) field.setAttribute("aria-invalid", "true");
  const told = document.getElementById(`${field.id}-fault`);
  if (told) told.textContent = message;
}

// ---- the answer -----------------------------------------------------------------------------------------------------

function answerView(route, made, asked, response, text, milliseconds) {
  const value = parsed(text);
  const command = curl(asked);
  const parts = [];
  if (!response.ok && value?.title) parts.push(problemView(made, value));
  if (response.status === 401 && !value?.title) parts.push(el("div", { class: "part problem" }, el("strong", {}, "A key is needed. "), "Enter a function key at the top of the page."));
  if (response.ok && value?.summary) parts.push(decisionView(value));
  else if (response.ok && value?.decision?.summary) parts.push(decisionView(value.decision));
  if (response.ok && typeof value?.next === "string") parts.push(nextPage(made, value.next));
  parts.push(el("div", { class: "part" }, text ? el("pre", { tabindex: "0", "aria-label": "Answer" }, value === undefined ? text : coloured(value)) : el("p", { class: "hint" }, "No content.")));
  parts.push(el("div", { class: "part" }, el("details", { class: "more" }, el("summary", {}, "The same with curl"), el("pre", { tabindex: "0" }, command), copyButton(command))));
  return el("section", { class: "answer", "aria-label": "Answer" },
    el("header", {},
      el("span", { class: response.ok ? "status" : "status bad" }, `${response.status} ${response.statusText}`.trim()),
      el("span", {}, response.headers.get("content-type") || ""), el("span", {}, `${Math.round(milliseconds)} ms`),
      el("span", {}, size(text)), text ? copyButton(text, "Copy answer") : null),
    parts);
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const size = (text) => (text.length < 2048 ? `${text.length} characters` : `${Math.round(text.length / 1024)} KiB`);

function copyButton(text, label = "Copy") {
  const button = el("button", { type: "button" }, label);
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = label; }, 1500);
  });
  return button;
}

function problemView(made, problem) {
  const errors = problem.errors || [];
  for (const each of errors) {
    const field = made.querySelector(`[name="${CSS.escape(each.path)}"]`);
    if (field) fault(field, `${sentence(each.message)}.`);
  }
  return el("div", { class: "part problem", role: "alert" }, el("strong", {}, problem.title),
    errors.length ? el("ul", {}, errors.slice(0, 50).map((each) => el("li", {}, el("code", {}, each.path), " ", each.message))) : el("p", {}, problem.detail),
    errors.length > 50 ? el("p", {}, `and ${errors.length - 50} more`) : null);
}

function decisionView(decision) {
  const [headline, ...lines] = decision.summary;
  const omitted = decision.summaryOmitted ? el("p", { class: "hint" }, `and ${decision.summaryOmitted} more criteria`) : null;
  return el("div", { class: "part" },
    el("p", { class: "outcome" },
      el("span", { class: `tag ${headline.verdict}` }, OUTCOMES[headline.verdict]),
      el("span", {}, `on ${decision.decidedOn} by ${decision.ruleSetVersion ? `rule set ${decision.ruleSetVersion}` : "the rules given"}`),
      decision.knownAsOf ? el("span", {}, `by the facts known today, ${decision.knownAsOf}`) : null,
      decision.nextChangeOn ? el("span", {}, `may change by itself on ${decision.nextChangeOn}`) : null),
    el("h4", {}, "Why"), el("p", {}, el("strong", {}, headline.text)), summaryLines(lines, "Why"), omitted,
    help("What would help", decision.wouldHelp), help("What would keep it eligible", decision.wouldKeep),
    el("details", { class: "more" }, el("summary", {}, "The whole tree of reasons"),
      el("ul", { class: "tree", "aria-label": "Reasons" }, node(decision.criteria, false))));
}

const OUTCOMES = { met: "Eligible", unmet: "Not eligible", unknown: "Cannot be decided" };

function summaryLines(lines, label) {
  return lines.length ? el("ul", { class: "summary", "aria-label": label }, lines.map((each) => el("li", {}, summaryLine(each)))) : null;
}

// Alternatives of which one is enough, each several lines that are needed together.
function summaryLine({ verdict, text, oneOf }) {
  const ways = oneOf?.map((together, number) => el("li", {}, together.map((each, at) => [number || at ? el("b", { class: "join" }, at ? "and" : "or") : null, summaryLine(each)])));
  return [el("div", { class: "line" }, sign(verdict), el("span", {}, text)), ways ? el("ul", { class: "ways", "aria-label": "One of these" }, ways) : null];
}

// Ways, grouped by who has to act. Each is a set of changes, all of which are needed.
function help(title, ways) {
  if (!ways?.length) return null;
  const groups = Object.groupBy(ways, ({ by }) => by.map((each) => ACTORS[each]).join(" and ") || "nobody");
  let first = 1;
  const group = ([by, own]) => {
    const list = el("ol", { start: first }, own.map((each) => el("li", {}, way(each))));
    first += own.length;
    return el("li", {}, el("b", {}, by[0].toUpperCase() + by.slice(1)), list);
  };
  return [el("h4", {}, ways.length > 1 ? `${title}, any one of these` : title),
    el("ul", { class: "help", "aria-label": title }, Object.entries(groups).map(group))];
}

const ACTORS = { customer: "account team", partner: "partner", programme: "programme" };

function way({ changes, otherwise, eligibleProjects, lastsUntil, knownUntil }) {
  const until = lastsUntil ? `until ${dayOf(lastsUntil)}` : knownUntil ? `until ${dayOf(knownUntil)} at least` : "without a known end";
  return [el("ul", {}, changes.map(({ text }) => el("li", {}, text))), otherwise ? el("p", {}, `Or ${otherwise}`) : null,
    el("small", {}, `eligible ${until}${eligibleProjects.length ? `, with ${eligibleProjects.join(", ")}` : ""}`)];
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

function dayOf(iso) {
  const [year, month, day] = iso.split("-").map(Number);
  return `${day} ${MONTHS[month - 1]} ${year}`;
}

const sign = (verdict) => el("span", { class: `verdict ${verdict}`, role: "img", "aria-label": verdict }, SIGNS[verdict]);

const SIGNS = { met: "✓", unmet: "✕", unknown: "?" };

// A criterion that is not met where another one was enough is spare: no failure, and folded away.
function node(criterion, spare) {
  const { verdict, subject, children, required, omitted } = criterion;
  const about = Object.entries(subject || {}).map(([kind, name]) => `${kind} ${name}`).join(", ");
  const more = [about, found(criterion), spare && "not needed", omitted && `${omitted} more left out`].filter(Boolean);
  const line = [
    sign(verdict),
    el("span", {}, criterion.title, el("small", {}, more.map((each) => ` · ${each}`).join(""))),
  ];
  const kind = spare ? "spare" : null;
  if (!children) return el("li", { class: kind }, el("div", { class: "line" }, line));
  const enough = verdict === "met" && required === "at least one";
  const below = children.map((each) => node(each, spare || (enough && each.verdict !== "met") || each.notNeeded));
  return el("li", { class: kind }, el("details", { open: !spare }, el("summary", { class: "line" }, line), el("ul", {}, below)));
}

function found({ required, actual }) {
  if (required === "all" || required === "at least one") return typeof actual === "string" ? actual : "";
  return `required ${phrase(required)}, found ${phrase(actual)}`;
}

function phrase(value) {
  if (value == null || (Array.isArray(value) && !value.length)) return "none";
  if (Array.isArray(value)) return value.map(phrase).join(" or ");
  if (typeof value === "object") {
    return Object.entries(value).filter(([, each]) => each != null).map(([name, each]) => `${words(name)} ${phrase(each)}`).join(", ");
  }
  return String(value);
}

const words = (name) => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

function nextPage(made, cursor) {
  const field = made.querySelector("[name=after], [name=before]");
  if (!field) return null;
  const next = el("button", { type: "button" }, "Next page");
  next.addEventListener("click", () => {
    field.value = cursor;
    made.requestSubmit();
  });
  return el("div", { class: "part actions" }, next, el("span", { class: "hint" }, `goes on with ${field.name} ${cursor}`));
}

const TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)?|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/g;

function coloured(value) {
  const text = JSON.stringify(value, null, 2);
  if (text.length > 300_000) return text;
  const pieces = [];
  let at = 0;
  for (const token of text.matchAll(TOKEN)) {
    const kind = token[2] ? "k" : token[1] ? "s" : /[a-z]/.test(token[0][0]) ? "w" : "n";
    pieces.push(text.slice(at, token.index), el("span", { class: kind }, token[1] || token[0]), token[2] || "");
    at = token.index + token[0].length;
  }
  return [...pieces, text.slice(at)];
}

function curl({ url, options }) {
  const quoted = (text) => `'${text.replaceAll("'", `'\\''`)}'`;
  const words_ = ["curl", ...(options.method === "GET" ? [] : ["-X", options.method]), quoted(location.origin + url)];
  if (options.headers["x-functions-key"]) words_.push("-H", quoted("x-functions-key: YOUR-KEY"));
  if (options.body) words_.push("-H", quoted(`content-type: ${options.headers["content-type"]}`), "-d", quoted(options.body));
  else if (options.method !== "GET") words_.push("-d", "''");
  return words_.join(" ");
}

// ---- what is exchanged ----------------------------------------------------------------------------------------------

function responses(route) {
  return el("div", { class: "responses" }, Object.entries(route.responses).map(([status, each]) => {
    const response = resolved(each);
    const schema = Object.values(response.content || {})[0]?.schema;
    const [good, told] = [status < 400, rich(response.description)];
    const shown = !schema || good ? [told, schema ? schemaView(schema, 0) : null] : opening([told, " ", el("small", {}, "(a problem document)")], schema, 0);
    return el("div", {}, el("span", { class: good ? "status" : "status bad" }, status), el("div", {}, shown));
  }));
}

function kindOf(given) {
  const schema = resolved(given);
  if (schema.nullable && (schema.type || schema.allOf)) return `${kindOf({ ...schema, nullable: false })} or null`;
  if (schema.allOf?.length === 1) return kindOf(schema.allOf[0]);
  if (schema.enum) return schema.enum.map((each) => JSON.stringify(each)).join(" | ");
  const type = (schema.type || "anything").replace("array", "list");
  return schema.format ? `${type} (${schema.format})` : type;
}

const isList = (schema) => schema.type === "array";

// A schema as a list of members; those of members are made when they are opened, because criteria hold criteria.
function schemaView(given, depth) {
  const schema = resolved(given);
  if (schema.allOf) return el("div", {}, schema.allOf.map((each) => schemaView(each, depth)));
  if (isList(schema)) return schemaView(schema.items, depth);
  if (!schema.properties) return null;
  return el("ul", { class: "schema" }, Object.entries(schema.properties).map(([name, each]) => member(name, each, schema.required?.includes(name), depth)));
}

function member(name, given, required, depth) {
  const schema = resolved(given);
  const line = [el("b", {}, name), " ", el("small", {}, kindOf(schema)), required ? el("small", { class: "must", title: "required" }, " required") : "", " ",
    el("small", {}, rich(sentence(given.description || schema.description)))];
  return el("li", {}, holdsMembers(schema) ? opening(line, schema, depth) : line);
}

function holdsMembers(given) {
  const schema = resolved(given);
  if (isList(schema)) return holdsMembers(schema.items);
  return Boolean(schema.properties) || (schema.allOf || []).some(holdsMembers);
}

function opening(line, schema, depth) {
  const made = el("details", {}, el("summary", {}, line));
  made.addEventListener("toggle", () => {
    if (made.open && made.children.length === 1) made.append(schemaView(schema, depth + 1) || "");
  });
  return made;
}

document.getElementById("key-form").addEventListener("submit", (event) => event.preventDefault());
fetch(`${base}/openapi.json`)
  .then((response) => (response.ok ? response.json() : Promise.reject(new Error(`${response.status} ${response.statusText}`))))
  .then(start)
  .catch((error) => { document.getElementById("loading").textContent = `The description could not be read: ${error.message}`; });
