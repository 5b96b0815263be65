type Attributes = Readonly<Record<string, string | number | boolean | null>>;

/** Creates an element with text and attributes. Text is never parsed as markup. */
export const element = <Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Name] => {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== null && value !== false) made.setAttribute(key, value === true ? "" : String(value));
  }
  made.append(...children);
  return made;
};

/** A path that a narrow column breaks after a slash. By itself, a browser would break it within a name. */
export const breakable = (path: string): readonly (Node | string)[] =>
  path.split("/").flatMap((name, i) => (i === 0 ? [name] : ["/", element("wbr"), name]));

/** An element of the page's own markup. Throws if it is missing, which is a bug. */
export const byId = <Kind extends HTMLElement>(id: string, kind: new () => Kind): Kind => {
  const found = document.getElementById(id);
  if (found instanceof kind) return found;
  throw new Error(`the page has no ${kind.name} #${id}`);
};

export const part = (id: string): HTMLElement => byId(id, HTMLElement);

/** The data that the server put into the page under that id. It comes from the same build, so it is not checked. */
export const dataOf = <Data>(id: string): Data => JSON.parse(part(id).textContent ?? "null") as Data;
