import { RunError } from "../../machines/errors.js";
import type { SettledCode } from "../../machines/failures.js";
import type { App } from "../../machines/vocabulary.js";
import { assignmentsIn, withoutAssignments } from "./env-file.js";
import { lineCounter, type Assignment } from "./env-grammar.js";
import { signLine } from "./run-sign.js";

/** What an .env says about which app it is for, and so on which stack, volumes and secrets abra acts. We decide it, never a recipe. */
type Identity = Pick<App, "recipe" | "domain" | "stack">;

/** The key without `export`: for some readers `export export KEY` is another key, for others it is KEY. For us it is KEY. */
const plainKey = (key: string): string => key.replaceAll(/\bexport\b/g, "").replaceAll(/[\s\u0085]+/g, "");

/** The keys of an .env that say which app it is for. */
export const identityKeys: ReadonlySet<string> = new Set(["TYPE", "RECIPE", "DOMAIN", "STACK_NAME", "LETS_ENCRYPT_ENV"]);

/** TYPE may pin a version: `notes:1.2.0+3.4.5`. */
export const recipeOfType = (value: string): string => value.split(":", 1)[0]?.trim() ?? "";

const refusal = (code: SettledCode, where: string, what: string, hint: string): RunError =>
  new RunError(code, `${where}: ${what}`, { hint });

/** Whether a name is one that nobody can have, as in samples: RFC 2606 and 6761, a template, or empty. */
const isPlaceholder = (value: string): boolean =>
  value === "" || /[{}<>]/.test(value) || /(?:^|\.)(?:example(?:\.(?:com|net|org|edu))?|test|invalid|localhost|local)$/i.test(value);

const assertAssignment = ({ recipe, domain, stack }: Identity, { key, value, line }: Assignment, file: string): void => {
  const where = `${file}:${line}`;
  switch (plainKey(key)) {
    case "TYPE":
    case "RECIPE": {
      const named = recipeOfType(value);
      if (named === "" || named === recipe) return;
      throw refusal(
        "type-of-another-recipe",
        where,
        `${key} names the recipe ${named}, and the run is of ${recipe}`,
        `Run it as: recipe-ci run ${named}; or correct ${key}.`,
      );
    }
    case "STACK_NAME":
      if (value === "" || value === stack) return;
      throw refusal(
        "identity-not-ours",
        where,
        `STACK_NAME is set to ${value}: which stack a run acts on is never the recipe's to say`,
        "Take the line out: abra makes the stack's name from the domain.",
      );
    case "DOMAIN":
      if (value === domain || isPlaceholder(value)) return;
      throw refusal(
        "identity-not-ours",
        where,
        `DOMAIN is set to ${value}, which may be another app's`,
        `Write a name that is nobody's: DOMAIN=${recipe}.example.com`,
      );
    default:
  }
};

/**
 * A line inside a quoted value that a simpler reader would take for a STACK_NAME. Line ends do not count as blanks here, or a
 * text of nothing but line ends would take quadratic time.
 */
const stackNameLine =
  /^[^\S\n\r\u2028\u2029]*(?:export[^\S\n\r\u2028\u2029]+)*STACK_NAME[^\S\n\r\u2028\u2029]*[=:][^\S\n\r\u2028\u2029]*["']?([^\s"'#]*)/gm;

/**
 * Refuses a recipe's .env or sample that is for another app: exit code 2 for another recipe's TYPE, 1 for a STACK_NAME or
 * DOMAIN that is not the run's. Every assignment counts, not only the last.
 */
export const assertIdentity = (identity: Identity, env: string, file: string): void => {
  const assignments = assignmentsIn(env, file);
  for (const assignment of assignments) assertAssignment(identity, assignment, file);
  const lineAt = lineCounter(env);
  for (const match of env.matchAll(stackNameLine)) {
    assertAssignment(identity, { key: "STACK_NAME", value: match[1] ?? "", line: lineAt(match.index), start: 0, end: 0 }, file);
  }
};

const assigned = /^(TYPE|RECIPE|DOMAIN|STACK_NAME)=["']?([^\s"'#]*)/g;
/** A line may export several variables: abra takes the last, a shell all. */
const exported = /\b(TYPE|RECIPE|DOMAIN|STACK_NAME)=["']?([^\s"'#]*)/g;

/** In some versions of abra, exports in abra.sh override the .env, so the same is forbidden in both. */
export const assertAbraShIdentity = (identity: Identity, abraSh: string): void => {
  abraSh.split("\n").forEach((text, index) => {
    const form = /^[ \t]*export\s/.test(text) ? exported : assigned;
    for (const [, key = "", value = ""] of text.matchAll(form))
      assertAssignment(identity, { key, value, line: index + 1, start: 0, end: 0 }, "abra.sh");
  });
};

/**
 * An .env that every reader takes for our app's: lines that say otherwise are removed. Ours are written first, because other
 * values may refer to them, and last, because the last one counts. Running it twice gives the same result.
 *
 * LETS_ENCRYPT_ENV is empty, because a certificate authority limits requests.
 */
export const sealEnv = (identity: Identity, runId: string, env: string, file: string): string => {
  const { recipe, domain, stack } = identity;
  const ours = [`TYPE=${recipe}`, `DOMAIN=${domain}`, `STACK_NAME=${stack}`, "LETS_ENCRYPT_ENV="];
  const [opening, closing] = [signLine(runId), "# recipe-ci: which app this is, once more, for the last assignment counts"];
  const marks = new Set([opening, closing]);
  const rest = withoutAssignments(env, file, ({ key }) => identityKeys.has(plainKey(key)))
    .split("\n")
    .filter((line) => !marks.has(line.trimEnd()));
  const body = rest.join("\n").replace(/^\n+/, "").trimEnd();
  return [opening, ...ours, body, closing, ...ours, ""].join("\n");
};

/** Refuses an .env whose effective assignments name another app. A missing key does not count as another app. */
export const assertSealed = ({ domain, stack }: Omit<Identity, "recipe">, env: string, file: string): void => {
  const last = new Map(assignmentsIn(env, file).map(({ key, value, line }) => [plainKey(key), { value, line }]));
  for (const [key, wanted] of [
    ["STACK_NAME", stack],
    ["DOMAIN", domain],
  ] as const) {
    const found = last.get(key);
    if (found === undefined || found.value === wanted) continue;
    throw refusal(
      "identity-not-ours",
      `${file}:${found.line}`,
      `${key} is ${found.value}, and the app is ${domain}`,
      "abra was not called: it would act on the other app.",
    );
  }
};
