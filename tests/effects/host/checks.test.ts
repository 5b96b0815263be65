import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { checkAbra, checkDocker } from "../../../src/effects/host/swarm-checks.js";
import { checkGit, checkNode, checkPlatform } from "../../../src/effects/host/userland.js";
import { engineAt, engineOn, startDaemon } from "../../support/engine/daemon.js";
import { temporaryFolder } from "../../support/processes.js";

const says = (folder: string, name: string, script: string): string => {
  const file = join(folder, name);
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  return file;
};

const host = (abra: string, abraDir: string) => ({ abra, abraDir, server: "default", env: { PATH: process.env["PATH"] ?? "" } });

describe("the doctor", () => {
  test("refuses macOS with the reason, and an old node with the version that will do", () => {
    expect(checkPlatform("darwin")).toMatchObject({ ok: false, optional: false, found: expect.stringContaining("/proc") as unknown });
    expect(checkNode("v18.20.0")).toMatchObject({ ok: false, repair: "Install Node 20.19 or newer." });
    expect(checkNode("v20.18.9").ok).toBe(false);
    expect(checkNode("v20.19.0").ok).toBe(true);
    expect(checkNode("v24.0.0").ok).toBe(true);
  });

  test.each([
    ["git version 2.31.8", false],
    ["git version 1.99.0", false],
    ["git version 2.32.0", true],
    ["git version 2.39.5 (Apple Git-154)", true],
    ["git version 3.0.0.rc1", true],
    ["BusyBox v1.36", false],
  ])("of %j says whether recipe-ci's guards reach it: %s", (said, ok) => {
    expect(checkGit(said)).toMatchObject(
      ok ? { ok, found: said } : { ok, found: `${said} is too old`, repair: "Install git 2.32 or newer." },
    );
  });

  test.each([
    [
      "a node outside a Swarm",
      { LocalNodeState: "inactive" },
      { ok: false, found: "this node is inactive", repair: expect.stringContaining("swarm init") as unknown },
    ],
    ["a worker", { LocalNodeState: "active", ControlAvailable: false }, { ok: false, found: "this node is a worker" }],
    ["a manager", { LocalNodeState: "active", ControlAvailable: true }, { ok: true }],
  ])("knows %s", async (_, Swarm, swarm) => {
    const daemon = await startDaemon((__, answer) => void answer.end(JSON.stringify({ ServerVersion: "1", Swarm })));
    expect(await checkDocker(engineOn(daemon.socket), daemon.socket)).toMatchObject([
      { name: "docker daemon", ok: true },
      { name: "swarm", ...swarm },
    ]);
  });

  test("names a daemon that is not there, and a client that is not", async () => {
    expect(await checkDocker(engineOn("/nonexistent/docker.sock"), "")).toMatchObject([
      { name: "docker daemon", ok: false, found: expect.stringContaining("/nonexistent/docker.sock") as unknown },
    ]);
    const { engine } = engineAt({ kind: "dial", docker: "/nonexistent/docker", said: "far" });
    expect(await checkDocker(engine, "far")).toMatchObject([
      { name: "docker daemon", ok: false, found: "/nonexistent/docker: no such command" },
    ]);
  });

  test("wants abra, and the server's folder", async () => {
    const folder = temporaryFolder();
    const abra = says(folder, "abra", "echo abra version 1");
    expect((await checkAbra(host(abra, folder))).map(({ ok }) => ok)).toEqual([true, false]);
    mkdirSync(join(folder, "servers", "default"), { recursive: true });
    expect((await checkAbra(host(abra, folder))).map(({ ok }) => ok)).toEqual([true, true]);
    expect((await checkAbra(host(join(folder, "none"), folder)))[0]).toMatchObject({ ok: false });
  });
});
