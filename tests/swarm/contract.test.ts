import { execFileSync } from "node:child_process";
import { runTable } from "../contract/run-table.js";
import { whichAbra } from "../support/swarm/bring-up.js";

const docker = execFileSync("sh", ["-c", "command -v docker"], { encoding: "utf8" }).trim();

/** The same table as in the default tests, over the real engine. */
runTable({ abra: whichAbra().path, docker, sandbox: null });
