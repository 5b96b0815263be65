import type { ContainerSpec } from "../schema.js";
import type { ContainerRecord } from "../world/records.js";
import { findProgram } from "./image-programs.js";
import { startFailureOf } from "./start-failure.js";

/** What runs as a container's program on this machine; or the exit code and the engine's message if it cannot start. */
type Start = { readonly argv: readonly [string, ...string[]] } | { readonly code: number; readonly why: string };

const failed = (code: number, why: string): Start => ({ code, why: `starting container failed: ${why}` });

/** `whyNoPorts`: the engine's message if a port of the container is taken. */
export const startOf = (container: ContainerRecord, spec: ContainerSpec, whyNoPorts: string | null): Start => {
  const failure = whyNoPorts ?? startFailureOf(container, spec);
  if (failure !== null) return failed(128, failure);
  const [program = "", ...args] = container.command;
  const found = findProgram(program, container);
  if ("missing" in found) return failed(127, `failed to create shim task: OCI runtime create failed: runc create failed: ${found.missing}`);
  return { argv: [found.file, ...args] };
};
