// A chart: an image whose name is a sentence, its texts in the size of the page's, and the same as a table.
import { html, useLayoutEffect, useRef, useState } from "../../vendor/vendor.js";
import { Table } from "../table.js";

/** A place and the width it has, in CSS pixels; it follows the window. */
export function useWidth() {
  const place = useRef();
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const measure = () => setWidth(Math.floor(place.current.clientWidth));
    measure();
    const watch = new ResizeObserver(measure);
    watch.observe(place.current);
    return () => watch.disconnect();
  }, []);
  return [place, width];
}

/**
 * `said` is the image's name; `draw(width)` makes what is in it; `table` is {columns, rows} of Table. `links(width)` are places on it that
 * open something: {x, y, width, height, href, name}.
 */
export function Chart({ said, height, draw, table, links }) {
  const [place, width] = useWidth();
  return html`<figure class="chart"><div class="drawn" ref=${place} style=${{ height: `${height}px` }}>
      ${width > 0 && html`<svg role="img" aria-label=${said} width=${width} height=${height}>${draw(width)}</svg>`}
      ${width > 0 && links?.(width).map((each) => html`<a class="spot" href=${each.href} aria-label=${each.name} title=${each.name}
        style=${{ left: `${each.x}px`, top: `${each.y}px`, width: `${each.width}px`, height: `${each.height}px` }}></a>`)}
    </div>
    ${table && html`<details class="as-table"><summary>As a table</summary><${Table} label=${said} quiet ...${table} /></details>`}</figure>`;
}

/** A text of a chart; `at` is start, middle or end. */
export const Label = ({ x, y, at = "start", kind = "", children }) => html`<text x=${x} y=${y} text-anchor=${at} class=${kind}>${children}</text>`;
