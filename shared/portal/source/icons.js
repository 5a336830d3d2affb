// Icons of 20 pixels, drawn as lines in the colour of the text.
import { html } from "../vendor/vendor.js";

const LINES = {
  home: "M3.5 9 10 3.5 16.5 9v7.5h-4.5v-4.5h-4v4.5H3.5z",
  people: "M7.5 9.5a3 3 0 1 0 0-6 3 3 0 0 0 0 6M2.5 16.5c0-3 2-4.5 5-4.5s5 1.5 5 4.5M13 9.5a2.5 2.5 0 1 0-1-4.8M14.5 12.2c2 .4 3 1.8 3 4.3",
  down: "M3 4.5l5 5 3-3 6 6.5M17 8.5V13h-4.5",
  near: "M10 3v3M10 14v3M3 10h3M14 10h3M10 12a2 2 0 1 0 0-4 2 2 0 0 0 0 4",
  partner: "M3 16.5V6.5l5-3v13M8 8.5l9 0v8M2 16.5h16M11 11.5h3M11 14h3",
  rules: "M5 3.5h7.5l3 3v10H5zM8 9.5h5M8 12.5h5",
  exception: "M10 2.5l6.5 2.5v5c0 4-2.8 6.5-6.5 7.5-3.7-1-6.5-3.5-6.5-7.5V5zM7 10l2 2 4-4",
  inbox: "M3.5 11 5 4h10l1.5 7v5.5h-13zM3.5 11H7c.5 2 1.5 2.5 3 2.5s2.5-.5 3-2.5h3.5",
  log: "M10 5.5V10l3 2M10 17a7 7 0 1 0-7-7M3 10l-1.5-1.5M3 10l1.5-1.5",
  search: "M9 14.5a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11M13 13l4 4",
  menu: "M3 5.5h14M3 10h14M3 14.5h14",
  link: "M8.5 11.5a3 3 0 0 0 4.3 0l2.7-2.7a3 3 0 0 0-4.3-4.3L10 5.7M11.5 8.5a3 3 0 0 0-4.3 0l-2.7 2.7a3 3 0 0 0 4.3 4.3l1.2-1.2",
  print: "M6 7V3.5h8V7M6 14H3.5V7h13v7H14M6 11.5h8v5H6z",
  download: "M10 3.5v9M6.5 9 10 12.5 13.5 9M4 16.5h12",
  person: "M10 10a3 3 0 1 0 0-6 3 3 0 0 0 0 6M4 16.5c0-3 2.5-4.5 6-4.5s6 1.5 6 4.5",
  calendar: "M3.5 5h13v11.5h-13zM3.5 8.5h13M7 3v3.5M13 3v3.5",
  next: "M7.5 4.5 13 10l-5.5 5.5",
  chart: "M3.5 3.5v13h13M7 13v-3M10.5 13V7M14 13v-5",
  good: "M4 10.5l4 4 8-9",
  add: "M10 4v12M4 10h12",
};

const SYMBOLS = { yes: "M2.5 6.5l2.5 2.5 4.5-6", no: "M3 3l6 6M9 3l-6 6", unsure: "M4 4.2a2 2 0 1 1 3 1.7c-.7.4-1 .8-1 1.6M6 9.9v.1", none: "M3 6h6" };

/** What stands beside the word of a state: a tick, a cross, a question mark or a dash. */
export const Symbol = ({ name }) => html`<svg class="symbol" viewBox="0 0 12 12" width="12" height="12" aria-hidden="true"><path d=${SYMBOLS[name]} /></svg>`;

export const Icon = ({ name }) => html`<svg class="icon" viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">
  <path d=${LINES[name]} /></svg>`;
