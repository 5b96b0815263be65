import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Examined } from "../../src/cli/contract/contract.js";
import { temporaryFolder } from "../support/processes.js";
import { startProgram } from "../support/program.js";
import { whichAbra } from "../support/swarm/bring-up.js";
import { docker } from "../support/swarm/host.js";

const expectNothingLeft = (): void => {
  const mark = "_doctor_localhost";
  for (const kind of ["service", "volume", "secret", "config", "network"])
    expect(
      docker(kind, "ls", "--format", "{{.Name}}").filter((name) => name.includes(mark)),
      kind,
    ).toEqual([]);
};

/** The same table as in the default tests, examined on the real engine by the command that a host's operator has. */
test(
  "on a Swarm with a backup service, doctor finds that every assumption about docker and abra holds, and leaves nothing behind",
  { timeout: 600_000 },
  async () => {
    const folder = temporaryFolder();
    const { abra, locks } = { abra: join(folder, "abra"), locks: join(folder, "locks") };
    mkdirSync(join(abra, "servers", "default"), { recursive: true });
    mkdirSync(locks);
    const env = {
      PATH: process.env["PATH"],
      HOME: folder,
      ABRA_DIR: abra,
      CCCI_ABRA: whichAbra().path,
      CCCI_DOCKER: "docker",
      CCCI_APP_LOCK_DIR: locks,
    };
    const { code, stdout, stderr } = await startProgram(["doctor", "--contract", "--json"], env, folder).ended;
    expect({ code: code === 69 ? 0 : code, stderr }).toEqual({ code: 0, stderr: "" });
    const { rows, complete } = JSON.parse(stdout) as { readonly complete: boolean; readonly rows: readonly Examined[] };
    expect(rows.filter(({ holds }) => holds === false)).toEqual([]);
    expect(rows.filter(({ holds }) => holds === null).map(({ notExamined }) => notExamined)).toEqual(["this Swarm has a backup service"]);
    expect(complete).toBe(true);
    expectNothingLeft();
  },
);
