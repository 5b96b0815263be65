import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { settingsTable } from "../src/cli/options.js";
import { failures, failuresTable } from "../src/machines/failures.js";

const pages = ["README.md", "CONTRIBUTING.md", "ARCHITECTURE.md", "CHANGELOG.md", "statecharts/README.md", "tests/concurrency/README.md"];
const inDocs = readdirSync("docs", { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".md"));
const all = [...pages, ...inDocs.map((file) => join("docs", file))];

const scripts = (JSON.parse(readFileSync("package.json", "utf8")) as { readonly scripts: Record<string, string> }).scripts;

test.each(all)("%s links and points only to what there is", (page) => {
  const text = readFileSync(page, "utf8");
  const links = [...text.matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map(([, link]) => join(dirname(page), link ?? ""));
  const paths = [...text.matchAll(/(?<![\w./-])((?:src|tests|bench|packaging|examples|sandbox|scripts|docs)\/[\w./-]*\w)/g)].map(
    ([, path]) => path ?? "",
  );
  const missing = [...links, ...paths].filter((path) => !existsSync(path) && !existsSync(`${path}.test.ts`) && !existsSync(`${path}.ts`));
  expect(missing).toEqual([]);
});

/** As the forges make it of a heading. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-");
const anchorsOf = (page: string): readonly string[] =>
  [...readFileSync(page, "utf8").matchAll(/^#{1,6} (.+)$/gm)].map(([, heading]) => anchorOf(heading ?? ""));

test.each(all)("%s links only to headings that there are", (page) => {
  const links = [...readFileSync(page, "utf8").matchAll(/\]\((?!https?:)([^)#\s]*)#([^)\s]+)\)/g)];
  const missing = links.flatMap(([, path = "", anchor = ""]) =>
    anchorsOf(path === "" ? page : join(dirname(page), path)).includes(anchor) ? [] : [`${path}#${anchor}`],
  );
  expect(missing).toEqual([]);
});

test.each(all)("%s names only scripts that package.json has", (page) => {
  const named = [...readFileSync(page, "utf8").matchAll(/npm run ([\w:]+)/g)].map(([, name]) => name ?? "");
  expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
});

test("docs/operations.md has the table of settings that the code has", () => {
  const page = readFileSync("docs/operations.md", "utf8");
  const table = /<!-- settings:.*?-->\n(.*?)\n?<!-- \/settings -->/s.exec(page)?.[1];
  expect(table).toBe(settingsTable());
});

test("docs/operations.md has the table of failures that the code has", () => {
  const page = readFileSync("docs/operations.md", "utf8");
  const table = /<!-- failures:.*?-->\n(.*?)\n?<!-- \/failures -->/s.exec(page)?.[1];
  expect(table).toBe(failuresTable());
});

test("the table of failures has no code that nothing in src fails with", () => {
  const files = readdirSync("src", { recursive: true, encoding: "utf8" }).filter(
    (file) => file.endsWith(".ts") && file !== join("machines", "failures.ts"),
  );
  const source = files.map((file) => readFileSync(join("src", file), "utf8")).join("\n");
  // The two that are put together from a phase or a reason of the chart: the compiler knows their members.
  const phases = /type DeployPhase = (.*);/.exec(source)?.[1] ?? "";
  const spelled = (code: string): boolean => {
    const [, phase] = /^deploy-(.*)-overrun$/.exec(code) ?? [];
    const [, refused] = /^(image|mount)-refused$/.exec(code) ?? [];
    return (
      source.includes(`"${code}"`) ||
      (phase !== undefined && phases.includes(`"${phase}"`)) ||
      (refused !== undefined && source.includes("`${what}-refused`"))
    );
  };
  expect(Object.keys(failures).filter((code) => !spelled(code))).toEqual([]);
});
