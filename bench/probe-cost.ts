import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { must } from "../tests/support/children.js";
import { bundleProgram } from "./fixture.js";
import { median, type Row } from "./row.js";

const files = 1_000;
const rounds = 7;

const ours = `
import { HeldLocks } from "./src/effects/lock/held-locks.ts";
import { probeLock } from "./src/effects/lock/probe-lock.ts";
const held = new HeldLocks();
const began = performance.now();
for (let index = 0; index < ${files}; index += 1) {
  const domain = "echo-" + index.toString(16).padStart(6, "0") + ".bench.test";
  if (probeLock(process.argv[2], domain, held, false).kind !== "ours") throw new Error(domain);
  held.release(domain);
}
process.stdout.write(String(performance.now() - began));
`;

const theirs = `
import fcntl, os, sys, time
began = time.perf_counter()
for index in range(${files}):
    fd = os.open("%s/cc-ci-app-echo-%06x.bench.test.lock" % (sys.argv[1], index), os.O_RDWR)
    fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    assert os.fstat(fd).st_ino == os.stat("%s/cc-ci-app-echo-%06x.bench.test.lock" % (sys.argv[1], index)).st_ino
    os.close(fd)
print((time.perf_counter() - began) * 1000)
`;

/** Probes a thousand lock files that nobody holds: opens each, locks it, compares it with its path and closes it. */
export const probeCost = async (): Promise<readonly Row[]> => {
  const folder = mkdtempSync(join(tmpdir(), "recipe-ci-bench-"));
  try {
    for (let index = 0; index < files; index += 1)
      writeFileSync(join(folder, `cc-ci-app-echo-${index.toString(16).padStart(6, "0")}.bench.test.lock`), "");
    const program = join(folder, "probe.mjs");
    await bundleProgram(ours, program);
    const times: { readonly ours: number[]; readonly theirs: number[] } = { ours: [], theirs: [] };
    for (let round = 0; round < rounds; round += 1) {
      times.theirs.push(Number(must("python3", ["-c", theirs, folder])));
      times.ours.push(Number(must(process.execPath, [program, folder])));
    }
    return [
      {
        name: `a probe of ${files} lock files`,
        ours: median(times.ours),
        against: "the same calls in python",
        reference: median(times.theirs),
        unit: "ms",
        goal: null,
      },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
