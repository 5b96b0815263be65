import { utimesSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { lockPath } from "../../../src/effects/lock/lock-file.js";
import { locksToRead } from "../../../src/effects/status/locks-to-read.js";
import type { Domain } from "../../../src/machines/vocabulary.js";
import { isHeld } from "../../support/locks.js";
import { start, temporaryFolder, until } from "../../support/processes.js";
import { sendSignal } from "../../support/signal.js";

/** Lock files, each written an hour after the one before. */
const planted = (dir: string, count: number): readonly Domain[] =>
  Array.from({ length: count }, (_, index) => {
    const domain = `echo-${index.toString(16).padStart(6, "0")}.test.example` as Domain;
    writeFileSync(lockPath(dir, domain), "");
    utimesSync(lockPath(dir, domain), index * 3_600, index * 3_600);
    return domain;
  });

test("of more lock files than are read, those that somebody holds come first and then the newest, and the rest is counted", async () => {
  const dir = temporaryFolder();
  const domains = planted(dir, 20);
  const [oldest, ...others] = domains;
  const holder = start("flock", ["--exclusive", lockPath(dir, oldest as Domain), "sleep", "60"]);
  await until("it is held", () => isHeld(lockPath(dir, oldest as Domain)));
  expect(locksToRead(dir, domains, 4)).toEqual({ read: [oldest, ...others.slice(-3).toReversed()], left: 16 });
  expect(locksToRead(dir, domains, 20)).toEqual({ read: domains, left: 0 });
  sendSignal(-holder.pid, "SIGKILL");
  await holder.ended;
});
