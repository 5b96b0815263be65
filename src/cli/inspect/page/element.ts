type Attributes = Readonly<Record<string, string | number | boolean | null>>;

/** An element with text and attributes; text is never markup. */
export const element = <Name extends keyof HTMLElementTagNameMap>(name: Name, attributes: Attributes = {}, ...children: readonly (Node | string)[]): HTMLElementTagNameMap[Name] => {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== null && value !== false) made.setAttribute(key, value === true ? "" : String(value));
  }
  made.append(...children);
  return made;
};

/** A path that a narrow column breaks after a slash; left alone, a browser breaks it within a name. */
export const breakable = (path: string): readonly (Node | string)[] => path.split("/").flatMap((name, i) => (i === 0 ? [name] : ["/", element("wbr"), name]));

/** An element that the page's own markup has. Its absence is a bug of ours. */
export const byId = <Kind extends HTMLElement>(id: string, kind: new () => Kind): Kind => {
  const found = document.getElementById(id);
  if (found instanceof kind) return found;
  throw new Error(`the page has no ${kind.name} #${id}`);
};

export const part = (id: string): HTMLElement => byId(id, HTMLElement);

/** The data that the server put into the page under that id. It is our own, of this very build. */
export const dataOf = <Data>(id: string): Data => JSON.parse(part(id).textContent ?? "null") as Data;
