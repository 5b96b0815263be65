import { parse, type Token } from "acorn";
import { transformSync } from "esbuild";
import { readFileSync } from "node:fs";
import { analyse } from "scslre";
import * as v from "valibot";
import { expect, test } from "vitest";
import { must } from "./support/children.js";

/** What acorn keeps of a regular expression. */
const Pattern = v.object({ pattern: v.string(), flags: v.string() });
type Pattern = v.InferOutput<typeof Pattern>;

const patternsIn = (text: string): readonly Pattern[] => {
  const found: Pattern[] = [];
  const { code } = transformSync(text, { loader: "ts", target: "es2022" });
  const onToken = (token: Token): void =>
    void (token.type.label === "regexp" && found.push(v.parse(v.object({ value: Pattern }), token).value));
  parse(code, { ecmaVersion: 2024, sourceType: "module", onToken });
  return found;
};

/** Those that go through some text again from each of its places, or try each way to part it. */
const slowIn = (text: string): readonly string[] =>
  patternsIn(text).flatMap(({ pattern: source, flags }) =>
    analyse({ source, flags }, { reportTypes: { Move: true } }).reports.length === 0 ? [] : [`/${source}/${flags}`],
  );

test("no pattern of the program takes longer than a text is long: strangers write what is matched", () => {
  const files = must("git", ["ls-files", "-co", "--exclude-standard", "src/*.ts", "sandbox/engine/api/services.ts"]).split("\n");
  expect(files.flatMap((file) => slowIn(readFileSync(file, "utf8")).map((pattern) => `${file}: ${pattern}`))).toEqual([]);
});

test.each([String.raw`/\s*\n\s*/g`, String.raw`/(?:a\s*,?\s*)*b/`, String.raw`/[ \t]*(\d*)[ \t]*(.*)$/`])("%s would be seen", (pattern) => {
  expect(slowIn(`export const seen = ${pattern};`)).toHaveLength(1);
});
