/** The fields and functions that the Swarm provides to a template. */
export interface TemplateScope {
  /** All fields: `Service.Name` and the like. */
  readonly fields: Readonly<Record<TemplateField, string>>;
  readonly labels: Readonly<Record<string, string>>;
  /** Functions such as `env "NAME"`, if there are any; they give null if the Swarm would give up. */
  readonly functions: Readonly<Record<string, (argument: string) => string | null>>;
}

/** `unknown`: a form that is not parsed here, such as `if`; the Swarm may accept it. */
export type Filled = { readonly text: string } | { readonly wrong: string } | { readonly unknown: true };

/** swarmkit, template/context.go. */
const fieldNames = [
  "Service.ID",
  "Service.Name",
  "Node.ID",
  "Node.Hostname",
  "Node.Platform.Architecture",
  "Node.Platform.OS",
  "Task.ID",
  "Task.Name",
  "Task.Slot",
] as const;
type TemplateField = (typeof fieldNames)[number];

/** What a manager fills a template with before it accepts a service: it knows no labels yet. */
export const emptyScope: TemplateScope = {
  fields: Object.fromEntries(fieldNames.map((name) => [name, ""])) as Record<TemplateField, string>,
  labels: {},
  functions: {},
};

/** Of Go's text/template, and `join`, which swarmkit adds. */
const words: ReadonlySet<string> = new Set(
  "if else end range with define block template break continue nil true false and call html index slice js len not or print printf println urlquery eq ge gt le lt ne join".split(
    " ",
  ),
);

const isField = (name: string): name is TemplateField => fieldNames.some((one) => one === name);

const fieldOf = (path: string, { fields, labels }: TemplateScope): Filled => {
  if (isField(path)) return { text: fields[path] };
  const label = /^Service\.Labels\.(\w+)$/.exec(path)?.[1];
  const value = label !== undefined && Object.hasOwn(labels, label) ? labels[label] : undefined;
  if (value !== undefined) return { text: value };
  return fieldNames.some((name) => name.startsWith(`${path}.`)) || path === "Service.Labels"
    ? { unknown: true }
    : { wrong: "a field that the Swarm does not know" };
};

/** Evaluates what is between `{{` and `}}`. */
const actionOf = (action: string, scope: TemplateScope): Filled => {
  const [, path] = /^((?:\.\w+)+)$/.exec(action) ?? [];
  if (path !== undefined) return fieldOf(path.slice(1), scope);
  const [, literal] = /^"([^"\\]*)"$/.exec(action) ?? [];
  if (literal !== undefined) return { text: literal };
  const [, label] = /^index \.Service\.Labels "([^"\\]*)"$/.exec(action) ?? [];
  if (label !== undefined) return { text: Object.hasOwn(scope.labels, label) ? (scope.labels[label] ?? "") : "" };
  const [word, argument] = /^([A-Za-z_]\w*)(?: "([^"\\]*)")?$/.exec(action)?.slice(1) ?? [];
  const found = word !== undefined && Object.hasOwn(scope.functions, word) ? scope.functions[word] : undefined;
  if (found !== undefined && argument !== undefined) {
    const text = found(argument);
    return text === null ? { wrong: `nothing that \`${word ?? ""}\` would find` } : { text };
  }
  const first = /^[A-Za-z_]\w*/.exec(action)?.[0];
  return first === undefined || words.has(first) || Object.hasOwn(scope.functions, first)
    ? { unknown: true }
    : { wrong: "a function that the Swarm does not know" };
};

/** A text as the Swarm fills it (swarmkit, template; Go's text/template). Linear. */
export const fillTemplate = (text: string, scope: TemplateScope): Filled => {
  let made = "";
  let rest = text;
  for (let open = rest.indexOf("{{"); open !== -1; open = rest.indexOf("{{")) {
    const close = rest.indexOf("}}", open + 2);
    if (close === -1) return { wrong: "a `{{` without its `}}`" };
    const action = rest.slice(open + 2, close);
    if (action.includes("\n")) return { unknown: true };
    const filled = actionOf(action.replace(/^- /, "").replace(/ -$/, "").trim(), scope);
    if (!("text" in filled)) return filled;
    const before = rest.slice(0, open);
    made += (action.startsWith("- ") ? before.trimEnd() : before) + filled.text;
    rest = action.endsWith(" -") ? rest.slice(close + 2).trimStart() : rest.slice(close + 2);
  }
  return { text: made + rest };
};
