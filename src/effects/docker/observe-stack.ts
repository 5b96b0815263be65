import { concatMap, defer, from, of, repeat, catchError, type Observable } from "rxjs";
import { fromEventObservable } from "xstate";
import type { DeployPorts } from "../../machines/deploy/deploy.ports.js";
import type { DeployEvent, ServiceSnapshot, StackSnapshot, TaskSnapshot } from "../../machines/deploy/deploy.types.js";
import { failureFrom } from "../../machines/errors.js";
import type { StackName } from "../../machines/vocabulary.js";
import { redact } from "../redact.js";
import type { Docker } from "./docker.js";

const logLines = 15;
const endedBadly = new Set(["failed", "rejected"]);

const text = (value: unknown): string => (typeof value === "string" ? value : "");

/** `docker service ps` says `Running 3 seconds ago`; the first word is the state. */
const taskOf = (row: Record<string, unknown>): TaskSnapshot & { readonly service: string } => ({
  id: text(row["ID"]),
  desired: text(row["DesiredState"]).toLowerCase(),
  state: text(row["CurrentState"]).split(" ", 1)[0]?.toLowerCase() ?? "",
  error: text(row["Error"]) || null,
  // `stack_service.1`, also when indented as an earlier task of the same slot.
  service: text(row["Name"]).replace(/^[\s\\_]+(?=\S)/, "").replace(/\.[^.]*$/, ""),
});

const updateOf = (service: unknown): Pick<ServiceSnapshot, "update" | "updateStartedAt"> => {
  const status = (service as { UpdateStatus?: { State?: string; StartedAt?: string } }).UpdateStatus;
  return { update: status?.State ?? null, updateStartedAt: status?.StartedAt ?? null };
};

const inspectServices = async (docker: Docker, ids: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, unknown>> => {
  const parsed: unknown = JSON.parse(await docker.must(["service", "inspect", ...ids], signal));
  const services = Array.isArray(parsed) ? (parsed as readonly { Spec?: { Name?: string } }[]) : [];
  return new Map(services.map((service) => [service.Spec?.Name ?? "", service]));
};

const logTail = async (docker: Docker, service: string, signal: AbortSignal): Promise<readonly string[]> => {
  const end = await docker.run(["service", "logs", "--raw", "--tail", String(logLines), service], signal, 5_000);
  return `${end.stdout}${end.stderr}`.split("\n").filter((line) => line !== "").slice(-logLines).map(redact);
};

/** One look at a stack: two or three docker processes, and one more for each service that is failing. */
export const lookAtStack = async (docker: Docker, stack: StackName, signal: AbortSignal): Promise<StackSnapshot> => {
  const listed = (await docker.lines(["service", "ls", "--format", "{{json .}}"], signal)).filter((row) =>
    text(row["Name"]).startsWith(`${stack}_`),
  );
  const names = listed.map((row) => text(row["Name"]));
  if (names.length === 0) return { services: [] };
  const [details, tasks] = await Promise.all([
    inspectServices(docker, names, signal),
    docker.lines(["service", "ps", "--no-trunc", "--format", "{{json .}}", ...names], signal).then((rows) => rows.map(taskOf)),
  ]);
  return {
    services: await Promise.all(
      listed.map(async (row): Promise<ServiceSnapshot> => {
        const name = text(row["Name"]);
        const [running = 0, wanted = 0] = text(row["Replicas"]).split("/").map((part) => Number.parseInt(part, 10));
        const own = tasks.filter((task) => task.service === name);
        const bad = own.some(({ state }) => endedBadly.has(state));
        return {
          name,
          wanted,
          running,
          ...updateOf(details.get(name) ?? {}),
          tasks: own,
          logTail: bad && running < wanted ? await logTail(docker, name, signal) : [],
        };
      }),
    ),
  };
};

/** Short looks first: most apps are up in a second or two, and waiting is what a run does most. ms */
const pauses = [200, 300, 500];
const pauseMs = 1_000;

const snapshots = (docker: Docker, stack: StackName): Observable<DeployEvent> => {
  const ended = new AbortController();
  return defer(() => from(lookAtStack(docker, stack, ended.signal))).pipe(
    concatMap((snapshot) => of<DeployEvent>({ type: "stack.seen", snapshot })),
    catchError((error: unknown) => of<DeployEvent>({ type: "stack.unreadable", failure: failureFrom(error) })),
    repeat({ delay: (count) => from(new Promise((next) => setTimeout(next, pauses[count - 1] ?? pauseMs))) }),
  );
};

/** Snapshots of the stack for as long as anybody listens. A daemon that does not answer is an event too. */
export const observeStack = (docker: Docker): DeployPorts["observeStack"] =>
  fromEventObservable(({ input: { app } }) => snapshots(docker, app.stack)) as DeployPorts["observeStack"];
