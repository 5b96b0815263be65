import { join } from "node:path";
import { FileRefused, readRegular } from "../files/regular-file.js";
import { holdsKnownSecret } from "../redact.js";

/** The files that a run leaves to read. Not the copies that it works on, such as the operator's folder, which are not for showing. */
const artefacts = ["run.json", "events.jsonl", "run.log", "lint.txt", "junit.xml", "badge.svg", "summary.md", "report.html"];

/** A larger file is not searched, so nothing is claimed about it. */
const bytesMax = 16 * 1024 * 1024;

const isClean = (file: string): boolean => {
  try {
    return !holdsKnownSecret(readRegular(file, bytesMax).toString("utf8"));
  } catch (error) {
    return error instanceof FileRefused && error.trouble === "absent";
  }
};

/**
 * Whether the files that a run leaves to read were all searched and contain no known secret. Also false if one could not be
 * read whole: it may understate. It does not find what masking does not find either.
 */
export const isFreeOfSecrets = (runDir: string): boolean => artefacts.every((name) => isClean(join(runDir, name)));
