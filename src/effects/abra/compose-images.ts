import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { App } from "../../machines/vocabulary.js";
import { exportsIn } from "./abra-sh.js";

export interface ComposeOf {
  readonly recipeDir: string;
  readonly app: App;
  readonly env: Readonly<Record<string, string>>;
  readonly note: (line: string) => void;
  readonly signal: AbortSignal;
}

type Variables = Readonly<Record<string, string>>;

/** `${A}`, `$A`, `${A:-b}`, `${A-b}`, with defaults that are built from variables again. */
const interpolate = (text: string, variables: Variables): string => {
  const braced = /\$\{(\w+)(?:(:?)-((?:[^{}]|\$\{[^{}]*\})*))?\}/g;
  let before: string;
  let now = text;
  do {
    before = now;
    now = before.replaceAll(braced, (_, name: string, colon: string, fallback?: string) => {
      const value = variables[name];
      const missing = value === undefined || (colon === ":" && value === "");
      return missing ? (fallback ?? "") : value;
    });
  } while (now !== before);
  return now.replaceAll(/\$(\w+)/g, (_, name: string) => variables[name] ?? "");
};

/** The images that a compose file's services name, as far as variables settle them. */
export const imagesIn = (compose: string, variables: Variables): readonly string[] => {
  const document: unknown = parse(compose);
  const services = (document as { services?: Record<string, { image?: unknown } | null> } | null)?.services ?? {};
  return Object.values(services).flatMap((service) =>
    typeof service?.image === "string" ? [interpolate(service.image, variables)] : [],
  );
};

/**
 * The images of all compose files of an app.
 *
 * Our own reading, because neither an old client nor abra can be asked. An image that it misses is pulled later, by the
 * Swarm, inside the deploy's time.
 */
export const composeImages = async ({ recipeDir, app, env, note }: ComposeOf): Promise<readonly string[]> => {
  const abraSh = join(recipeDir, "abra.sh");
  const exported = existsSync(abraSh) ? exportsIn(readFileSync(abraSh, "utf8")) : {};
  const variables = { ...exported, ...env, STACK_NAME: app.stack };
  const files = (env["COMPOSE_FILE"] || "compose.yml").split(":").filter((name) => name !== "");
  const images = new Set<string>();
  for (const name of files) {
    try {
      for (const image of imagesIn(readFileSync(join(recipeDir, name), "utf8"), variables)) images.add(image);
    } catch (error) {
      note(`${name}: its images are not known beforehand (${String(error)})`);
    }
  }
  return [...images];
};
