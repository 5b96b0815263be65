import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { get, request } from "node:http";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { bytesOf, linesOf, must } from "../support/children.js";
import { testWith } from "../support/programs.js";
import { echo, processesWith, StandIns, until } from "./stand-ins.js";
import { sendSignal } from "../support/signal.js";

let world: StandIns;

beforeEach(() => {
  world = new StandIns();
});
afterEach(() => world.close());

interface Update {
  readonly UpdateStatus?: { readonly State: string; readonly version?: number };
}

const tasksOf = (root: string): readonly number[] => [...processesWith(`SANDBOX_ROOTFS=${root}`).keys()];

/** How many tasks run. A lower count is accepted only at the third look, because a process in the middle of an exec shows no environment. */
const tasksSeen = async (believed: number): Promise<number> => {
  let seen = tasksOf(world.root).length;
  for (let look = 1; look < 3 && seen < believed; look += 1) {
    await pause(10);
    seen = Math.max(seen, tasksOf(world.root).length);
  }
  return seen;
};

test("what an engine makes nobody else may write, whatever the umask of who starts it", async () => {
  writeFileSync(join(world.root, "open.yml"), `version: "3.8"\n${echo}`);
  const env = world.env({ FILE: join(world.root, "open.yml"), ROOT: world.root });
  must("sh", ["-c", 'umask 000; exec "$CCCI_DOCKER" stack deploy -c "$FILE" open'], { env });
  await world.runs("open_app");
  // A file that goes meanwhile is none of its business.
  expect(must("sh", ["-c", 'find "$ROOT" ! -type l -perm -0002 2>/dev/null || :'], { env })).toBe("");
});

interface Running {
  readonly state: string;
  readonly createdAt: string;
  readonly startedAt: string;
}

const runningOf = (root: string): readonly Running[] => {
  const folder = join(root, "world", "containers");
  return readdirSync(folder)
    .map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")) as Running)
    .filter(({ state }) => state === "running");
};

const updateOf = async (service: string): Promise<string | undefined> =>
  (await world.inspect<Update>("service", "inspect", service)).UpdateStatus?.State;

test("services survive a SIGKILL of the whole process group that deployed them, and inherit nothing from its environment", async () => {
  const cookie = "a-run-of-somebody";
  await world.deploy("warmup", echo);
  const call = world.start("docker", ["stack", "deploy", "-c", join(world.root, "warmup.yml"), "apart"], { CCCI_RUN_COOKIE: cookie });
  await call.ended;
  expect(processesWith(cookie).size).toBe(0);
  try {
    sendSignal(-call.child.pid, "SIGKILL");
  } catch {
    // The group has already ended with its leader, as it should.
  }
  await world.runs("apart_app");
  expect(processesWith(cookie).size).toBe(0);
});

test("a later deploy and removal can clean up after a killed deploy", async () => {
  const whole = `${echo}    volumes: ["data:/data"]\n    configs: [{source: conf, target: /conf}]\nvolumes: {data: {}}\nconfigs: {conf: {file: ./whole.yml}}\n`;
  await world.docker("info");
  writeFileSync(join(world.root, "whole.yml"), `version: "3.8"\n${whole}`);
  for (let delayMs = 30; delayMs <= 280; delayMs += 50) {
    const call = world.start("docker", ["stack", "deploy", "-c", join(world.root, "whole.yml"), "cut"]);
    await pause(delayMs);
    call.child.kill("SIGKILL");
    await call.ended;
    for (const folder of readdirSync(join(world.root, "world"))) {
      const files = readdirSync(join(world.root, "world", folder)).filter((name) => name.endsWith(".json"));
      for (const name of files)
        expect(() => JSON.parse(readFileSync(join(world.root, "world", folder, name), "utf8")) as unknown).not.toThrow();
    }
    expect((await world.docker("stack", "deploy", "-c", join(world.root, "whole.yml"), "cut")).code).toBe(0);
    await world.runs("cut_app");
    expect((await world.docker("stack", "rm", "cut")).code).toBe(0);
    await world.gone();
    expect((await world.docker("volume", "rm", "cut_data")).code).toBe(0);
    for (const folder of ["services", "containers", "volumes", "configs", "networks", "config-data", "volume-data"]) {
      expect(readdirSync(join(world.root, "world", folder))).toEqual([]);
    }
  }
});

test("when many callers create the same secret at once, exactly one succeeds", async () => {
  const codes = await Promise.all(Array.from({ length: 10 }, async () => (await world.secret("only_v1")).code));
  expect(codes.filter((code) => code === 0)).toHaveLength(1);
  expect((await world.rows("secret", "ls")).map(({ Name }) => Name)).toEqual(["only_v1"]);
});

test("a service that is created again while its namesake's tasks are still stopping keeps running", async () => {
  const slow = `${echo}    environment: {GENERATION: "1"}\n`;
  await world.deploy("again", slow);
  await world.runs("again_app");
  await world.docker("service", "rm", "again_app");
  expect((await world.deploy("again", slow)).code).toBe(0);
  await until("one task runs, and it is not the old one's", async () => {
    const running = (await world.rows("container", "ls")).filter(({ State }) => State === "running");
    return running.length === 1 && (await world.replicas("again_app")) === "1/1";
  });
});

test("the processes of a killed engine end with it, and the next call finds the service with a new task and the old one marked as ended", async () => {
  await world.deploy("lost", echo);
  await world.runs("lost_app");
  const [before] = await world.rows("service", "ps", "--no-trunc", "lost_app");
  world.killEngine();
  await until("its tasks have ended", () => tasksOf(world.root).length === 0);
  await world.runs("lost_app");
  const tasks = await world.rows("service", "ps", "--no-trunc", "lost_app");
  expect(tasks.find(({ ID }) => ID === before?.["ID"])).toMatchObject({ DesiredState: "Shutdown", Error: '"task: non-zero exit (137)"' });
  expect(tasks).toHaveLength(2);
});

test("the next engine ends the processes that a task's children left behind when the engine was killed", async () => {
  await world.deploy(
    "forks",
    `services:\n  app:\n    image: local/guestbook-db:1.0.0\n    command: ["sh", "-c", "node -e 'setInterval(() => {}, 10000)' & node -e 'setInterval(() => {}, 10000)' & wait"]\n    stop_grace_period: 1s\n`,
  );
  await until("its children run", () => tasksOf(world.root).length === 3);
  world.killEngine();
  await until("only they are left", () => tasksOf(world.root).length === 2);
  const left = tasksOf(world.root);
  await world.runs("forks_app");
  await until("they are gone", () => tasksOf(world.root).every((pid) => !left.includes(pid)));
});

test("when many first calls come at once, exactly one starts the engine and all are answered", async () => {
  world.faults([{ when: "docker volume ls", do: "slow:60000" }]);
  // Without a caller the engine might end before a busy host comes to the look.
  const lasting = world.start("docker", ["volume", "ls"]);
  const codes = await Promise.all(Array.from({ length: 12 }, async () => (await world.docker("version")).code));
  expect(codes.every((code) => code === 0)).toBe(true);
  expect([...processesWith(world.root).values()].filter((command) => command.includes("engine-main.cjs"))).toHaveLength(1);
  lasting.child.kill("SIGTERM");
  await lasting.ended;
});

test("a call whose engine is killed fails like a call without a daemon, and the next call starts another engine", async () => {
  world.faults([{ when: "docker volume ls", nth: 1, do: "slow:5000" }]);
  const call = world.start("docker", ["volume", "ls"]);
  await until("it is at work", () => world.engine() !== null);
  await pause(200);
  world.killEngine();
  const said = await call.ended;
  expect(said.code).toBe(1);
  expect(said.stderr).toContain("Is the docker daemon running?");
  expect((await world.docker("volume", "ls")).code).toBe(0);
});

test("a late message of an earlier caller does not take the desk from its present caller", async () => {
  const desks = join(world.root, "engine", "desks");
  const holderOf = (desk: string): number =>
    Number(existsSync(join(desks, desk, "taken")) ? readFileSync(join(desks, desk, "taken"), "utf8") : 0);
  world.faults([{ when: "docker volume ls", nth: 1, do: "slow:1500" }]);
  const call = world.start("docker", ["volume", "ls"]);
  let desk: string | undefined;
  await until("it has a desk", () => {
    desk = existsSync(desks) ? readdirSync(desks).find((one) => one !== "door" && holderOf(one) === call.child.pid) : undefined;
    return desk !== undefined;
  });
  writeFileSync(join(desks, "door"), `${desk ?? ""} done 1\n${desk ?? ""} 999999999 docker\n`);
  expect((await world.docker("volume", "create", "other")).code).toBe(0);
  expect(holderOf(desk ?? "")).toBe(call.child.pid);
  expect(await call.ended).toMatchObject({ code: 0, stderr: "" });
});

test("an engine without callers and services ends by itself within two seconds", async () => {
  await world.docker("volume", "create", "kept");
  expect(world.engine()).not.toBeNull();
  await until("it has ended", () => world.engine() === null && processesWith(world.root).size === 0, 2_000);
  expect((await world.rows("volume", "ls")).map(({ Name }) => Name)).toEqual(["kept"]);
});

test("the processes of a world end when its folder is deleted, and do not create it again", async () => {
  await world.deploy("swept", echo);
  await world.runs("swept_app");
  rmSync(join(world.root, "world"), { recursive: true });
  await until("all have ended", () => processesWith(world.root).size === 0);
  expect(existsSync(join(world.root, "world"))).toBe(false);
});

test("a stop-first update never runs old and new tasks at once, and goes from updating to completed", async () => {
  const service = (generation: number): string =>
    `${echo}    environment: {GENERATION: "${generation}"}\n    deploy: {update_config: {order: stop-first, monitor: 300ms}}\n`;
  await world.deploy("rolls", service(1));
  await world.runs("rolls_app");
  await world.deploy("rolls", service(2));
  expect(await updateOf("rolls_app")).toBe("updating");
  let most = 0;
  await until("the update is completed", async () => {
    most = Math.max(most, tasksOf(world.root).length);
    return (await updateOf("rolls_app")) === "completed";
  });
  expect(most).toBe(1);
  expect(await world.inspect<Update>("service", "inspect", "rolls_app")).not.toHaveProperty("UpdateStatus.version");
});

test("a start-first update keeps the old task until the new one is healthy, and keeps it for good if the new one never is", async () => {
  const service = (image: string): string =>
    `services:\n  app:\n    image: ${image}\n    stop_grace_period: 1s\n    deploy: {update_config: {order: start-first, monitor: 300ms}}\n`;
  await world.deploy("first", service("local/echo-app:1.0.0"));
  await world.runs("first_app");
  const [old] = tasksOf(world.root);
  await world.deploy("first", `${service("local/notes-broken:1.0.0")}    healthcheck: {test: ["CMD", "false"], interval: 100ms}\n`);
  await until("the update is paused", async () => (await updateOf("first_app")) === "paused");
  expect(tasksOf(world.root)).toContain(old);
  expect(await world.replicas("first_app")).toBe("1/1");
});

test("replicas are updated one after the other", async () => {
  const service = (generation: number): string =>
    `${echo}    environment: {GENERATION: "${generation}"}\n    deploy: {replicas: 3, update_config: {parallelism: 1, monitor: 300ms}}\n`;
  await world.deploy("three", service(1));
  await world.runs("three_app", "3/3");
  await world.deploy("three", service(2));
  let fewest = 3;
  await until("the update is completed", async () => {
    fewest = Math.min(fewest, await tasksSeen(2));
    return (await updateOf("three_app")) === "completed";
  });
  // A look may miss the moment when one task is missing, but no look may see two missing; the start times prove the rest.
  expect(fewest).toBeGreaterThanOrEqual(2);
  const [first, second, third] = runningOf(world.root).toSorted((one, other) => one.createdAt.localeCompare(other.createdAt));
  expect(second?.createdAt.localeCompare(first?.startedAt ?? "z")).toBeGreaterThanOrEqual(0);
  expect(third?.createdAt.localeCompare(second?.startedAt ?? "z")).toBeGreaterThanOrEqual(0);
  const slots = (await world.rows("container", "ls")).map(({ Names }) => Names?.split(".")[1]);
  expect(slots.toSorted()).toEqual(["1", "2", "3"]);
});

/** A raw call of the engine's API on its socket. */
const asked = async <T>(path: string): Promise<T> => {
  const { socket: socketPath } = JSON.parse(readFileSync(join(world.root, "engine.json"), "utf8")) as { socket: string };
  const bytes = await new Promise<string>((resolve, reject) => {
    get({ socketPath, path }, (answer) => {
      let text = "";
      answer
        .setEncoding("utf8")
        .on("data", (chunk: string) => (text += chunk))
        .on("end", () => resolve(text));
    }).once("error", reject);
  });
  return JSON.parse(bytes) as T;
};

test.each([
  ["that fails", ["CMD", "node", "-e", "console.log('nobody at 8080'); process.exit(3)"], { ExitCode: 3, Output: "nobody at 8080\n" }],
  [
    "whose program the image does not have",
    ["CMD", "curl", "-f", "http://localhost"],
    { ExitCode: -1, Output: expect.stringContaining('exec: "curl": executable file not found in $PATH') as string },
  ],
  [
    "that takes too long",
    ["CMD", "node", "-e", "setTimeout(() => {}, 60000)"],
    { ExitCode: -1, Output: "Health check exceeded timeout (1s)" },
  ],
])("a health check %s is kept in the container's document, with what it printed", async (_, check, last) => {
  await world.deploy(
    "ill",
    `services:\n  app:\n    image: local/echo-app:1.0.0\n    stop_grace_period: 1s\n    healthcheck: {test: ${JSON.stringify(check)}, interval: 1s, timeout: 1s, retries: 30}\n`,
  );
  const looks = async (): Promise<readonly unknown[]> => {
    const [{ Id } = { Id: "" }] = await asked<readonly { readonly Id: string }[]>("/containers/json?all=1");
    return Id === ""
      ? []
      : (await asked<{ readonly State: { readonly Health: { readonly Log: readonly unknown[] } } }>(`/containers/${Id}/json`)).State.Health
          .Log;
  };
  await until("a check has failed", async () => (await looks()).length > 0);
  expect(await looks()).toEqual([last]);
});

test("an unhealthy task is stopped and replaced, and its history says why", async () => {
  await world.deploy(
    "ill",
    `services:\n  app:\n    image: local/echo-app:1.0.0\n    command: ["node", "-e", "setInterval(() => {}, 10000)"]\n    stop_grace_period: 1s\n    healthcheck: {test: ["CMD", "false"], interval: 150ms, retries: 2}\n`,
  );
  await until("a task was given up", async () =>
    (await world.rows("service", "ps", "--no-trunc", "ill_app")).some(({ Error }) => Error?.includes("unhealthy container")),
  );
});

test("a one-shot service with the restart policy none is not started again after its end", async () => {
  await world.deploy("shot", `services:\n  app:\n    image: local/notes-broken:1.0.0\n    deploy: {restart_policy: {condition: none}}\n`);
  await until("it has ended", async () =>
    (await world.rows("service", "ps", "--no-trunc", "shot_app")).some(({ CurrentState }) => CurrentState?.startsWith("Failed ")),
  );
  await pause(500);
  expect(await world.rows("service", "ps", "--no-trunc", "shot_app")).toHaveLength(1);
});

test("at most five tasks of a slot are remembered, and the containers of older ones are removed", async () => {
  await world.deploy("crashes", `services:\n  app:\n    image: local/notes-broken:1.0.0\n    deploy: {restart_policy: {delay: 10ms}}\n`);
  const seen = new Set<string>();
  await until("eight tasks have been", async () => {
    for (const { ID = "" } of await world.rows("service", "ps", "--no-trunc", "crashes_app")) seen.add(ID);
    return seen.size >= 8;
  });
  expect((await world.rows("service", "ps", "--no-trunc", "crashes_app")).length).toBeLessThanOrEqual(6);
  expect((await world.rows("container", "ls", "--all")).length).toBeLessThanOrEqual(6);
});

test("without RECIPE_CI_SANDBOX the stand-in docker refuses to touch anything", async () => {
  const said = await world.start("docker", ["volume", "ls"], { RECIPE_CI_SANDBOX: "" }).ended;
  expect(said.code).toBe(125);
  expect(said.stderr).toContain("RECIPE_CI_SANDBOX is not set");
});

test("nothing is written outside the sandbox's folder", async () => {
  const home = join(world.root, "home");
  await world.start("docker", ["stack", "deploy", "-c", join(world.root, "none.yml"), "x"], { HOME: home, TMPDIR: home }).ended;
  await world.deploy("inside", echo);
  await world.runs("inside_app");
  expect(existsSync(home)).toBe(false);
  const images = join(import.meta.dirname, "../../examples/images/echo-app");
  expect(readdirSync(images).toSorted()).toEqual(["app.js", "image.json"]);
});

testWith("tar")("files are put into a container's volume and read from it as a tar archive, under the requested name", async () => {
  await world.deploy("files", `${echo}    volumes: ["data:/data"]\nvolumes: {data: {}}\n`);
  await world.runs("files_app");
  const [{ ID = "" } = {}] = await world.rows("container", "ls", "--no-trunc");
  const { socket } = JSON.parse(readFileSync(join(world.root, "engine.json"), "utf8")) as { socket: string };
  writeFileSync(join(world.root, "note"), "kept\n");
  const put = (path: string): Promise<number> =>
    new Promise((resolve, reject) => {
      const sent = request({ socketPath: socket, method: "PUT", path: `/containers/${ID}/archive?path=${path}` }, (answer) =>
        answer.resume().on("end", () => resolve(answer.statusCode ?? 0)),
      );
      sent.on("error", reject);
      sent.end(bytesOf("tar", ["-C", world.root, "-cf", "-", "note"]));
    });
  expect([await put("/data"), await put("/none-such")]).toEqual([200, 404]);
  expect(readFileSync(join(world.root, "world", "volume-data", "files_data", "note"), "utf8")).toBe("kept\n");
  const archive = await new Promise<Buffer>((resolve, reject) => {
    get({ socketPath: socket, path: `/containers/${ID}/archive?path=/data` }, (answer) => {
      const pieces: Buffer[] = [];
      answer.on("data", (piece: Buffer) => pieces.push(piece)).on("end", () => resolve(Buffer.concat(pieces)));
    }).on("error", reject);
  });
  expect(linesOf(must("tar", ["-tf", "-"], { input: archive }))).toEqual(["data/", "data/note"]);
});
