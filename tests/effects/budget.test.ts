import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import { within } from "../../src/effects/budget.js";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

const told = (signal: AbortSignal): Promise<unknown> =>
  new Promise((resolve) => signal.addEventListener("abort", () => resolve(signal.reason), { once: true }));

describe("a signal with a limit", () => {
  test("aborts when the time is over, also where garbage was collected meanwhile", async () => {
    const stop = new AbortController();
    const aborted = told(within(stop.signal, 100));
    const collecting = setInterval(collect, 20);
    try {
      expect(await aborted).toMatchObject({ name: "TimeoutError" });
    } finally {
      clearInterval(collecting);
    }
    expect(stop.signal.aborted).toBe(false);
  });

  test("aborts with the signal, for its reason", async () => {
    const stop = new AbortController();
    const aborted = told(within(stop.signal, 60_000));
    stop.abort("told to");
    expect(await aborted).toBe("told to");
    expect(within(stop.signal, 60_000).reason).toBe("told to");
  });
});
