import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createChildRegistry } from "../../../src/effects/children/registry.js";
import { rememberSecret } from "../../../src/effects/redact.js";
import { ownCode, runOne, writeProgram } from "../../support/own-code.js";

const registry = createChildRegistry();

const runScript = async (script: string) => {
  const cwd = mkdtempSync(join(tmpdir(), "recipe-ci-masked-"));
  onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
  const said: string[] = [];
  const code = ownCode({ scope: registry.scope("work"), runDir: cwd, onOutput: (_, text) => said.push(text) });
  const [result] = await runOne(code, writeProgram(cwd, "10-test", script), 120_000, new AbortController().signal);
  return { result, said: said.join("") };
};

test("when a process prints a secret in two writes or across two lines, the secret is masked in the log and the reason", async () => {
  const secret = randomBytes(16).toString("hex");
  rememberSecret(secret);
  const [head, tail] = [secret.slice(0, 15), secret.slice(15)];
  const { result, said } = await runScript(
    `printf 'one: %s' ${head}; sleep 0.2; printf '%s :one\\n' ${tail}; printf 'two: %s\\n' ${head}; sleep 0.2; printf '%s :two\\n' ${tail}; exit 1`,
  );
  for (const text of [said, result?.message ?? ""]) {
    expect(text).toContain("one: *** :one\ntwo: *** :two\n".trimEnd());
    expect(text).not.toContain(head);
    expect(text).not.toContain(tail);
  }
});

test("when a process prints megabytes in lines of 200 kB, a stop can still come between two reads", { timeout: 150_000 }, async () => {
  rememberSecret(`secret${"s".repeat(200)}`);
  let busiest = 0;
  let last = process.cpuUsage();
  // Whoever is held up wakes late; processor time, since on a busy host everybody does.
  const ticks = setInterval(() => {
    const { user, system } = process.cpuUsage(last);
    busiest = Math.max(busiest, (user + system) / 1_000);
    last = process.cpuUsage();
  }, 1);
  const line = `head -c 200000 /dev/zero | tr '\\0' s; echo`;
  const { result, said } = await runScript(`for i in 1 2 3 4 5 6 7 8 9 10; do ${line}; done; head -c 3000000 /dev/zero | tr '\\0' s`);
  clearInterval(ticks);
  expect(result?.outcome).toBe("passed");
  expect(said.length).toBeGreaterThan(1_000);
  // 30 ms were measured on an idle host and 102 on a busy one, where a processor's second is worth less.
  expect(busiest).toBeLessThan(300);
});
