import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { settingsTable } from "../src/cli/options.js";

const pages = ["README.md", "CONTRIBUTING.md", "ARCHITECTURE.md", "CHANGELOG.md", "statecharts/README.md", "tests/concurrency/README.md"];
const inDocs = readdirSync("docs", { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".md"));
const all = [...pages, ...inDocs.map((file) => join("docs", file))];

const scripts = (JSON.parse(readFileSync("package.json", "utf8")) as { readonly scripts: Record<string, string> }).scripts;

test.each(all)("%s links and points only to what there is", (page) => {
  const text = readFileSync(page, "utf8");
  const links = [...text.matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map(([, link]) => join(dirname(page), link ?? ""));
  const paths = [...text.matchAll(/(?<![\w./-])((?:src|tests|bench|packaging|examples|sandbox|scripts|docs)\/[\w./-]*\w)/g)].map(([, path]) => path ?? "");
  const missing = [...links, ...paths].filter((path) => !existsSync(path) && !existsSync(`${path}.test.ts`) && !existsSync(`${path}.ts`));
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
