import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openLog } from "../../../src/effects/record/log.js";
import { redact } from "../../../src/effects/redact.js";
import { learnGenerated, secretsAskedFor } from "../../../src/effects/secrets/learn-generated.js";
import { learnFromEnvironment, learnFromOperator } from "../../../src/effects/secrets/learn-secrets.js";
import { must } from "../../support/children.js";

const folder = (): string => {
  const dir = mkdtempSync(join(tmpdir(), "recipe-ci-learn-"));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
};

test("the tokens of the environment are known, ordinary words under such a name are not", () => {
  learnFromEnvironment({
    GITEA_TOKEN: "gt-77aa",
    DRONE_NETRC_PASSWORD: "p4ss",
    HTTPS_PROXY: "http://me:pr0xypw@proxy:3128",
    MY_TOKEN_FILE: "/etc/some/file",
    USE_TOKEN: "true",
    A_SECRET: "abc",
    DOMAIN: "ci.example.com",
  });
  expect(redact("gt-77aa p4ss pr0xypw")).toBe("*** *** ***");
  expect(redact("/etc/some/file true abc ci.example.com")).toBe("/etc/some/file true abc ci.example.com");
});

test("what the operator's own files hold under the name of a secret is known; a FIFO or a link among them hinders nobody", () => {
  const dir = folder();
  writeFileSync(join(dir, ".env"), "SMTP_PASSWORD='two words'\nPLAIN=visible\n");
  writeFileSync(
    join(dir, "compose.ccci.yml"),
    "services:\n  app:\n    environment:\n      API_KEY: kk-1234\n      - DB_PASSWORD=${DB_PASSWORD}\n",
  );
  must("mkfifo", [join(dir, "pipe.yml")]);
  symlinkSync("/dev/zero", join(dir, "zero.yml"));
  learnFromOperator(dir);
  learnFromOperator(join(dir, "nowhere"));
  expect(redact("two words, kk-1234, visible, ${DB_PASSWORD}")).toBe("***, ***, visible, ${DB_PASSWORD}");
});

test("a comment in the operator's files names no secret, and its words are not masked", () => {
  const dir = folder();
  writeFileSync(
    join(dir, "recipe.yml"),
    "# The notes ask for a new secret: wander, and do it.\n  # token: ponder\nenv: { API_TOKEN: stroll99 }\n",
  );
  learnFromOperator(dir);
  expect(redact("wander, ponder, stroll99")).toBe("wander, ponder, ***");
});

test("the run's log has no known secret, in words or fields, and stays JSON", () => {
  const dir = folder();
  learnFromEnvironment({ LOG_TOKEN: `lt"q\\w` });
  const log = openLog(dir);
  log.info({ test: `a lt"q\\w b` }, `said lt"q\\w`);
  const line = readFileSync(join(dir, "run.log"), "utf8");
  expect(JSON.parse(line)).toMatchObject({ test: "a *** b", msg: "said ***" });
});

test.each([
  ["a bare list", "t  q7\ndb_password  zz-9.x\n"],
  ["a table with colours", "\u001b[1m│ NAME │ VALUE │\u001b[0m\n│ t │ q7 │\n│ db_password │ zz-9.x │\n"],
  ["JSON", 'INFO done\n[{"name": "t", "value": "q7"}, {"name": "db_password", "value": "zz-9.x"}]\n'],
  ["JSON by name", '{"t": "q7", "db_password": "zz-9.x"}'],
])("generated secrets are known however short, from %s", (_, output) => {
  learnGenerated(output, secretsAskedFor({ SECRET_T_VERSION: "v1", SECRET_DB_PASSWORD_VERSION: "v2", DOMAIN: "x" }));
  expect(redact("<q7> <zz-9.x> <t> <v1> <NAME>")).toBe("<***> <***> <t> <v1> <NAME>");
});

test("a generated value with blanks and borders is known as a whole, and a line of prose is none", () => {
  learnGenerated("t  a b|c d\nINFO t was made\nt\n", ["t"]);
  expect(redact("<a b|c d> was made INFO")).toBe("<***> was made INFO");
});
