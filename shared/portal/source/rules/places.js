// Places in a JSON document, such as $.criteria.criteria[0].amount. Pure functions.

/** The steps of a path: names and numbers. */
export const steps = (path) => [...path.matchAll(/\.([^.[\]]+)|\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]/g)].map(([, name, number, quoted]) => name ?? (number === undefined ? JSON.parse(`"${quoted}"`) : Number(number)));

/** What is at a path; undefined if there is nothing. */
export const at = (value, path) => steps(path).reduce((found, step) => found?.[step], value);

/** A copy with another value at a path; undefined takes the member away. */
export function put(value, path, other) {
  const change = (now, [step, ...rest]) => {
    if (step === undefined) return other;
    const copy = Array.isArray(now) ? [...now] : { ...now };
    const made = change(copy[step], rest);
    if (made === undefined) Array.isArray(copy) ? copy.splice(step, 1) : delete copy[step];
    else copy[step] = made;
    return copy;
  };
  return change(value, steps(path));
}

/** The lines of a JSON value, each with the path of what it shows: {path, depth, text}. */
export function lines(value, path = "$", depth = 0, name = "", last = true) {
  const end = last ? "" : ",";
  const isList = Array.isArray(value);
  if (value === null || typeof value !== "object") return [{ path, depth, text: `${name}${JSON.stringify(value)}${end}` }];
  const entries = Object.entries(value);
  const [opens, closes] = isList ? ["[", "]"] : ["{", "}"];
  if (!entries.length) return [{ path, depth, text: `${name}${opens}${closes}${end}` }];
  const inner = entries.flatMap(([key, each], number) => lines(each, isList ? `${path}[${key}]` : member(path, key), depth + 1, isList ? "" : `${JSON.stringify(key)}: `, number === entries.length - 1));
  return [{ path, depth, text: `${name}${opens}` }, ...inner, { path: "", depth, text: `${closes}${end}` }];
}

/** The path of a member, as the app writes it. */
const member = (path, key) => (/^[A-Za-z_][\w-]*$/.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`);

/** For each error the nearest line there is: its path, or that of what it is missing from. */
export function placed(errors, shown) {
  const there = new Set(shown.map((each) => each.path));
  const nearest = (path) => {
    for (let place = path; place; place = place.replace(/(\.[^.[\]]+|\[[^\]]*\])$/, "")) {
      if (there.has(place)) return place;
      if (place === "$") break;
    }
    return "$";
  };
  const found = new Map();
  for (const each of errors) {
    const place = nearest(each.path);
    found.set(place, [...(found.get(place) ?? []), each]);
  }
  return found;
}
