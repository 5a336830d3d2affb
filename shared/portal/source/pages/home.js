// The overview.
import { html, Heading } from "../portal.js";
export default function Home() { return html`<${Heading} title="Overview" />`; }
