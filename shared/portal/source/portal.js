// The portal's core: what pages are made with, and the start of the page.
import { html, render, useEffect, useErrorBoundary, useState } from "../vendor/vendor.js";
import { Layout } from "./layout.js";
import { meet } from "./me.js";
import { PAGES } from "./pages.js";
import { Heading } from "./parts.js";
import { link, listen, match, view } from "./router.js";
import { Empty, Skeleton } from "./states.js";

export * from "../vendor/vendor.js";
export * from "./api.js";
export * from "./charts/bars.js";
export * from "./charts/chart.js";
export * from "./charts/lines.js";
export * from "./charts/times.js";
export * from "./formats.js";
export * from "./icons.js";
export * from "./me.js";
export * from "./parts.js";
export * from "./router.js";
export * from "./rules.js";
export * from "./states.js";
export * from "./table.js";

const loaded = new Map();

/** The page's module; a newer version of the portal is loaded with the page itself. */
function load(name) {
  if (!loaded.has(name)) loaded.set(name, import(`./pages/${name}.js`));
  return loaded.get(name);
}

function wanted() {
  for (const [pattern, module] of PAGES) {
    const params = match(pattern, view.value.path);
    if (params) return { module, params };
  }
  return { module: "", params: {} };
}

const Nowhere = () => html`<${Heading} title="No such page" /><${Empty} kind="no-match" title=${`The portal has no page ${view.value.path}`}><a href=${link("/")}>To the overview</a><//>`;

function Page() {
  const { module, params } = wanted();
  const [page, setPage] = useState(null);
  const [failed, forget] = useErrorBoundary((fault) => console.error(fault));
  useEffect(() => {
    if (failed) forget();
    if (!module) return;
    load(module).then((found) => setPage({ module, View: found.default }), (fault) => setPage({ module, fault }));
  }, [module]);
  if (!module) return html`<${Nowhere} />`;
  if (failed || (page?.module === module && page.fault)) return html`<${Stale} fault=${failed ?? page.fault} />`;
  if (page?.module !== module) return html`<${Skeleton} rows=${6} />`;
  return html`<${page.View} key=${`${module} ${Object.values(params)}`} ...${params} query=${view.value.query} />`;
}

const Stale = ({ fault }) => html`<${Heading} title="This page cannot be shown" />
  <div class="fault" role="alert"><p>The portal may have been updated since it was opened. ${String(fault)}</p><button onClick=${() => location.reload()}>Load it again</button></div>`;

listen();
load(wanted().module || "home").catch(() => {});
meet();
const place = document.getElementById("portal");
place.replaceChildren();
render(html`<${Layout}><${Page} /><//>`, place);
