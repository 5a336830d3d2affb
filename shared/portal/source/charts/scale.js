// Places on axes: round steps for amounts, dates for days. Pure functions.
import { addMonths, daysBetween } from "../formats.js";

/** Amounts from 0 to at least `most` in `steps` or fewer round steps. */
export function ticks(most, steps = 4) {
  if (most <= 0) return [0, 1];
  const rough = most / steps;
  const size = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(1, size * [1, 2, 5, 10].find((each) => each * size >= rough));
  const found = [];
  for (let at = 0; at < most + step; at += step) found.push(at);
  return found;
}

/** Where an amount of a range lies between two places. */
export const scale = (least, most, from, to) => (value) => from + ((value - least) / (most - least || 1)) * (to - from);

/** Where a day lies; days outside lie at the ends. */
export function dayScale(first, last, from, to) {
  const place = scale(0, daysBetween(first, last), from, to);
  return (day) => Math.max(from, Math.min(to, place(daysBetween(first, day))));
}

/** The first days of months from one day to another, so many at most. */
export function monthStarts(first, last, most) {
  const found = [];
  let day = `${addMonths(first, 1).slice(0, 7)}-01`;
  if (first.endsWith("-01")) day = first;
  for (; day <= last; day = addMonths(day, 1)) found.push(day);
  const each = [1, 2, 3, 6, 12, 24, 60, 120].find((step) => found.length / step <= most) ?? 240;
  return found.filter((_, number) => number % each === 0);
}

/** Labels with their places, those left out that would cover the one before: {x, text}, x being the middle. */
export function apart(labels, width = 6.6, gap = 10) {
  let end = -Infinity;
  return labels.filter(({ x, text }) => {
    const half = (text.length * width) / 2;
    if (x - half < end + gap) return false;
    end = x + half;
    return true;
  });
}
