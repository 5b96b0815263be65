import { RunError } from "../../machines/errors.js";
import type { Allow, AllowKey } from "../../machines/allow.js";
import { placeText, type Place } from "../compose/compose-refused.js";

/** What the operator would write into recipe.yml to allow one thing. */
interface AllowEntry {
  readonly key: AllowKey;
  readonly item: string | number;
}

/** One thing that a recipe asks of the host and may not have. */
export interface Finding {
  readonly at: Place;
  /** What it asks for, as the end of a sentence that begins with the place. */
  readonly what: string;
  /** Null if nothing that the operator could write would help. */
  readonly allow: AllowEntry | null;
  /** What would help instead, such as the command that creates a missing thing. */
  readonly instead?: string;
}

const shownMax = 20;

/** The item as text in YAML's double quotes: a stranger chose it. */
const quoted = (item: string | number): string => (typeof item === "number" ? String(item) : JSON.stringify(item));

/** `{ bind: ["/etc:ro"], ports: [25] }` */
const snippet = (entries: readonly AllowEntry[]): string => {
  const byKey = new Map<string, Set<string>>();
  for (const { key, item } of entries) byKey.set(key, (byKey.get(key) ?? new Set()).add(quoted(item)));
  return `{ ${[...byKey].map(([key, items]) => `${key}: [${[...items].join(", ")}]`).join(", ")} }`;
};

const line = ({ at, what, allow, instead }: Finding): string =>
  [
    `${placeText(at)}: ${what}`,
    ...(allow === null ? [] : [`allow: ${snippet([allow])}`]),
    ...(instead === undefined ? [] : [instead]),
  ].join("; ");

export const isAllowed = (allow: Allow, { key, item }: AllowEntry): boolean => (allow[key] as readonly (string | number)[]).includes(item);

/** All findings as one failure: exit code 1, before anything is submitted. */
export const policyDenied = (recipe: string, findings: readonly Finding[]): RunError => {
  const [first] = findings;
  const entries = findings.flatMap(({ allow }) => (allow === null ? [] : [allow]));
  const helps = findings.flatMap(({ instead }) => (instead === undefined ? [] : [instead]));
  const hints = [
    ...new Set(helps),
    ...(entries.length === 0
      ? []
      : [`If it may have that on this host, the operator writes into recipe.yml of ${recipe}: allow: ${snippet(entries)}`]),
  ];
  const others = findings.length === 1 ? "" : ` (and ${findings.length - 1} more)`;
  // If there is only one finding, the message says all of it, and the hint how to allow it.
  const details = findings.length === 1 ? [] : findings.slice(0, shownMax).map(line);
  return new RunError(
    "policy-denied",
    first === undefined ? "the recipe asks for what it may not have" : `${placeText(first.at)}: ${first.what}${others}`,
    {
      // Separated, so that a hint that ends in a command does not run into the next.
      hint: hints.join("; "),
      details: findings.length > shownMax ? [...details, `… and ${findings.length - shownMax} more`] : details,
    },
  );
};
