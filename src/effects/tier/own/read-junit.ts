import { setImmediate as turn } from "node:timers/promises";
import { parser as createParser, type Tag } from "sax";
import type { TestResult } from "../../../machines/vocabulary.js";
import { reported, testsMax, type Reading } from "./reported.js";

/** How much is parsed at once: a few milliseconds, after which a stop can take effect. */
const chunkChars = 64 * 1024;
const depthMax = 32;
/** How much of one test's text is kept. */
const wordsMax = 64 * 1024;

/** Thrown to stop reading a report; the message says what is wrong with it. */
class Refused extends Error {}

interface Case {
  readonly name: string;
  readonly durationMs: number;
  outcome: TestResult["outcome"];
  readonly words: string[];
  chars: number;
}

const nameOf = ({ attributes }: Tag): string => {
  const [name = "", group = ""] = [attributes["name"], attributes["classname"]];
  // Playwright puts the file's name in both.
  return group === "" || name.includes(group) ? name : `${group}: ${name}`;
};

/** A map and not an object, because an element may be called `constructor`. */
const outcomes: ReadonlyMap<string, TestResult["outcome"]> = new Map([
  ["failure", "failed"],
  ["error", "failed"],
  ["skipped", "skipped"],
]);

const addWords = (to: Case, text: string): void => {
  if (to.chars >= wordsMax) return;
  to.words.push(text.slice(0, wordsMax - to.chars));
  to.chars += text.length;
};

/** Collects tests from a parser's events. */
const createCollector = () => {
  const tests: TestResult[] = [];
  let open: Case | null = null;
  let [depth, inside] = [0, 0];
  return {
    tests,
    opened: (tag: Tag): void => {
      depth += 1;
      if (depth > depthMax) throw new Refused(`it is nested more than ${depthMax} levels deep`);
      if (depth === 1 && !/^testsuites?$/.test(tag.name))
        throw new Refused("it is no JUnit report: its root is neither testsuites nor testsuite");
      if (tag.name === "testcase")
        open = { name: nameOf(tag), durationMs: Number(tag.attributes["time"] ?? 0) * 1_000, outcome: "passed", words: [], chars: 0 };
      const outcome = open === null ? undefined : outcomes.get(tag.name);
      if (open === null || outcome === undefined) return;
      inside += 1;
      // A test that failed and was then skipped in its tear-down has failed.
      if (open.outcome !== "failed") open.outcome = outcome;
      const message = tag.attributes["message"];
      if (message !== undefined) addWords(open, `${message}\n`);
    },
    said: (text: string): void => {
      if (open !== null && inside > 0) addWords(open, text);
    },
    closed: (name: string): void => {
      depth -= 1;
      if (open !== null && outcomes.has(name)) inside -= 1;
      if (name !== "testcase" || open === null) return;
      const words = open.words.join("").trim();
      tests.push(reported(open.name, open.outcome, open.durationMs, open.outcome === "passed" ? null : words));
      open = null;
      inside = 0;
      if (tests.length >= testsMax) throw new Refused(`it has more than ${testsMax} tests`);
    },
  };
};

const whyOf = (error: unknown): string =>
  error instanceof Refused
    ? error.message
    : `it is no XML: ${error instanceof Error ? (error.message.split("\n", 1)[0] ?? "") : String(error)}`;

/**
 * The tests in a report in JUnit's XML, as pytest, Playwright and many others write it.
 *
 * A stranger wrote it: entities of its own are refused, nothing is fetched, and it is read in linear time; a stop takes
 * effect within milliseconds. Rejects only if the signal aborts.
 */
export const readJunit = async (text: string, signal: AbortSignal): Promise<Reading> => {
  if (text.trim() === "") return { tests: [], problem: "it is no XML: it is empty" };
  const parser = createParser(true, { position: false });
  const { tests, opened, said, closed } = createCollector();
  Object.assign(parser, {
    onerror: (error: Error) => {
      throw error;
    },
    ondoctype: () => {
      throw new Refused("it has a document type of its own");
    },
    onopentag: opened,
    ontext: said,
    oncdata: said,
    onclosetag: closed,
  });
  try {
    for (let at = 0; at < text.length; at += chunkChars) {
      parser.write(text.slice(at, at + chunkChars));
      await turn(undefined, { signal });
    }
    parser.close();
    return { tests, problem: null };
  } catch (error) {
    signal.throwIfAborted();
    return { tests, problem: whyOf(error) };
  }
};
