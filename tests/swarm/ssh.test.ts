import { expect } from "vitest";
import { Sshd } from "../support/engine/sshd.js";
import { expectNoProcesses } from "../support/processes.js";
import { testWith } from "../support/programs.js";
import { SwarmHost } from "../support/swarm/host.js";

const test = testWith("ssh", "sshd");

interface Far {
  readonly sshd: Sshd;
  readonly host: SwarmHost;
}

/** The real Swarm as if it were on another host: we, and abra, come to it by ssh alone. Each test has an sshd and a host of its own. */
const beyondSsh = (act: (far: Far) => Promise<void>) => async (): Promise<void> => {
  const sshd = await Sshd.start("/var/run/docker.sock");
  const host = new SwarmHost();
  try {
    await act({ sshd, host });
  } finally {
    try {
      await host.close();
    } finally {
      await sshd.close();
    }
  }
};

const runNotes = (host: SwarmHost): readonly string[] => ["run", "notes", "--src", host.repository("notes"), "--stages", "install,custom"];

test.concurrent(
  "a run on a Swarm beyond ssh passes, and leaves nothing there and no ssh here",
  beyondSsh(async ({ sshd, host }) => {
    const { code, stdout } = await host.start(runNotes(host), "green", sshd.env).ended;
    expect(stdout).toContain("nothing is left");
    expect(code).toBe(0);
    await expectNoProcesses(() => sshd.living());
    expect(host.leftovers()).toEqual([]);
  }),
);

test.concurrent(
  "a run outlives an sshd that restarts while the deploy settles",
  beyondSsh(async ({ sshd, host }) => {
    const run = host.start(runNotes(host), "restart", sshd.env);
    await run.says("deploy: converging");
    await sshd.down();
    await sshd.up();
    const { code, stdout } = await run.ended;
    expect(code, stdout).toBe(0);
    expect(host.leftovers()).toEqual([]);
  }),
);

test.concurrent(
  "a run that gets TERM while the deploy settles removes its app through ssh, and leaves no ssh",
  beyondSsh(async ({ sshd, host }) => {
    const run = host.start(runNotes(host), "stopped", sshd.env);
    await run.says("deploy: converging");
    run.child.kill("SIGTERM");
    expect((await run.ended).code).toBe(143);
    expect(run.record()).toMatchObject({ verdict: "stopped", cleanliness: "clean" });
    await expectNoProcesses(() => sshd.living());
    expect(host.leftovers()).toEqual([]);
  }),
);
