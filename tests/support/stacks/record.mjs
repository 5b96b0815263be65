// Records what a real Swarm says of services that stay, die, end, wait and are updated: record.mjs [NAME…]
//
// Without names all of them, else only those anew.
//
// Each scenario is one service, looked at ten times a second through the Engine's API; a look that shows nothing new is
// dropped, and of the rest the fields that are read are kept. Beside them: what Docker's own wait came to in that time. Needs a Swarm that
// nobody else cleans up, and the examples' images.
import { execa } from "execa";
import { readFileSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { scenarios } from "./scenarios.mjs";

const atOnce = 6;
const betweenMs = 100;
const looksMax = 9;

const get = (path) =>
  new Promise((resolve, reject) => {
    const asked = request({ socketPath: "/var/run/docker.sock", path: `/v1.41${path}`, agent: false }, (answer) => {
      let text = "";
      answer.on("data", (chunk) => (text += chunk)).on("end", () => resolve(JSON.parse(text)));
    });
    asked.on("error", reject).end();
  });

const docker = (args, onEnd = () => undefined) => {
  const child = execa("docker", args, { stdin: "ignore", all: true, reject: false, maxBuffer: Infinity });
  const ended = child.then(({ exitCode, all }) => ({ code: exitCode, last: all.trim().split("\n").at(-1) ?? "" }));
  void ended.then(onEnd);
  return { child, ended };
};

/** Specs differ or they do not: which of the service's specs it is, is all that is kept of one. */
const specs = new Map();
const template = ({ ContainerSpec: { Args, Env } = {}, RestartPolicy, ForceUpdate }) => {
  const text = JSON.stringify([Args, Env, RestartPolicy, ForceUpdate]);
  if (!specs.has(text)) specs.set(text, specs.size + 1);
  const { Condition, MaxAttempts } = RestartPolicy ?? {};
  return { ...(RestartPolicy && { RestartPolicy: { Condition, MaxAttempts } }), ForceUpdate: specs.get(text) };
};
const short = (id) => id?.slice(0, 12);

const keptService = ({ ID, Version, CreatedAt, UpdatedAt, Spec, UpdateStatus, JobStatus }) => ({
  ID: short(ID),
  Version,
  CreatedAt,
  UpdatedAt,
  Spec: {
    Name: "hello_app",
    Mode: Spec.Mode,
    UpdateConfig: Spec.UpdateConfig && { Monitor: Spec.UpdateConfig.Monitor },
    TaskTemplate: template(Spec.TaskTemplate),
  },
  UpdateStatus: UpdateStatus && {
    State: UpdateStatus.State,
    Message: UpdateStatus.Message?.replaceAll(/[a-z0-9]{25}/g, (id) => short(id)),
  },
  JobStatus: JobStatus && { JobIteration: JobStatus.JobIteration },
});

const keptTask = ({ ID, CreatedAt, Spec, ServiceID, Slot, NodeID, DesiredState, Status, JobIteration }) => ({
  ID: short(ID),
  CreatedAt,
  ServiceID: short(ServiceID),
  Slot,
  NodeID: short(NodeID),
  DesiredState,
  JobIteration,
  Spec: template(Spec),
  Status: {
    Timestamp: Status.Timestamp,
    State: Status.State,
    Err: Status.Err,
    ContainerStatus: Status.ContainerStatus && {
      ContainerID: short(Status.ContainerStatus.ContainerID),
      ExitCode: Status.ContainerStatus.ExitCode,
    },
  },
});

/** Evenly, with the first and the last: the ends of a course say most. */
const thinned = (looks) =>
  looks.length <= looksMax
    ? looks
    : Array.from({ length: looksMax }, (_, n) => looks[Math.round((n * (looks.length - 1)) / (looksMax - 1))]);

const recordOnce = async (name, { create, update, forS }) => {
  const service = `recordstack-${name.replaceAll(/[^a-z0-9]+/g, "-")}-${process.pid}`;
  const looks = [];
  const until = Date.now() + forS * 1_000;
  const args = create.map((arg) => arg.replace(/\{\{now\+(\d+)\}\}/, (_, s) => String(Date.now() + Number(s) * 1_000)));
  let waits = docker(["service", "create", "--quiet", "--no-resolve-image", "--detach=false", "--name", service, ...args]);
  let updated = update === undefined;
  while (Date.now() < until) {
    const at = Date.now();
    const filters = encodeURIComponent(JSON.stringify({ name: [service] }));
    const services = (await get(`/services?status=true&filters=${filters}`)).map(keptService);
    const tasks =
      services.length === 0
        ? []
        : (await get(`/tasks?filters=${encodeURIComponent(JSON.stringify({ service: [service] }))}`)).map(keptTask);
    const said = JSON.stringify([services, tasks]);
    if (services.length > 0 && said !== looks.at(-1)?.said) looks.push({ said, at, services, tasks });
    if (!updated && tasks.length > 0 && tasks.every(({ Status }) => Status.State === "running") && until - at < (forS - 7) * 1_000) {
      waits.child.kill();
      waits = docker(["service", "update", "--quiet", "--detach=false", ...update, service]);
      updated = true;
    }
    await pause(betweenMs);
  }
  // The last look, again and later: time alone may have settled it.
  const last = looks.at(-1);
  const still = { at: Date.now(), services: last.services, tasks: last.tasks };
  const wait = await Promise.race([waits.ended, pause(0).then(() => null)]);
  waits.child.kill();
  await docker(["service", "rm", service]).ended;
  const verdict =
    wait === null ? `still waits after ${forS} s` : wait.code === 0 ? "converged" : `failed: ${wait.last.replace(service, "the service")}`;
  return { name, docker: verdict, looks: [...thinned(looks).map(({ at, services, tasks }) => ({ at, services, tasks })), still] };
};

/** Whoever else works on this Swarm may have removed the service: such a course says nothing. */
const record = async (name, scenario) => {
  for (;;) {
    const one = await recordOnce(name, scenario);
    if (!one.docker.includes("not found") && one.looks.at(-1).services.length > 0) return one;
    console.log(`${name}: somebody removed it; once more`);
  }
};

const asked = process.argv.slice(2);
const queue = Object.entries(scenarios).filter(([name]) => asked.length === 0 || asked.includes(name));
const recorded = [];
await Promise.all(
  Array.from({ length: atOnce }, async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const [name, scenario] = next;
      const one = await record(name, scenario);
      recorded.push(one);
      console.log(`${name}: ${one.looks.length} looks; docker's own wait: ${one.docker}`);
    }
  }),
);
const file = new URL("./recorded.json", import.meta.url);
const before = asked.length === 0 ? [] : JSON.parse(readFileSync(file, "utf8"));
const names = Object.keys(scenarios);
const all = names.flatMap((name) => recorded.find((one) => one.name === name) ?? before.find((one) => one.name === name) ?? []);
writeFileSync(file, `[\n${all.map((one) => JSON.stringify(one)).join(",\n")}\n]\n`);
