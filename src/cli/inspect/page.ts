import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Picture } from "./picture.js";

/** JSON for a script element, in which nothing can end the element. */
const embedded = (data: unknown): string => JSON.stringify(data).replaceAll("<", "\\u003c");

/** The pages' parts, read once at the start: the checkout may be gone when the first viewer comes. */
export interface Pages {
  /** The viewer: one file that requests nothing from elsewhere. */
  readonly viewer: (nonce: string) => string;
  /** The page that leads to the hosted inspector, at an address of its own. */
  readonly bridge: (nonce: string) => string;
}

const fill = (template: string, parts: Readonly<Record<string, string>>): string =>
  template.replaceAll(/<!--([a-z]+)-->/g, (whole, name: string) => parts[name] ?? whole);

/** `folder`: where the page's parts were built. `hosted`: the address of the hosted inspector. */
export const readPages = (folder: string, pictures: Readonly<Record<string, readonly Picture[]>>, hosted: string): Pages => {
  const read = (name: string): string => readFileSync(join(folder, name), "utf8");
  const [viewer, bridge, style] = [read("viewer.html"), read("bridge.html"), read("style.css")];
  const [script, bridgeScript] = [read("main.js"), read("bridge.js")];
  const tag = (nonce: string, source: string): string => `<script type="module" nonce="${nonce}">\n${source}</script>`;
  const data = (id: string, value: unknown): string => `<script type="application/json" id="${id}">${embedded(value)}</script>`;
  const styleTag = `<style>${style}</style>`;
  return {
    viewer: (nonce) => fill(viewer, { style: styleTag, data: data("pictures-data", pictures), script: tag(nonce, script) }),
    bridge: (nonce) => fill(bridge, { style: styleTag, data: data("hosted", hosted), script: tag(nonce, bridgeScript) }),
  };
};
