// How dates, money, counts and states are written.

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const DAY = 86_400_000;

/** 2027-02-16 as 16 Feb 2027. */
export function day(text) {
  if (!text) return "";
  const [year, month, date] = text.slice(0, 10).split("-").map(Number);
  return `${date} ${MONTHS[month - 1]} ${year}`;
}

/** 2027-02 as Feb 2027. */
export function month(text) {
  const [year, number] = text.split("-").map(Number);
  return `${MONTHS[number - 1]} ${year}`;
}

/** A time as its day and minute, UTC. */
export function moment(text) {
  return text ? `${day(text)}, ${text.slice(11, 16)} UTC` : "";
}

/** Today as YYYY-MM-DD, UTC, as the API counts days. */
export const today = () => new Date().toISOString().slice(0, 10);

export function addDays(text, days) {
  return new Date(Date.parse(text) + days * DAY).toISOString().slice(0, 10);
}

/** The same day some months on, or the last one of that month. */
export function addMonths(text, months) {
  const [year, number, date] = text.split("-").map(Number);
  const last = new Date(Date.UTC(year, number - 1 + months + 1, 0));
  return new Date(Date.UTC(year, number - 1 + months, Math.min(date, last.getUTCDate()))).toISOString().slice(0, 10);
}

/** Days from one day to another. */
export const daysBetween = (from, to) => Math.round((Date.parse(to) - Date.parse(from)) / DAY);

/** How far a day is from today, in words. */
export function distance(text, from = today()) {
  const days = daysBetween(from, text);
  if (days === 0) return "today";
  const ahead = Math.abs(days);
  const [number, unit] = ahead < 60 ? [ahead, "day"] : ahead < 730 ? [Math.round(ahead / 30.44), "month"] : [Math.round(ahead / 365.25), "year"];
  const said = `${number} ${unit}${number === 1 ? "" : "s"}`;
  return days > 0 ? `in ${said}` : `${said} ago`;
}

/** A decimal text with separators; .00 is left out. No digit is lost to a binary fraction. */
export function amount(text) {
  if (text === null || text === undefined || text === "") return "";
  const [whole, fraction = ""] = String(text).split(".");
  const separated = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return /^0*$/.test(fraction) ? separated : `${separated}.${fraction.padEnd(2, "0")}`;
}

/** USD 420,000. */
export const money = (text, currency) => (text === null || text === undefined || text === "" ? "" : `${currency} ${amount(text)}`);

/** 1,204 */
export const count = (number) => amount(String(number));

/** 1 customer, 2 customers. */
export const counted = (number, one, many = `${one}s`) => `${count(number)} ${number === 1 ? one : many}`;

/** A change as +3, −2 or no change. */
export function change(number) {
  return number === 0 ? "no change" : `${number > 0 ? "+" : "−"}${count(Math.abs(number))}`;
}

/** A short form for axes: 300k, 1.5M. */
export function short(number) {
  const steps = [[1e9, "bn"], [1e6, "M"], [1e3, "k"]];
  const [size, unit] = steps.find(([least]) => Math.abs(number) >= least) ?? [1, ""];
  return `${Number((number / size).toFixed(1))}${unit}`;
}

const STATES = {
  eligible: { word: "Eligible", symbol: "yes", kind: "good" },
  ineligible: { word: "Not eligible", symbol: "no", kind: "bad" },
  undecided: { word: "Cannot be decided", symbol: "unsure", kind: "unsure" },
  unassessed: { word: "Not decided yet", symbol: "none", kind: "none" },
};

/** The state of what the API answers with status and undecided; "cannot be decided" is one of its own. */
export const stateOf = (item) => (item.undecided ? "undecided" : (item.status ?? "unassessed"));
export const state = (name) => STATES[name] ?? STATES.unassessed;

const VERDICTS = {
  met: { word: "met", symbol: "yes", kind: "good" },
  unmet: { word: "not met", symbol: "no", kind: "bad" },
  unknown: { word: "cannot be decided", symbol: "unsure", kind: "unsure" },
};
export const verdict = (name) => VERDICTS[name] ?? VERDICTS.unknown;

/** customer-engagement as Customer engagement. */
export function words(id) {
  const text = id.replaceAll("-", " ");
  return text[0].toUpperCase() + text.slice(1);
}

/** a, b and c */
export function list(items, last = "and") {
  return items.length < 2 ? items.join("") : `${items.slice(0, -1).join(", ")} ${last} ${items.at(-1)}`;
}
