import { variantLines } from "./draft-variants.js";
import { sampleName } from "./file-names.js";
import { settingsIn } from "../abra/env-file.js";
import { identityKeys } from "../abra/identity.js";

interface DraftOf {
  readonly recipe: string;
  /** A file of the recipe; null if it does not exist. */
  readonly read: (name: string) => string | null;
  /** The schema's file, for editors. */
  readonly schema: string;
}

const portLabel = /loadbalancer\.server\.port["']?\s*[=:]\s*["']?(\d{1,5})/;

/** The last service that is opened above a line of a compose file, by its indent. */
const serviceAbove = (lines: readonly string[], at: number): string => {
  for (let line = at; line >= 0; line -= 1) {
    const [, name] = /^ {2}([A-Za-z0-9][\w.-]*):\s*(?:#.*)?$/.exec(lines[line] ?? "") ?? [];
    if (name !== undefined) return name;
  }
  return "app";
};

/** The text without comments, in which a recipe's template has labels and checks. The number of lines stays the same. */
const withoutComments = (text: string): string => text.replaceAll(/^[ \t]*#.*$/gm, "");

const reachOf = (compose: string): string | null => {
  const lines = compose.split("\n");
  const at = lines.findIndex((line) => portLabel.test(line));
  const port = portLabel.exec(lines[at] ?? "")?.[1];
  return port === undefined ? null : `service:${serviceAbove(lines, at)}:${port}`;
};

const servicePart = (compose: string, name: string): string =>
  compose.split(/^(?= {2}[A-Za-z0-9])/m).find((part) => part.startsWith(`  ${name}:`)) ?? "";

/** The path in the health check of the service that the proxy reaches, if it is for the same port. */
const healthPath = (compose: string, reach: string | null): string | null => {
  const [, name = "", port = ""] = reach?.split(":") ?? [];
  const [, asked, path] =
    /healthcheck:[^]{0,400}?https?:\/\/(?:localhost|127\.0\.0\.1)(?::(\d+))?(\/[\w./-]*)/.exec(servicePart(compose, name)) ?? [];
  return path !== undefined && (asked ?? "80") === port ? path : null;
};

const optionalEnv = (sample: string): readonly string[] =>
  Object.keys(settingsIn(sample, sampleName))
    .filter((key) => /^[A-Z_][A-Z0-9_]*$/.test(key) && !identityKeys.has(key) && !/^(?:COMPOSE_FILE|TIMEOUT|SECRET_\w+)$/.test(key))
    .slice(0, 12);

/** A recipe.yml with every key that a recipe is likely to need, all but the evident ones commented out. */
export const draftOf = ({ recipe, read, schema }: DraftOf): string => {
  const [compose, sample] = [withoutComments(read("compose.yml") ?? ""), read(sampleName) ?? ""];
  const reach = reachOf(compose);
  const path = healthPath(compose, reach);
  const isBackedUp = /backupbot\.backup/.test(compose);
  const variables = optionalEnv(sample);
  return [
    `# yaml-language-server: $schema=${schema}`,
    `# How recipe-ci runs ${recipe}. Every key is optional; docs/recipe-yml.md has all of them.`,
    "",
    "# How the app is reached: auto (its domain where a proxy serves it, else the port of its proxy label),",
    "# a URL with {domain}, or a service and its port.",
    ...(reach === null ? ["# reach: service:app:8080"] : [`# ${reach} is what its labels say.`, "reach: auto"]),
    "",
    "# When it counts as up.",
    path === null ? "# health: { path: /, status: [200-399] }" : `health: { path: ${path}, status: [200-399] }`,
    "# ready:",
    "#   - { tcp: db:5432, inARow: 3 }",
    "",
    "# timeouts: { deploy: 10m, probe: 3m, tier: 15m, hook: 5m }",
    "",
    "# Changes of the app's .env; {domain} in a value is the app's.",
    ...(variables.length === 0 ? ["# env: { LOG_LEVEL: debug }"] : [`# Its sample has: ${variables.join(", ")}`, "# env: {}"]),
    "# upgradeEnv: {}",
    "",
    isBackedUp ? "# It has backup labels: backup and restore are tested." : "# It has no backup labels: backup and restore are left out.",
    "# notApplicable: { backup: it keeps nothing }",
    "# clearedVolumes: [cache]",
    "",
    "# What is run where nobody names stages. custom needs a test: an executable tests/custom/10-NAME beside this file.",
    "# stages: [install, upgrade, backup, restore]",
    "",
    "# deps: [keycloak]",
    ...variantLines(sample),
    "",
  ].join("\n");
};
