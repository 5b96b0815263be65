import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { until } from "../support/processes.js";
import { SwarmHost } from "../support/swarm/host.js";
import { OwnDaemon } from "../support/swarm/own-daemon.js";
import { sendSignal } from "../support/signal.js";

const images = ["local/notes-app:1.1.0", "local/notes-store:1.1.0", "local/notes-app:1.0.0", "local/notes-store:1.0.0"];

let daemon: OwnDaemon;
let host: SwarmHost;
beforeAll(async () => {
  daemon = await OwnDaemon.start();
  daemon.swarm(...images);
}, 120_000);
afterAll(() => daemon.dispose(), 60_000);
beforeEach(() => {
  host = new SwarmHost(daemon);
});
afterEach(() => host.close(), 120_000);

const runNotes = (runId: string) => host.start(["run", "notes", "--src", host.repository("notes")], runId);

describe("when the docker daemon restarts", () => {
  test("while a run deploys, the run is green and leaves nothing", async () => {
    const run = runNotes("deploying");
    await run.says("deploy: converging");
    await daemon.restart();
    const { code, stdout } = await run.ended;
    expect(stdout).toContain("nothing is left");
    expect(code, stdout).toBe(0);
    expect(host.leftovers()).toEqual([]);
  });

  test("while a run tears down, the run keeps its verdict and leaves nothing", async () => {
    const run = runNotes("tearing");
    await run.says("tearingDown: goneWaiting");
    await daemon.restart();
    const { code, stdout } = await run.ended;
    expect(code, stdout).toBe(0);
    expect(run.record()).toMatchObject({ verdict: "passed", cleanliness: "clean" });
    expect(host.leftovers()).toEqual([]);
  });

  test("while the janitor reaps an orphan, the janitor still removes it and says so", async () => {
    const run = runNotes("orphaned");
    const { pid } = await run.reaches("holding.running.test");
    // The program first: when its launcher dies before it, it begins to tear down.
    sendSignal(-pid, "SIGKILL");
    sendSignal(-(run.child.pid ?? 0), "SIGKILL");
    await run.ended;
    const janitor = host.command("janitor");
    await until("the janitor has begun to remove it", () => host.leftovers().every((line) => !line.startsWith("service ")));
    await daemon.restart();
    const { code, stdout, stderr } = await janitor.ended;
    expect(stdout, stderr).toContain("reaped");
    expect(code).toBe(0);
    expect(host.leftovers()).toEqual([]);
  });
});
