// Exceptions: how they stand, in words.
import { day, html, Tag } from "../portal.js";
import { By } from "./versions.js";

const STATES = { holds: ["Holds", "good"], starts: ["Starts later", "brand"], ended: ["Ended", "none"], revoked: ["Revoked", "bad"] };

export const ExceptionState = ({ of }) => {
  const [word, kind] = STATES[of] ?? [of, "none"];
  return html`<${Tag} kind=${kind}>${word}<//>`;
};

export const COLUMNS = [
  { name: "State", tight: true, of: (row) => html`<${ExceptionState} of=${row.state} />` },
  { name: "From", tight: true, of: (row) => day(row.validFrom) },
  { name: "Until", tight: true, of: (row) => day(row.validUntil) },
  { name: "Why", wide: true, of: (row) => row.reason },
  { name: "By", tight: true, of: (row) => html`<${By} name=${row.approvedBy} />` },
];
