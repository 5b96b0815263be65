import { spawn } from "node:child_process";
import { launcher, type World } from "./world.js";

export interface Pass {
  readonly code: number | null;
  readonly report: string;
}

/** One pass of the janitor by hand. */
export const janitorPass = (world: World): Promise<Pass> =>
  new Promise((resolve, reject) => {
    const child = spawn(launcher, ["janitor", ...world.flags, "--json"], {
      cwd: world.root,
      env: { PATH: process.env["PATH"], HOME: world.root, ...world.env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let report = "";
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (more: string) => (report += more));
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, report }));
  });
