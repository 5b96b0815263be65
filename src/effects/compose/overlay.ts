import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { settingsIn } from "../abra/env-file.js";

/** The operator's compose file for the test host, which is the last of an app's. */
export const overlayName = "compose.ccci.yml";

/** The names in COMPOSE_FILE, split like abra does. */
export const composeFiles = (settings: Readonly<Record<string, string>>): readonly string[] =>
  (settings["COMPOSE_FILE"] || "compose.yml").split(":").filter((name) => name !== "");

const versionLine = /^version:.*$/m;

/**
 * The overlay from the run's copy of the operator's folder, with the version line of the recipe's first file, or
 * without one if that has none: docker refuses files of two versions, and recipes change theirs. Null: no overlay.
 */
export const overlayFor = (operatorDir: string, firstFile: string): string | null => {
  const file = join(operatorDir, overlayName);
  if (!existsSync(file)) return null;
  const [text, version] = [readFileSync(file, "utf8"), versionLine.exec(firstFile)?.[0]];
  if (versionLine.test(text)) return text.replace(versionLine, () => version ?? "");
  return version === undefined ? text : `${version}\n${text}`;
};

/**
 * The .env with the overlay at the end of COMPOSE_FILE, in an assignment of its own: recipes build COMPOSE_FILE up in several, and the last
 * one counts.
 */
export const withOverlay = (env: string, file: string): string => {
  const files = composeFiles(settingsIn(env, file));
  return files.includes(overlayName)
    ? env
    : `${env.endsWith("\n") ? env : `${env}\n`}COMPOSE_FILE="${[...files, overlayName].join(":")}"\n`;
};
