import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { folderRemarks } from "../../../../src/effects/recipe/remarks/folder-remarks.js";
import { must } from "../../../support/children.js";
import { temporaryFolder } from "../../../support/processes.js";

const folderOf = (files: Readonly<Record<string, string | { readonly program: string }>>): string => {
  const folder = temporaryFolder();
  for (const [name, text] of Object.entries(files)) {
    const file = join(folder, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, typeof text === "string" ? text : text.program);
    chmodSync(file, typeof text === "string" ? 0o644 : 0o755);
  }
  return folder;
};

const sh = "#!/bin/sh\nexit 0\n";

test("a folder in order is remarked upon with nothing, data and helpers among it", () => {
  const folder = folderOf({
    "recipe.yml": "",
    "compose.ccci.yml": "",
    "pre_backup.py": { program: sh },
    "pre_backup.sql": "select 1",
    "look-at-backup": { program: sh },
    "notes.md": "",
    "tests/custom/10-a": { program: sh },
    "tests/custom/data.json": "{}",
    "tests/lib/help.sh": sh,
  });
  expect(folderRemarks(folder)).toEqual([]);
  expect(folderRemarks(join(folder, "none"))).toEqual([]);
});

test("names that are nearly ones that are read are told, with what they were meant to be", () => {
  expect(
    folderRemarks(folderOf({ "recipe.yaml": "", "compose.cci.yml": "", pre_upgrad: { program: sh }, "tests/custm/10-a": { program: sh } })),
  ).toEqual([
    "compose.cci.yml: no name that recipe-ci reads. Did you mean compose.ccci.yml?",
    "pre_upgrad: no name that recipe-ci reads. Did you mean pre_upgrade?",
    "recipe.yaml: no name that recipe-ci reads. Did you mean recipe.yml?",
    "tests/custm: no name that recipe-ci reads. Did you mean custom?",
  ]);
});

test("a hook or a test without its executable bit is told, since it would be passed over in silence", () => {
  expect(folderRemarks(folderOf({ "install_steps.sh": sh, "tests/custom/10-a": sh }))).toEqual([
    "install_steps.sh: not executable, so it is not run: chmod +x",
    "tests/custom/10-a: not executable, so it is taken for data: chmod +x",
  ]);
});

test("a program that the kernel could not start is told by its first line", () => {
  expect(
    folderRemarks(
      folderOf({ post_custom: { program: "#!/bin/sh\r\nexit 0\r\n" }, "tests/custom/10-a": { program: "#! /usr/bin/no-such-shell -e\n" } }),
    ),
  ).toEqual([
    expect.stringMatching(/^post_custom: its #! line ends as lines do on Windows/) as string,
    "tests/custom/10-a: its #! line names /usr/bin/no-such-shell, which this host does not have",
  ]);
});

test("a FIFO among the tests is not waited for", () => {
  const folder = folderOf({ "tests/custom/10-a": { program: sh } });
  must("mkfifo", [join(folder, "tests", "custom", "pipe")]);
  expect(folderRemarks(folder)).toEqual([]);
});
