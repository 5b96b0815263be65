import { describe, expect, test, vi } from "vitest";
import { waitFor, type ActorRefFrom } from "xstate";
import { machines } from "../../src/cli/chart/machines.js";
import type { runMachine } from "../../src/machines/run/run.machine.js";
import type { TraceLine } from "../../src/machines/trace-line.js";
import { verifyTrace } from "../../src/machines/trace.js";
import { gives, recordedTrace } from "../support/explore/recorded-trace.js";
import { passedTest } from "../support/explore/samples.js";
import { never } from "../support/scripted-ports.js";

// They compute and wait for nobody: their time is that of the host's processor.
vi.setConfig({ testTimeout: 120_000 });

// Any state changed, and a missing line behind good numbers: trace.slow.test.ts.
describe("the trace of a run with all its child charts", () => {
  test("is replayed by the pure charts to the same states", async () => {
    const lines = await recordedTrace(gives({ tests: [passedTest] }));
    expect(new Set(lines.map(({ machine }) => machine).filter((machine) => machine !== undefined))).toEqual(new Set(Object.keys(machines)));
    expect(lines.at(-1)).toMatchObject({ actor: "run", state: ["released"], status: "done" });
    expect(verifyTrace(machines, lines)).toEqual({ ok: true });
  });

  test("is replayed after a stop in the middle of a tier, and a second stop that is only noted", async () => {
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

  test("is replayed where the deadline cut a tier, as the time is in the record and no clock is asked", async () => {
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

  test("is refused with any one line missing", async () => {
    const lines = await recordedTrace(gives({ tests: [passedTest] }));
    for (const index of lines.keys()) expect(verifyTrace(machines, lines.toSpliced(index, 1)).ok, `line ${index + 1}`).toBe(false);
  });

  test("is refused with any two lines swapped", async () => {
    const lines = await recordedTrace(gives({ tests: [passedTest] }));
    for (const one of lines.keys())
      for (let other = one + 1; other < lines.length; other += 1) {
        const swapped = lines.with(one, lines[other] as TraceLine).with(other, lines[one] as TraceLine);
        expect(verifyTrace(machines, swapped).ok, `lines ${one + 1} and ${other + 1}`).toBe(false);
      }
  });

  test("that ends early is accepted only of a run that may", async () => {
    const lines = (await recordedTrace(gives({ tests: [passedTest] }))).slice(0, -3);
    expect(verifyTrace(machines, lines).ok).toBe(false);
    expect(verifyTrace(machines, lines, { mayEndEarly: true })).toEqual({ ok: true });
  });

  test("that is empty is accepted only of a run that may have been killed before its first event", () => {
    expect(verifyTrace(machines, [])).toEqual({ ok: false, line: 1, why: "the trace is empty" });
    expect(verifyTrace(machines, [], { mayEndEarly: true })).toEqual({ ok: true });
  });
});
