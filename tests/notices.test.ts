import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { noticesOf } from "../scripts/notices.js";
import { temporaryFolder } from "./support/processes.js";

const inPackage = (root: string, folder: string, name: string, files: Record<string, string>): string => {
  mkdirSync(join(root, folder), { recursive: true });
  const all = { "package.json": JSON.stringify({ name, version: "1.0.0", license: "MIT" }), "index.js": "", ...files };
  for (const [file, text] of Object.entries(all)) writeFileSync(join(root, folder, file), text);
  return `${folder}/index.js`;
};

test("each bundled package is named with its licence, once, a nested one too; our own sources are not", () => {
  const root = temporaryFolder();
  const outer = inPackage(root, "node_modules/outer", "outer", { "LICENSE.md": "the outer terms" });
  const nested = inPackage(root, "node_modules/outer/node_modules/@some/inner", "@some/inner", { license: "the inner terms" });
  const notices = noticesOf(root, ["src/cli/main.ts", outer, nested, outer, "lazy:node:http"]);
  expect(notices.match(/^\S+ 1\.0\.0 \(MIT\)/gm)).toEqual(["@some/inner 1.0.0 (MIT)", "outer 1.0.0 (MIT)"]);
  expect(notices).toContain("the outer terms");
  expect(notices).toContain("the inner terms");
  expect(noticesOf(root, ["src/cli/main.ts"])).toBe("");
});

test("a package without licence text is not bundled", () => {
  const root = temporaryFolder();
  const bare = inPackage(root, "node_modules/bare", "bare", {});
  expect(() => noticesOf(root, [bare])).toThrow("bare@1.0.0 is bundled and comes without a licence");
});

test("beside the bundles lie the notices of what is in them", () => {
  const { dependencies } = JSON.parse(readFileSync("package.json", "utf8")) as { readonly dependencies: Record<string, string> };
  const notices = readFileSync("dist/THIRD-PARTY-NOTICES.txt", "utf8");
  const named = [...notices.matchAll(/^(\S+) (\S+) \([^)]+\), https:/gm)].map(([, name, version]) => `${name}@${version}`);
  expect(named).toEqual(expect.arrayContaining(Object.entries(dependencies).map(([name, version]) => `${name}@${version}`)));
});
