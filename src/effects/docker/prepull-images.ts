import { fromPromise } from "xstate";
import type { DeployPorts } from "../../machines/deploy/deploy.ports.js";
import { RunError } from "../../machines/errors.js";
import type { Docker } from "./docker.js";

const pullLimitMs = 30 * 60_000;

const missing = (image: string, said: string, hint: string): RunError =>
  new RunError("image-missing", `the image ${image} is not to be had: ${said}`, { hint, exitCode: 1 });

const isPresent = async (docker: Docker, image: string, signal: AbortSignal): Promise<boolean> =>
  (await docker.run(["image", "inspect", image], signal)).exitCode === 0;

/** Pulls what the host does not have, one after the other: a registry's limit counts requests. Names the image that it could not get. */
export const prepullImages = (docker: Docker, hint: string): DeployPorts["prepullImages"] =>
  fromPromise(async ({ input: { images }, signal }) => {
    if (images.length === 0 || (await docker.run(["image", "inspect", ...images], signal)).exitCode === 0) return;
    for (const image of images) {
      if (await isPresent(docker, image, signal)) continue;
      const end = await docker.run(["pull", image], signal, pullLimitMs);
      if (end.exitCode !== 0) throw missing(image, end.stderr.trim().split("\n").at(-1) ?? "no reason given", hint);
    }
  });
