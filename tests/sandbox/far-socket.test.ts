import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { must } from "../support/children.js";
import { temporaryFolder, until } from "../support/processes.js";
import { sendSignal } from "../support/signal.js";

test("the separate folder for a socket whose path would be too long is removed with the engine, and a killed engine's by the next one", async () => {
  const root = join(temporaryFolder(), "a-sandbox-whose-path-is-long".repeat(4));
  mkdirSync(root);
  const engine = (): { readonly pid: number; readonly socket: string } => {
    must(join(process.cwd(), "sandbox", "bin", "docker"), ["version"], { env: { PATH: process.env["PATH"], RECIPE_CI_SANDBOX: root } });
    return JSON.parse(readFileSync(join(root, "engine.json"), "utf8")) as { pid: number; socket: string };
  };
  const first = engine();
  sendSignal(first.pid, "SIGKILL");
  const second = engine();
  expect([second.pid === first.pid, second.socket.startsWith(root), existsSync(dirname(first.socket)), existsSync(second.socket)]).toEqual([
    false,
    false,
    false,
    true,
  ]);
  sendSignal(second.pid, "SIGTERM");
  await until("the engine has taken its folder with it", () => !existsSync(dirname(second.socket)));
});
