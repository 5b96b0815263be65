import { readFileSync } from "node:fs";
import { assert as forAll, array, constantFrom, property } from "fast-check";
import { expect, test } from "vitest";
import { settingsIn, withoutAssignments } from "../../../src/effects/abra/env-file.js";
import { readAssignments } from "../../../src/effects/abra/env-grammar.js";
import { workedMs } from "../../support/worked.js";

interface Answer {
  readonly input: string;
  readonly values?: Readonly<Record<string, string>>;
  readonly refused?: boolean;
}

/** What godotenv 1.5.1 made of each text. scripts/env-vectors.sh records it anew. */
const answers = JSON.parse(readFileSync(new URL("env-vectors/answers.json", import.meta.url), "utf8")) as readonly Answer[];

const read = (text: string) => {
  const { assignments, problem } = readAssignments(text);
  return problem === null ? Object.fromEntries(assignments.map(({ key, value }) => [key, value])) : "refused";
};

test("the reader reads each recorded text as godotenv does, and refuses those that godotenv refuses", () => {
  const differing = answers
    .filter(({ input }) => !input.startsWith("\uFEFF"))
    .map(({ input, values, refused }) => ({ input, ours: read(input), theirs: refused === true ? "refused" : (values ?? {}) }))
    .filter(({ ours, theirs }) => JSON.stringify(sorted(ours)) !== JSON.stringify(sorted(theirs)));
  expect(differing).toEqual([]);
  expect(answers.length).toBeGreaterThan(1_500);
});

const sorted = (values: string | Readonly<Record<string, string>>) =>
  typeof values === "string" ? values : Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1));

test("a byte-order mark is skipped, and left out when the file is written", () => {
  expect(settingsIn("\uFEFFA=1\nB=2\n", ".env")).toEqual({ A: "1", B: "2" });
  expect(withoutAssignments("\uFEFFA=1\nB=2\n", ".env", ({ key }) => key === "B")).toBe("A=1\n\n");
});

test("when a value has a NUL byte, the file is refused with its line; in a comment it is ignored", () => {
  expect(settingsIn("A=1 # \0\n# \0\nB=2\n", ".env")).toEqual({ A: "1", B: "2" });
  for (const text of ["A=1\nB=x\0y\n", "A=1\nB='\0'\n", 'A=1\nB="\0"\n'])
    expect(() => settingsIn(text, ".env")).toThrow(
      expect.objectContaining({ code: "env-unreadable", message: ".env:2: a value with a NUL byte" }),
    );
});

test("when the assignments of a variable are removed, every other variable keeps its value", () => {
  const lines = constantFrom("A=1", " export A = '2' # why", 'A: "3\nB=4"', "B=5", "# A=6", 'C="x" A=7', "A=\r", "");
  forAll(
    property(array(lines), (parts) => {
      const text = parts.join("\n");
      const { A: _, ...rest } = settingsIn(text, ".env");
      expect(
        settingsIn(
          withoutAssignments(text, ".env", ({ key }) => key === "A"),
          ".env",
        ),
      ).toEqual(rest);
    }),
  );
});

test("when a file cannot be read, the failure has the line's number and quotes nothing", () => {
  for (const [text, line] of [
    ["A=1\nthe password is hunter2\n", 2],
    ['A=1\n\nB="hunter2', 3],
    ["export ", 1],
  ] as const) {
    const refused = (() => {
      try {
        return settingsIn(text, ".env.sample");
      } catch (error) {
        return error;
      }
    })();
    expect(refused).toMatchObject({ code: "env-unreadable", exitCode: 1, message: expect.stringContaining(`.env.sample:${line}: `) });
    expect(String(refused)).not.toContain("hunter2");
  }
});

test("texts made to be slow are read in time that grows with their length", () => {
  const size = 200_000;
  const texts = [
    " ".repeat(size),
    `A${" ".repeat(size)}B`,
    `A=${"\t".repeat(size)}x`,
    `A=${" #".repeat(size)}x`,
    `A="${'\\"'.repeat(size)}`,
    "#\n".repeat(size),
    "A=$".repeat(size),
    "A=1\n".repeat(size / 4),
    `A=${"x".repeat(1000)}\n${"A=$A$A\n".repeat(size / 8)}`,
  ];
  const began = workedMs();
  for (const text of texts) readAssignments(text);
  expect(workedMs(began)).toBeLessThan(3_000);
});

test("when a value doubles with each line, the file is refused before it fills the memory", () => {
  expect(readAssignments(`A=x\n${"A=$A$A\n".repeat(60)}`).problem).toMatchObject({ what: "a value that grows without end" });
});

test.each([
  [
    "the next value's quote",
    'A=1\nB="x\nC="y"\n',
    2,
    "a quote that is closed only in line 3, and something that is not KEY=value behind it",
  ],
  [
    "a quote far below",
    "B='x\nC=1\n\n# it is'nt\nD=2\n",
    1,
    "a quote that is closed only in line 4, and something that is not KEY=value behind it",
  ],
  [
    "a quote before one that is never closed",
    'B="x\nC=\nD="E="\n',
    1,
    "a quote that is closed only in line 3, and a quote that is never closed behind it",
  ],
])("when a forgotten quote is closed by %s, the failure names the line where it opens", (_, text, line, what) => {
  expect(readAssignments(text).problem).toEqual({ line, what });
});

test.each([
  ["below a value of several lines", 'A="x\ny"\nB C\n'],
  ["behind a value of one line", "A=1\nB=2\n'C'='3' D\n"],
])("when a text that is no assignment stands %s, the failure names its own line", (_, text) => {
  expect(readAssignments(text).problem).toEqual({ line: 3, what: "something that is not KEY=value" });
});
