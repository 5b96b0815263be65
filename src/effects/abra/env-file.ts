import { RunError } from "../../machines/errors.js";
import { readAssignments, type Assignment } from "./env-grammar.js";

/**
 * All assignments of an .env, in order. Throws `env-unreadable`, without quoting the content, if abra would refuse the
 * file, or if a value has a NUL, which no program's environment can hold.
 */
export const assignmentsIn = (text: string, file: string): readonly Assignment[] => {
  const { assignments, problem } = readAssignments(text);
  const withNul = assignments.find(({ value }) => value.includes("\0"));
  if (withNul !== undefined)
    throw new RunError("env-unreadable", `${file}:${withNul.line}: a value with a NUL byte`, {
      hint: "No program can be given such a value: take the byte out, or save the file as UTF-8 if it is in UTF-16.",
    });
  if (problem === null) return assignments;
  throw new RunError("env-unreadable", `${file}:${problem.line}: ${problem.what}`, {
    hint: "abra refuses such a file as a whole. Each line is KEY=value, a comment or empty; quotes are closed.",
  });
};

/** The settings of an .env as abra and compose see them: the last assignment of a key counts. */
export const settingsIn = (text: string, file: string): Readonly<Record<string, string>> =>
  Object.fromEntries(assignmentsIn(text, file).map(({ key, value }) => [key, value]));

/** The text without the assignments for which `isTaken` is true. Comments and everything else stay as they are. */
export const withoutAssignments = (text: string, file: string, isTaken: (assignment: Assignment) => boolean): string => {
  const kept: string[] = [];
  let from = text.startsWith("\uFEFF") ? 1 : 0;
  for (const assignment of assignmentsIn(text, file).filter(isTaken)) {
    kept.push(text.slice(from, assignment.start));
    from = assignment.end;
  }
  return kept.join("") + text.slice(from);
};
