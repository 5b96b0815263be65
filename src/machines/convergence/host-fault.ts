import type { FailureGiven } from "../errors.js";
import type { SettledCode } from "../failures.js";
import { deathsOf, hasDied, newestTasks } from "./service-facts.js";
import type { ServiceSnapshot, TaskSnapshot } from "./stack.types.js";
import { describeService, endOf, taskName } from "./task-words.js";

interface Fault {
  readonly code: SettledCode;
  readonly says: RegExp;
  readonly hint: string;
}

const networkHint = "The node's network is at fault: docker's log there says more; restarting docker there mostly mends it, as it does after dockerd was killed.";

/**
 * What an engine says of a container that it could not make, start or keep, where the reason is the host's. The system's
 * words count at the end only: before it an engine quotes what the recipe names. A process limit or a memory limit
 * of the container itself makes runc say the like, so of runc's words only a full disk's count.
 */
const faults: readonly Fault[] = [
  { code: "disk-full", says: /(?:no space left on device|disk quota exceeded)(?:: unknown)?$/i, hint: "Free some space where docker keeps its data: docker system df" },
  {
    code: "engine-failed",
    says: /^(?:starting container failed: )?driver failed programming external connectivity on endpoint .*(?:port is already allocated|address already in use)$/i,
    hint: "Something else on the node listens on that port: ss -ltnp names it.",
  },
  {
    code: "engine-failed",
    says: /^(?:starting container failed: )?(?:network sandbox join failed|subnet sandbox join failed|error creating vxlan interface|failed to create endpoint|failed to find a load balancer IP|could not find an available|failed to allocate (?:gateway|network)|driver failed programming external connectivity|failed to (?:set up|program) IPTables|error joining network|sandbox .* not found)/i,
    hint: networkHint,
  },
  { code: "engine-failed", says: /^(?!.*\bOCI runtime\b).*(?:cannot allocate memory|resource temporarily unavailable|too many open files|input\/output error)$/i, hint: "The node lacks what the system names there: memory, processes, open files or a disk that answers." },
  { code: "engine-failed", says: /^(?:starting container failed: )?(?:error creating \w+ mount to|RWLayer of container|failed to get digest|layer does not exist|containerd: |connection error: desc)/i, hint: "docker's own data on the node is damaged, or its containerd is away: docker's log there says more." },
  { code: "app-disturbed", says: /^No such container: /, hint: "Somebody removed the container: a person, a cron job, docker system prune. docker events --since tells when." },
];

/** A program that ran and ended: the engine had done its part, whatever the code is. */
const endedByItself = /^task: non-zero exit/;

const faultOf = ({ error }: TaskSnapshot): Fault | null => (error === null || endedByItself.test(error) ? null : (faults.find(({ says }) => says.test(error)) ?? null));

/** The only reason for which the Swarm finds no node; beside another it may be the recipe's that none of the others will do. */
const noNodeAvailable = /^no suitable node \(\d+ nodes? not available for new tasks\)$/;

const noNode = (service: ServiceSnapshot, task: TaskSnapshot, at: number): FailureGiven => ({
  code: "no-node",
  message: `${taskName(service, task)} cannot be placed: ${task.error ?? ""}`,
  hint: "Every node is drained, paused or down. See docker node ls; then: docker node update --availability active NODE",
  details: describeService(service, at),
});

/** Why a task is not up, or ended as it did, where that is the host's doing and no program's of the app; null for all else. */
export const hostFaultOf = (service: ServiceSnapshot, task: TaskSnapshot, at: number): FailureGiven | null => {
  if (task.state === "pending" && noNodeAvailable.test(task.error ?? "")) return noNode(service, task, at);
  const fault = faultOf(task);
  if (fault === null) return null;
  const message = `the host, not the recipe, keeps ${taskName(service, task)} from running: ${endOf(task)}`;
  return { code: fault.code, message, hint: fault.hint, details: describeService(service, at) };
};

/** The host's doing in any of the services, by each one's last death and by what waits: others of the app may have died for want of that one. */
export const hostFaultAmong = (services: readonly ServiceSnapshot[], at: number): FailureGiven | null => {
  for (const service of services) {
    for (const task of [...newestTasks(service).filter((one) => !hasDied(service, one)), ...deathsOf(service).slice(0, 1)]) {
      const failure = hostFaultOf(service, task, at);
      if (failure !== null) return failure;
    }
  }
  return null;
};
