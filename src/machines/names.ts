import type { Domain, StackName } from "./vocabulary.js";

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);

/** The form of a recipe's name: it becomes the name of a folder and the beginning of a domain. */
export const recipeNameForm = /^[a-z0-9][a-z0-9._-]{0,62}$/;

/**
 * The first label of a name that may be reaped: up to four characters of the recipe, a hyphen, six hex digits.
 *
 * `warm-` is the prefix of apps that are kept on purpose, so it never matches, whatever follows.
 */
const runAppLabel = "(?!warm-)[a-z0-9-]{1,4}-[0-9a-f]{6}";

const runAppPattern = (zone: string): RegExp => new RegExp(`^${runAppLabel}\\.${escaped(zone)}$`);

const runAppOfAnyZone = new RegExp(`^${runAppLabel}\\.([a-z0-9.-]{1,253})$`);

/** The zone in a text of the form of a run app's name, whichever zone that is; else null. */
export const zoneByForm = (text: string): string | null => runAppOfAnyZone.exec(text)?.[1] ?? null;

/** The text as a run app's domain, or null if it is none: the only place where a Domain is minted from outside text. */
export const asRunApp = (text: string, zone: string): Domain | null => (runAppPattern(zone).test(text) ? (text as Domain) : null);

/** The zone of a run app: everything after the first dot, since the first label has none. */
export const zoneOf = (domain: Domain): string => domain.slice(domain.indexOf(".") + 1);

/** abra's rule: dots become underscores, hyphens stay. */
export const stackFor = (domain: Domain): StackName => domain.replaceAll(".", "_") as StackName;

/** The prefix of a recipe's run apps: its first four characters, or `wrm` for one that would look like a kept app. */
const appPrefix = (recipe: string): string => {
  const first = recipe
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]/g, "-")
    .slice(0, 4);
  return first === "warm" ? "wrm" : first;
};

/** `digest`: hex sha256 of `recipe|pr|commit`. The caller hashes, because this file must not import node. */
export const domainFor = (recipe: string, digest: string, zone: string): Domain =>
  `${appPrefix(recipe)}-${digest.slice(0, 6)}.${zone}` as Domain;

/**
 * The run app that a stack name stands for, or null.
 *
 * Turning `_` back into `.` is unambiguous only because a run app's first label has neither: everything after it is the zone.
 */
export const runAppOfStack = (stack: string, zone: string): Domain | null => {
  const suffix = `_${zone.replaceAll(".", "_")}`;
  return stack.endsWith(suffix) ? asRunApp(`${stack.slice(0, -suffix.length)}.${zone}`, zone) : null;
};

/** An object of the Swarm as any listing gives it: its name, and the stack that its label names, if it has the label. */
export interface NamedObject {
  readonly name: string;
  readonly stackLabel: string | null;
}

/**
 * Whether an object claims to belong to a stack. This is the only place with that rule.
 *
 * If it has the label, that decides, whatever its name. If it has none (abra's secrets), the name must be
 * `<stack>_<rest>`, and none of the stacks known on this host may claim it by a longer name: `ab-123456_z_x_data` is not
 * part of `ab-123456_z` if there is a stack `ab-123456_z_x`.
 */
export const isOfStack = ({ name, stackLabel }: NamedObject, stack: string, knownStacks: Iterable<string>): boolean => {
  if (stackLabel !== null) return stackLabel === stack;
  if (!name.startsWith(`${stack}_`) || name.length === stack.length + 1) return false;
  for (const other of knownStacks) if (other.length > stack.length && name.startsWith(`${other}_`)) return false;
  return true;
};

/** The run app that an object claims to belong to, or null. */
export const runAppOfObject = (object: NamedObject, zone: string, knownStacks: Iterable<string>): Domain | null => {
  const stack = object.stackLabel ?? new RegExp(`^(${runAppLabel}_${escaped(zone.replaceAll(".", "_"))})_`).exec(object.name)?.[1];
  return stack !== undefined && isOfStack(object, stack, knownStacks) ? runAppOfStack(stack, zone) : null;
};
