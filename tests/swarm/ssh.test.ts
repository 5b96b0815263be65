import { afterEach, beforeEach, expect } from "vitest";
import { Sshd } from "../support/engine/sshd.js";
import { expectNoProcesses } from "../support/processes.js";
import { testWith, whyNot } from "../support/programs.js";
import { SwarmHost } from "../support/swarm/host.js";

const needed = ["ssh", "sshd"] as const;
const test = testWith(...needed);
const isHere = whyNot(...needed) === null;

/** The real Swarm as if it were on another host: we, and abra, come to it by ssh alone. */
let sshd: Sshd;
let host: SwarmHost;
beforeEach(async () => {
  if (!isHere) return;
  sshd = await Sshd.start("/var/run/docker.sock");
  host = new SwarmHost();
});
afterEach(async () => {
  if (!isHere) return;
  try {
    await host.close();
  } finally {
    await sshd.close();
  }
});

const runNotes = (): readonly string[] => ["run", "notes", "--src", host.repository("notes"), "--stages", "install,custom"];

test("a run on a Swarm beyond ssh passes, and leaves nothing there and no ssh here", async () => {
  const { code, stdout } = await host.start(runNotes(), "green", sshd.env).ended;
  expect(stdout).toContain("nothing is left");
  expect(code).toBe(0);
  await expectNoProcesses(sshd.clients());
  expect(host.leftovers()).toEqual([]);
});

test("a run outlives an sshd that restarts while the deploy settles", async () => {
  const run = host.start(runNotes(), "restart", sshd.env);
  await run.says("deploy: converging");
  await sshd.down();
  await sshd.up();
  const { code, stdout } = await run.ended;
  expect(code, stdout).toBe(0);
  expect(host.leftovers()).toEqual([]);
});

test("a run that gets TERM while the deploy settles removes its app through ssh, and leaves no ssh", async () => {
  const run = host.start(runNotes(), "stopped", sshd.env);
  await run.says("deploy: converging");
  run.child.kill("SIGTERM");
  expect((await run.ended).code).toBe(143);
  expect(run.record()).toMatchObject({ verdict: "stopped", cleanliness: "clean" });
  await expectNoProcesses(sshd.clients());
  expect(host.leftovers()).toEqual([]);
});
