import { expect, test } from "vitest";
import { parseYaml } from "../../../src/effects/recipe/parse-yaml.js";
import { workedMs } from "../../support/worked.js";

const secret = "hunter2-PLANTED";

test("merge keys count, and an empty text is null", () => {
  expect(parseYaml("a: &a {x: 1}\nb:\n  <<: *a\n  y: 2\n")).toEqual({ a: { x: 1 }, b: { x: 1, y: 2 } });
  expect(parseYaml("")).toBeNull();
});

const bomb = Array.from(
  "bcdefghij",
  (name, at) =>
    `${name}: &${name} [${Array(9)
      .fill(`*${"abcdefghij"[at] ?? ""}`)
      .join(",")}]`,
).join("\n");
const many = (count: number, line: (at: number) => string): string => Array.from({ length: count }, (_, at) => line(at)).join("");

test.each([
  ["a broken line", `a: [${secret}`],
  ["a line that begins anew", `a: b: ${secret}`],
  ["an alias to nothing", `a: *${secret}`],
  ["a tag that nobody knows, broken", `a: !${secret} [`],
  ["a key twice", `${secret}: 1\n${secret}: 2`],
  ["a NUL in a value", `a: 1\nb: "${secret}\\0"`],
  ["a NUL in a key", `"${secret}\\x00": 1`],
  ["an alias bomb", `a: &a [${secret}]\n${bomb}`],
  ["200,000 levels of lists", `${"[".repeat(200_000)}${secret}`],
  ["200,000 levels of maps", `${"a: {".repeat(200_000)}${secret}`],
  ["200,000 levels in one line", `${"- ".repeat(200_000)}${secret}`],
  ["200,000 keys of keys", `${"? ".repeat(200_000)}${secret}`],
  ["1,400 levels of indentation", many(1_400, (at) => `${" ".repeat(at)}a:\n`)],
  ["1,400 levels of indentation below a list each", many(1_000, (at) => `${" ".repeat(at)}-\n`)],
  ["a control character in a comment", `a: 1\n# \u001B[1m${secret}\n`],
  ["a form feed between keys", `a: ${secret}\n\f\nb: 1\n`],
  ["100,000 keys", many(100_000, (at) => `k${at}: ${secret}\n`)],
  ["100,000 anchors", many(50_000, (at) => `- &a${at} x\n- *a${at}\n`)],
])("%s is said by its place or kind, at once, and quotes nothing", (_, text) => {
  const began = workedMs();
  let said = "";
  try {
    parseYaml(text);
  } catch (error) {
    said = String(error);
  }
  expect(said).toMatch(/YamlRefused: .*YAML/);
  expect(said).not.toContain("PLANTED");
  expect(said.length).toBeLessThan(200);
  expect(workedMs(began)).toBeLessThan(1_000);
});

test("what a large recipe has is far within the bounds", () => {
  const service = (at: number): string =>
    `  s${at}:\n    image: a/b:${at}\n    deploy:\n      labels:\n${many(20, (label) => `        - "l${label}=x"\n`)}`;
  expect(Object.keys((parseYaml(`services:\n${many(100, service)}`) as { services: object }).services)).toHaveLength(100);
});

test.each([
  ["a CR in a comment", `a: 1\n# x\rb: ${secret}\n`, "line 2"],
  ["a next line in a comment", `a: 1\n# x\u0085b: ${secret}\n`, "line 2"],
  ["a line separator in a comment", `a: 1\n# x\u2028b: ${secret}\n`, "line 2"],
  ["a paragraph separator in a word", `a: "1\n 2\u2029${secret}"\n`, "line 2"],
  ["a byte-order mark before a key", `a: 1\n\uFEFFb: ${secret}\n`, "line 2"],
  ["a value in base64", `a: 1\nb: !!binary ${secret}\n`, "line 2"],
  ["a key in base64", `a: 1\n? !!binary ${secret}\n: 2\n`, "line 2"],
  ["a quoted merge key with its tag", `x: &x {a: 1}\nb:\n  !!merge "<<": *x\n`, "line 3"],
  ["a quoted merge key with no tag of its own", `x: &x {a: 1}\nb:\n  ! "<<": *x\n`, "line 3"],
  ["a tag on a map", "a: !!set {b}\n", "line 1"],
  ["a tag on a list", "a: !override [b]\n", "line 1"],
  ["a tag by another name", "%TAG ! tag:yaml.org,2002:\n---\na: !binary x\n", "directive"],
  ["the numbers of YAML 1.1", "%YAML 1.1\n---\na: 22:22\n", "directive"],
  ["YAML 1.2 by name, which docker's client refuses", "%YAML 1.2\n---\na: 1\n", "directive"],
  ["a second document", `a: 1\n---\nb: ${secret}\n`, "line 2"],
  ["bytes that are not UTF-8", Buffer.from(`a: 1\n# caf\u00e9 ${secret}\n`, "latin1").toString("utf8"), "line 2"],
  ["a file in UTF-16", Buffer.from(`\uFEFFa: ${secret}\n`, "utf16le").toString("utf8"), "line 1"],
])("%s, which readers of YAML take for different things, is refused and not quoted", (_, text, place) => {
  const read = (): unknown => parseYaml(text);
  expect(read).toThrow("YAML");
  expect(read).toThrow(place);
  expect(read).not.toThrow("PLANTED");
});

test("CRLF, a byte-order mark in front, the end of a document and the plain tags are what they are everywhere", () => {
  expect(parseYaml("\uFEFFa: 1\r\nb: !!str 2\r\n")).toEqual({ a: 1, b: "2" });
  expect(parseYaml("---\na: !!map {b: !!seq [!!int 1]}\n...\n")).toEqual({ a: { b: [1] } });
});
