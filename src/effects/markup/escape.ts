const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Text as the content of an element, or as an attribute's value in double quotes, of HTML, XML or SVG. */
export const escapeMarkup = (text: string): string => text.replaceAll(/[&<>"]/g, (character) => entities[character] ?? character);
