import { keptEnvironment } from "../../effects/children/environment.js";
import { createChildRegistry } from "../../effects/children/registry.js";
import { createConnection } from "../../effects/docker/connection.js";
import { resolveEndpoint, saidOf } from "../../effects/docker/endpoint.js";
import { createEngine, type Engine } from "../../effects/docker/engine.js";
import { passed, failed, lacking, type Check } from "../../effects/host/checks.js";
import { checkDriver, checkNodes } from "../../effects/host/swarm-of-many.js";
import { checkAbra, checkDocker } from "../../effects/host/swarm-checks.js";
import { checkUserland } from "../../effects/host/userland.js";
import { lockBackend } from "../../effects/lock/flock.js";
import { lookForSpace, spaceNeeds } from "../../effects/host/disk-space.js";
import { assertLockDir } from "../../effects/lock/lock-dir.js";
import { failureFrom } from "../../machines/errors.js";
import type { ExitCode } from "../../machines/vocabulary.js";
import type { Io } from "../io.js";
import { doctorContract } from "./doctor-contract.js";
import type { HostSettings } from "../settings/host.js";

const checkLocks = (host: HostSettings): readonly Check[] => {
  const backend =
    lockBackend === "fs-ext"
      ? passed("fs-ext", "built")
      : lacking(
          "fs-ext",
          "not built: each try of a lock starts the flock program (1.6 ms)",
          "apt-get install g++ make python3; npm rebuild fs-ext",
        );
  if (host.sandbox !== null) return [backend];
  try {
    assertLockDir(host.lockDir);
    return [backend, passed("lock folder", host.lockDir)];
  } catch (error) {
    const { message, hint } = failureFrom(error);
    return [backend, failed("lock folder", message, hint)];
  }
};

const checkSpace = (host: HostSettings): readonly Check[] =>
  spaceNeeds(host).map((need) => {
    const { enough, found } = lookForSpace(need);
    const said = `${need.dir}: ${found}`;
    return enough
      ? passed(`space, ${need.name}`, said)
      : failed(`space, ${need.name}`, said, "Free some space there, or choose another folder.");
  });

const checkZone = (host: HostSettings): Check =>
  host.zone === ""
    ? failed("zone", "CCCI_ZONE is not set", "export CCCI_ZONE=ci.example.com")
    : passed("zone", `${host.zone}, which is CI's alone: what looks like a run's app there may be reaped once a run has had that name`);

/** Checks who drives the Swarm, and whether its other nodes can be asked. */
const checkSwarm = (engine: Engine, nodeImage: string, takeOver: boolean): Promise<readonly Check[]> =>
  Promise.all([checkDriver(engine, takeOver), checkNodes(engine, nodeImage)]);

const line = ({ name, ok, optional, found, repair }: Check): string =>
  `${ok ? "ok     " : optional ? "lacking" : "MISSING"}  ${name}: ${found}${repair === null ? "" : `\n           repair: ${repair}`}`;

/**
 * Lists what this host lacks, each with its repair. 0 if recipe-ci can work here, else 69. With `contract`, and if
 * nothing that it needs is missing, abra and docker themselves are examined instead: `doctorContract`.
 */
export const doctor = async (
  host: HostSettings,
  { json, contract, takeOver }: { readonly json: boolean; readonly contract: boolean; readonly takeOver: boolean },
  io: Io,
): Promise<ExitCode> => {
  const env = {
    ...keptEnvironment(io.env),
    ...(host.sandbox === null ? {} : { RECIPE_CI_SANDBOX: host.sandbox, CCCI_DOCKER: host.docker }),
  };
  const endpoint = resolveEndpoint({ ...host, env });
  const starter = { scope: createChildRegistry().scope("work"), env: () => env, cwd: "/" };
  const engine = createEngine(createConnection({ endpoint, ...starter }));
  const [userland, docker, abra] = await Promise.all([
    checkUserland(),
    checkDocker(engine, saidOf(endpoint)),
    host.sandbox === null ? checkAbra({ ...host, env }) : [],
  ]);
  const swarm = host.sandbox === null && docker.every(({ ok }) => ok) ? await checkSwarm(engine, host.nodeImage, takeOver) : [];
  engine.close();
  const works = (these: readonly Check[]): boolean => these.every(({ ok, optional }) => ok || optional);
  if (contract && works([...userland, ...docker, ...abra])) return doctorContract(host, env, json, io);
  const checks = [...userland, ...checkLocks(host), ...checkSpace(host), checkZone(host), ...docker, ...abra, ...swarm];
  const usable = works(checks);
  if (json) io.out(JSON.stringify({ usable, checks }, null, 2));
  else for (const check of checks) io.out(line(check));
  if (!json) io.out(usable ? "recipe-ci can work here" : "recipe-ci cannot work here yet");
  return usable ? 0 : 69;
};
