import { join } from "node:path";
import { FileRefused, readRegular } from "../files/regular-file.js";
import { holdsKnownSecret } from "../redact.js";

/** What a run tells of itself. Not the copies that it works on, such as the operator's folder: they are not for showing. */
const artefacts = ["run.json", "events.jsonl", "run.log", "lint.txt", "junit.xml", "badge.svg", "summary.md", "report.html"];

/** Of a larger file nothing is known, and nothing is claimed. */
const bytesMax = 16 * 1024 * 1024;

const isClean = (file: string): boolean => {
  try {
    return !holdsKnownSecret(readRegular(file, bytesMax).toString("utf8"));
  } catch (error) {
    return error instanceof FileRefused && error.trouble === "absent";
  }
};

/**
 * Whether the files that a run leaves to read were looked through and none of them holds a value that is known to be
 * secret. False also where one could not be read whole: it may understate. Not seen: what masking does not see either.
 */
export const isFreeOfSecrets = (runDir: string): boolean => artefacts.every((name) => isClean(join(runDir, name)));
