import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { describe, expect } from "vitest";
import { isAlive, signal } from "../support/drone/processes.js";
import { startStep } from "../support/drone/step.js";
import { waitFor } from "../support/drone/wait-for.js";
import { kills, type Kill } from "./kills.js";
import { commandsOf, shapes, type Shape } from "./shapes.js";
import { testWith } from "../support/programs.js";

/** What the program hears, and whether it is alive afterwards. `ppid`: it can find out only by asking for its parent. */
type Outcome = `${string} / ${"lives" | "dies"}`;

/** Measured with the ways in which real runners kill. A simulated step must show the same, else it proves nothing. */
const measured: Record<Kill, Record<Shape, Outcome>> = {
  K1: {
    S0: "ppid / lives",
    S1: " / dies",
    S2: "TERM ppid / lives",
    S3: "TERM ppid / lives",
    S4: "EOF ppid / lives",
    S5: "ppid / lives",
    S6: "ppid / lives",
    S7: "EOF HUP ppid / lives",
    S8: " / lives",
  },
  K2: {
    S0: " / dies",
    S1: " / dies",
    S2: " / dies",
    S3: "TERM ppid / lives",
    S4: "EOF ppid / lives",
    S5: " / dies",
    S6: "ppid / lives",
    S7: "EOF HUP ppid / lives",
    S8: "EOF HUP ppid / lives",
  },
  K3: {
    S0: "TERM ppid / dies",
    S1: "TERM / dies",
    S2: "TERM ppid / dies",
    S3: "TERM ppid / lives",
    S4: "EOF ppid / lives",
    S5: "TERM / dies",
    S6: "ppid / lives",
    S7: "EOF HUP TERM ppid / lives",
    S8: "EOF HUP TERM ppid / lives",
  },
  K4: {
    S0: "ppid / lives",
    S1: "INT TERM / dies",
    S2: "TERM ppid / lives",
    S3: "TERM ppid / lives",
    S4: "EOF ppid / lives",
    S5: "TERM ppid / lives",
    S6: "ppid / lives",
    S7: "EOF HUP TERM ppid / lives",
    S8: " / lives",
  },
};

/** How long after the expected signs to wait for unexpected ones. */
const silenceMs = 250;
/** The limit for the expected signs, enough for a busy machine. */
const patienceMs = 5_000;

const signsIn = (outcome: Outcome): number =>
  outcome
    .split(" / ")[0]
    ?.split(" ")
    .filter((sign) => sign !== "").length ?? 0;

const observe = async (shape: Shape, kill: Kill, shell: readonly string[], expected: Outcome): Promise<Outcome> => {
  const folder = mkdtempSync(join(tmpdir(), "shapes-"));
  const report = join(folder, "heard");
  const step = startStep({ commands: commandsOf(shape, report), shell, ownGroup: kill !== "K1" });
  const lines = (): readonly string[] => (existsSync(report) ? readFileSync(report, "utf8").trim().split("\n") : []);
  let pid = 0;
  try {
    pid = await waitFor("the program to begin", () => Number(/^pid (\d+)$/.exec(lines()[0] ?? "")?.[1] ?? 0) || null, {
      otherwise: step.output,
    });
    await kills[kill](step);
    let heard = lines();
    const began = performance.now();
    const lacksSome = (): boolean => new Set(heard.slice(1)).size < signsIn(expected) && performance.now() - began < patienceMs;
    for (let quietSince = began; lacksSome() || performance.now() - quietSince < silenceMs; await pause(10)) {
      const now = lines();
      if (now.length !== heard.length) quietSince = performance.now();
      heard = now;
    }
    const signs = [...new Set(heard.slice(1))].sort((a, b) => a.toLowerCase().localeCompare(b.toLowerCase()));
    return `${order(signs)} / ${isAlive(pid) ? "lives" : "dies"}`;
  } finally {
    if (pid > 0) signal(pid, "SIGKILL");
    await step.dispose();
    rmSync(folder, { recursive: true, force: true });
  }
};

const order = (signs: readonly string[]): string =>
  ["INT", "EOF", "HUP", "TERM", "ppid", "EPIPE"].filter((sign) => signs.includes(sign)).join(" ");

describe.each([
  ["sh", ["/bin/sh", "-e"], testWith()],
  ["bash", ["/bin/bash", "-e"], testWith("bash")],
] as const)("a simulated step in %s", (name, shell, test) => {
  // GitHub runs its jobs with bash; sh was never measured there.
  const ways = (Object.keys(measured) as Kill[]).filter((kill) => name === "bash" || kill !== "K4");
  describe.each(ways)("ended as by %s", (kill) => {
    test.concurrent.each(shapes)("shows what was measured of shape %s", async (shape) => {
      const expected = measured[kill][shape];
      expect(await observe(shape, kill, shell, expected)).toBe(expected);
    });
  });
});
