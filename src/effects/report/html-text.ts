import { escapeMarkup } from "../markup/escape.js";
import { printable } from "./printable.js";

/** Text that is already markup. Only `html` creates it. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Part = Markup | string | number | null | readonly Part[];

const rendered = (part: Part): string => {
  if (part === null) return "";
  if (part instanceof Markup) return part.text;
  if (typeof part === "object") return part.map(rendered).join("");
  return escapeMarkup(printable(String(part)));
};

/**
 * A template whose values are escaped unless they are markup; null is empty, a list is its parts. Leaves out of them
 * what only a terminal obeys and what reverses the reading order.
 */
export const html = (texts: TemplateStringsArray, ...parts: readonly Part[]): Markup =>
  new Markup(texts.map((text, index) => `${text}${rendered(parts[index] ?? null)}`).join(""));
