import { describe, expect, test, vi } from "vitest";
import { waitFor, type ActorRefFrom } from "xstate";
import { machines } from "../../src/cli/chart/machines.js";
import type { runMachine } from "../../src/machines/run/run.machine.js";
import type { TraceLine } from "../../src/machines/trace-line.js";
import { verifyTrace } from "../../src/machines/trace.js";
import { gives, recordedTrace } from "../support/explore/recorded-trace.js";
import { passedTest } from "../support/explore/samples.js";
import { never } from "../support/scripted-ports.js";

// These tests only compute, so they last as long as the host's processor takes.
vi.setConfig({ testTimeout: 120_000 });

// Traces with a changed state or with renumbered lines: trace.slow.test.ts.
describe("the trace of a run with all its child charts", () => {
  test("leads the pure charts to the same states when it is replayed", async () => {
    const lines = await recordedTrace(gives({ tests: [passedTest] }));
    expect(new Set(lines.map(({ machine }) => machine).filter((machine) => machine !== undefined))).toEqual(new Set(Object.keys(machines)));
    expect(lines.at(-1)).toMatchObject({ actor: "run", state: ["released"], status: "done" });
    expect(verifyTrace(machines, lines)).toEqual({ ok: true });
  });

  test("can be replayed if the run was stopped during a tier and noted a second stop", async () => {
    const lines = await recordedTrace(never, async (actor) => {
      await waitFor(actor, (snapshot) => snapshot.matches({ holding: { running: { test: "install" } } }), { timeout: 5_000 });
      actor.send({ type: "stop", cause: "TERM" });
      actor.send({ type: "stop", cause: "INT" });
    });
    expect(lines.filter(({ event }) => event.type === "stop").map(({ state }) => state)).toEqual([
      ["holding.tearingDown.cleaning"],
      ["holding.tearingDown.cleaning"],
    ]);
    expect(verifyTrace(machines, lines)).toEqual({ ok: true });
  });

  test("can be replayed without a clock if the deadline cut a tier, as the trace records the time", async () => {
    let end = (): void => undefined;
    const over = new Promise<void>((resolve) => (end = resolve));
    const inTests = async (actor: ActorRefFrom<typeof runMachine>): Promise<void> => {
      await waitFor(actor, (snapshot) => snapshot.matches({ holding: { running: { test: "install" } } }), { timeout: 5_000 });
      end();
    };
    const lines = await recordedTrace(never, inTests, over);
    expect(lines.find(({ event }) => event.type === "time.over")).toMatchObject({
      actor: "run/install",
      event: { ms: 900_000 },
      state: ["explaining"],
    });
    expect(lines.at(-1)).toMatchObject({ state: ["released"], status: "done" });
    expect(verifyTrace(machines, lines)).toEqual({ ok: true });
  });

  test("is refused if any line is missing", async () => {
    const lines = await recordedTrace(gives({ tests: [passedTest] }));
    for (const index of lines.keys()) expect(verifyTrace(machines, lines.toSpliced(index, 1)).ok, `line ${index + 1}`).toBe(false);
  });

  test("is refused if any two lines were swapped", async () => {
    const lines = await recordedTrace(gives({ tests: [passedTest] }));
    for (const one of lines.keys())
      for (let other = one + 1; other < lines.length; other += 1) {
        const swapped = lines.with(one, lines[other] as TraceLine).with(other, lines[one] as TraceLine);
        expect(verifyTrace(machines, swapped).ok, `lines ${one + 1} and ${other + 1}`).toBe(false);
      }
  });

  test("is accepted without its last lines only if the run may have been killed", async () => {
    const lines = (await recordedTrace(gives({ tests: [passedTest] }))).slice(0, -3);
    expect(verifyTrace(machines, lines).ok).toBe(false);
    expect(verifyTrace(machines, lines, { mayEndEarly: true })).toEqual({ ok: true });
  });

  test("is accepted without any line only if the run may have been killed before its first event", () => {
    expect(verifyTrace(machines, [])).toEqual({ ok: false, line: 1, why: "the trace is empty" });
    expect(verifyTrace(machines, [], { mayEndEarly: true })).toEqual({ ok: true });
  });
});
