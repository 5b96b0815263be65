import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { checkAbra, checkDocker } from "../../../src/effects/host/swarm-checks.js";
import { checkNode, checkPlatform } from "../../../src/effects/host/userland.js";
import { temporaryFolder } from "../../support/processes.js";

const says = (folder: string, name: string, script: string): string => {
  const file = join(folder, name);
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  return file;
};

const host = (docker: string, abra = "abra", abraDir = "/nowhere") => ({ docker, abra, abraDir, server: "default", env: { PATH: process.env["PATH"] ?? "" } });

describe("the doctor", () => {
  test("refuses macOS with the reason, and an old node with the version that will do", () => {
    expect(checkPlatform("darwin")).toMatchObject({ ok: false, optional: false, found: expect.stringContaining("/proc") as unknown });
    expect(checkNode("v18.20.0")).toMatchObject({ ok: false, repair: "Install Node 20.19 or newer." });
    expect(checkNode("v20.18.9").ok).toBe(false);
    expect(checkNode("v20.19.0").ok).toBe(true);
    expect(checkNode("v24.0.0").ok).toBe(true);
  });

  test("tells a missing client, a silent daemon, a node outside a Swarm and a worker apart, each with its repair", async () => {
    const folder = temporaryFolder();
    expect(await checkDocker(host(join(folder, "none")))).toMatchObject([{ name: "docker", ok: false }]);
    const silent = says(folder, "silent", "echo Cannot connect to the Docker daemon >&2; exit 1");
    expect((await checkDocker(host(silent))).at(-1)).toMatchObject({ name: "docker daemon", ok: false, found: "Cannot connect to the Docker daemon" });
    const alone = says(folder, "alone", `echo '{"ServerVersion":"1","Swarm":{"LocalNodeState":"inactive"}}'`);
    expect((await checkDocker(host(alone))).at(-1)).toMatchObject({ name: "swarm", ok: false, repair: expect.stringContaining("swarm init") as unknown });
    const worker = says(folder, "worker", `echo '{"ServerVersion":"1","Swarm":{"LocalNodeState":"active","ControlAvailable":false}}'`);
    expect((await checkDocker(host(worker))).at(-1)).toMatchObject({ name: "swarm", ok: false, found: "this node is a worker" });
    const manager = says(folder, "manager", `echo '{"ServerVersion":"1","Swarm":{"LocalNodeState":"active","ControlAvailable":true}}'`);
    expect((await checkDocker(host(manager))).every(({ ok }) => ok)).toBe(true);
  });

  test("wants abra, and the server's folder", async () => {
    const folder = temporaryFolder();
    const abra = says(folder, "abra", "echo abra version 1");
    expect((await checkAbra(host("docker", abra, folder))).map(({ ok }) => ok)).toEqual([true, false]);
    mkdirSync(join(folder, "servers", "default"), { recursive: true });
    expect((await checkAbra(host("docker", abra, folder))).map(({ ok }) => ok)).toEqual([true, true]);
    expect((await checkAbra(host("docker", join(folder, "none"), folder)))[0]).toMatchObject({ ok: false });
  });
});
