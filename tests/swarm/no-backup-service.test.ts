import { afterAll, beforeAll, expect, test } from "vitest";
import type { Examined } from "../../src/cli/contract/contract.js";
import { abraBackup } from "../contract/abra-backup.js";
import { examineChapters, neededImages } from "../contract/main.js";
import { whichAbra } from "../support/swarm/bring-up.js";
import { OwnDaemon } from "../support/swarm/own-daemon.js";

/** This file has a Swarm of its own: on the shared one, the backup service of another file may run. */
let daemon: OwnDaemon;
const before = process.env["DOCKER_HOST"];
beforeAll(async () => {
  daemon = await OwnDaemon.start();
  daemon.swarm(...neededImages);
  process.env["DOCKER_HOST"] = daemon.env.DOCKER_HOST;
}, 120_000);
afterAll(async () => {
  if (before === undefined) delete process.env["DOCKER_HOST"];
  else process.env["DOCKER_HOST"] = before;
  await daemon.dispose();
}, 60_000);

test(
  "on a Swarm without a backup service, abra says so, and each row about backups is not examined and says why",
  { timeout: 120_000 },
  async () => {
    const rows: Examined[] = [];
    await examineChapters(
      [abraBackup],
      { abra: whichAbra().path, docker: "docker", sandbox: null },
      { zone: "bare.localhost", onRow: (row) => void rows.push(row), signal: new AbortController().signal },
    );
    const [first, ...rest] = rows;
    expect(first).toMatchObject({ holds: true, difference: null, notExamined: null });
    const reason = "no service of this Swarm has the label coop-cloud.backupbot.enabled=true";
    expect(rest.map(({ holds, difference, notExamined }) => ({ holds, difference, notExamined }))).toEqual(
      rest.map(() => ({ holds: null, difference: null, notExamined: reason })),
    );
    expect(rest.length).toBeGreaterThan(5);
    for (const kind of ["service", "volume", "secret", "config", "network"])
      expect(daemon.docker(kind, "ls", "--format", "{{.Name}}"), kind).not.toContain("_bare_localhost");
  },
);
