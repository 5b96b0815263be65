import { chmodSync } from "node:fs";
import { onTestFinished } from "vitest";
import { createChildRegistry } from "../../../src/effects/children/registry.js";
import { takeScreenshot, type Picture } from "../../../src/effects/screenshot/take-screenshot.js";
import { temporaryFolder } from "../../support/processes.js";

export const cookie = `shot${process.pid}`;

export const take = (
  chromium: string,
  url: string,
  signal = new AbortController().signal,
): { readonly runDir: string; readonly picture: Promise<Picture> } => {
  const runDir = temporaryFolder();
  chmodSync(runDir, 0o700);
  const scope = createChildRegistry().scope("work");
  onTestFinished(() => scope.drain(2_000));
  const env = () => ({ PATH: process.env["PATH"] ?? "", CCCI_RUN_COOKIE: cookie, ABRA_DIR: "/secret", RUN_DIR: runDir });
  return { runDir, picture: takeScreenshot({ scope, chromium, runDir, env, trustsAnybody: false }, url, signal) };
};
