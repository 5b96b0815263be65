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

const networkHint =
  "The node's network is at fault: docker's log there says more; restarting docker there mostly mends it, as it does after dockerd was killed.";

/**
 * What an engine says when it could not create, start or keep a container because of the host. The operating system's
 * words count only at the end of the message: before that, an engine quotes what the recipe names. If the container's own
 * process or memory limit is too low, runc says the same as for the host's, so of runc's words only a full disk's count.
 */
const faults: readonly Fault[] = [
  {
    code: "disk-full",
    says: /(?:no space left on device|disk quota exceeded)(?:: unknown)?$/i,
    hint: "Free some space where docker keeps its data: docker system df",
  },
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
  {
    code: "engine-failed",
    says: /^(?!.*\bOCI runtime\b).*(?:cannot allocate memory|resource temporarily unavailable|too many open files|input\/output error)$/i,
    hint: "The node lacks what the system names there: memory, processes, open files or a disk that answers.",
  },
  {
    code: "engine-failed",
    says: /^(?:starting container failed: )?(?:error creating \w+ mount to|RWLayer of container|failed to get digest|layer does not exist|containerd: |connection error: desc)/i,
    hint: "docker's own data on the node is damaged, or its containerd is away: docker's log there says more.",
  },
  {
    code: "app-disturbed",
    says: /^No such container: /,
    hint: "Somebody removed the container: a person, a cron job, docker system prune. docker events --since tells when.",
  },
];

/** The program ran and ended by itself: whatever its exit code, the engine did its part. */
const endedByItself = /^task: non-zero exit/;

const faultOf = ({ error }: TaskSnapshot): Fault | null =>
  error === null || endedByItself.test(error) ? null : (faults.find(({ says }) => says.test(error)) ?? null);

/** No node is available, and nothing else is said. If other reasons are listed too, the recipe may be why no other node fits. */
const noNodeAvailable = /^no suitable node \(\d+ nodes? not available for new tasks\)$/;

const noNode = (service: ServiceSnapshot, task: TaskSnapshot, at: number): FailureGiven => ({
  code: "no-node",
  message: `${taskName(service, task)} cannot be placed: ${task.error ?? ""}`,
  hint: "Every node is drained, paused or down. See docker node ls; then: docker node update --availability active NODE",
  details: describeService(service, at),
});

/** Why a task is not up, or how it ended, if the host is the cause and not a program of the app; null otherwise. */
export const hostFaultOf = (service: ServiceSnapshot, task: TaskSnapshot, at: number): FailureGiven | null => {
  if (task.state === "pending" && noNodeAvailable.test(task.error ?? "")) return noNode(service, task, at);
  const fault = faultOf(task);
  if (fault === null) return null;
  const message = `the host, not the recipe, keeps ${taskName(service, task)} from running: ${endOf(task)}`;
  return { code: fault.code, message, hint: fault.hint, details: describeService(service, at) };
};

/**
 * A fault of the host in any service, judged by its last death and its waiting tasks. Other services may have died because that one was
 * missing.
 */
export const hostFaultAmong = (services: readonly ServiceSnapshot[], at: number): FailureGiven | null => {
  for (const service of services) {
    for (const task of [...newestTasks(service).filter((one) => !hasDied(service, one)), ...deathsOf(service).slice(0, 1)]) {
      const failure = hostFaultOf(service, task, at);
      if (failure !== null) return failure;
    }
  }
  return null;
};
