import { assignmentsIn } from "./env-file.js";
import type { Assignment } from "./env-grammar.js";

interface MergedEnv {
  readonly text: string;
  /** What was added from the sample, in its order. */
  readonly added: readonly Assignment[];
}

/** The assignment with the comment behind it, in which abra reads a secret's length. */
const lineOf = (text: string, { start, end }: Assignment): string => {
  const lineEnd = text.indexOf("\n", end);
  return text.slice(start, lineEnd === -1 ? text.length : lineEnd).trimEnd();
};

/** The assignments of a sample for which an .env has no key. */
const newIn = (env: string, file: string, sample: string, sampleFile: string): readonly Assignment[] => {
  const known = new Set(assignmentsIn(env, file).map(({ key }) => key));
  return assignmentsIn(sample, sampleFile).filter(({ key }) => !known.has(key));
};

/**
 * An app's .env as a maintainer would update it for a new version: every line stays, and what is new in that version's sample
 * is appended with the sample's values.
 */
export const mergeEnv = (env: string, file: string, sample: string, sampleFile: string): MergedEnv => {
  const added = newIn(env, file, sample, sampleFile);
  if (added.length === 0) return { text: env, added };
  const lines = added.map((assignment) => lineOf(sample, assignment));
  return { text: [env.trimEnd(), ...lines, ""].join("\n"), added };
};
