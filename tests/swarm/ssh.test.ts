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

/** Acts on the real Swarm as if it were on another host: the run and its abra reach it by ssh only. Each test has its own sshd. */
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
  "a run on a Swarm that is reached by ssh passes and leaves nothing on that host and no ssh on this one",
  beyondSsh(async ({ sshd, host }) => {
    const { code, stdout } = await host.start(runNotes(host), "green", sshd.env).ended;
    expect(stdout).toContain("nothing is left");
    expect(code).toBe(0);
    await expectNoProcesses(() => sshd.living());
    expect(host.leftovers()).toEqual([]);
  }),
);

test.concurrent(
  "when sshd restarts while a deploy settles, the run passes",
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
  "when a run gets TERM while its deploy settles, it removes its app by ssh and leaves no ssh process",
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
