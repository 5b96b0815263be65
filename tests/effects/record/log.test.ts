import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { logForPeople, openLog } from "../../../src/effects/record/log.js";
import { rememberSecret } from "../../../src/effects/redact.js";
import { RunError } from "../../../src/machines/errors.js";
import { temporaryFolder } from "../../support/processes.js";

const logged = (act: (log: ReturnType<typeof openLog>) => void): Record<string, unknown> => {
  const folder = temporaryFolder();
  act(openLog(folder));
  return JSON.parse(readFileSync(join(folder, "run.log"), "utf8")) as Record<string, unknown>;
};

test("control and bidi characters are escaped in the log file, and a parser gets the original text", () => {
  const said = "a\u001b[2J\u009b2J\u202eb\u061c\u2028c";
  const folder = temporaryFolder();
  openLog(folder).info({ program: said }, said);
  const text = readFileSync(join(folder, "run.log"), "utf8");
  expect(text).not.toMatch(/(?!\n)[\p{Cc}\p{Bidi_Control}\u2028]/u);
  expect(JSON.parse(text)).toMatchObject({ program: said, msg: said });
});

test("a line names the actor that wrote it", () => {
  expect(logged((log) => log.child({ actor: "janitor" }).warn("three lock files swept"))).toMatchObject({
    actor: "janitor",
    msg: "three lock files swept",
    level: 40,
  });
});

test("a logged error keeps its code, its stack and its cause, without a secret in any of them", () => {
  rememberSecret("hunter2-in-an-error");
  const cause = new Error("said hunter2-in-an-error");
  const error = new RunError("git-failed", "git clone: it said hunter2-in-an-error", {
    hint: "Look.",
    details: ["hunter2-in-an-error"],
    cause,
  });
  const line = logged((log) => log.error({ err: error }, "the clone failed"));
  expect(line).toMatchObject({
    err: {
      code: "git-failed",
      message: "git clone: it said ***",
      details: ["***"],
      stack: expect.stringContaining("log.test.ts") as string,
      cause: { message: "Error: said ***" },
    },
  });
  expect(JSON.stringify(line)).not.toContain("hunter2");
});

test("when something other than an Error is thrown, it is logged as an error", () => {
  expect(logged((log) => log.error({ err: "thrown text" }, "odd"))).toMatchObject({ err: { message: "thrown text", code: "internal" } });
});

test("fields that hold secrets by their name are masked, at the top and one level below", () => {
  const line = logged((log) => log.info({ env: { A: "x1" }, token: "x2", registry: { password: "x3", host: "r.example" } }, "asked"));
  expect(line).toMatchObject({ env: "***", token: "***", registry: { password: "***", host: "r.example" } });
});

test("when a command has no run, it prints only its warnings", () => {
  const said: string[] = [];
  const log = logForPeople((line) => said.push(line)).child({ actor: "janitor" });
  log.info("abra's own output");
  log.warn("abra app ls gave no list");
  expect(said).toEqual(["warning: abra app ls gave no list"]);
});
