import { escapeMarkup } from "../markup/escape.js";
import { printable } from "./printable.js";

/** Text that is markup already. Made by `html` alone. */
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
 * A template whose values are escaped, unless they are markup themselves; null is nothing, a list is its parts. What only a
 * terminal obeys, and what turns the reading order around, is left out of them.
 */
export const html = (texts: TemplateStringsArray, ...parts: readonly Part[]): Markup =>
  new Markup(texts.map((text, index) => `${text}${rendered(parts[index] ?? null)}`).join(""));
