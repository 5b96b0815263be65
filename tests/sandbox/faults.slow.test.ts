import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest";
import { bestEffort } from "../../src/effects/record/best-effort.js";
import { ignores } from "../support/drone/processes.js";
import { StandIns, until, type Act, type Call } from "./stand-ins.js";

let world: StandIns;

beforeEach(() => {
  world = new StandIns();
});
afterEach(() => world.close());

const isOver = async ({ ended }: Call, withinMs: number): Promise<boolean> =>
  Promise.race([ended.then(() => true), pause(withinMs).then(() => false)]);

/** Longer than any healthy call takes, also on a busy machine with two processors. ms */
const hangsMs = 700;

/** Which test shows which action; the last test compares it with the interface. */
const shown = new Set<string>();
const shows = (act: Act): Act => {
  shown.add(act.replace(/:.*/, ""));
  return act;
};

/** One harmless call of each tool: what it prints when nothing is wrong with it. */
const calls = [
  { tool: "docker", args: ["volume", "ls", "--format", "{{json .}}"], when: "docker volume ls", says: "" },
  { tool: "abra", args: ["server", "ls", "--machine", "--no-input"], when: "abra server ls", says: "default" },
] as const;

test("a call that is killed while a fault slows it down does nothing", async () => {
  world.faults([
    { when: "docker volume create", do: "slow:2000" },
    { when: "docker volume ls", do: "slow:2000" },
  ]);
  const call = world.start("docker", ["volume", "create", "late"]);
  const desks = join(world.root, "engine", "desks");
  const holders = (): readonly number[] =>
    readdirSync(desks).map((desk) => Number(bestEffort(() => readFileSync(join(desks, desk, "taken"), "utf8"))));
  await until("it has told the engine", () => existsSync(desks) && holders().includes(call.child.pid ?? Number.NaN));
  // The engine hears callers in turn.
  await world.docker("version");
  call.child.kill("SIGKILL");
  await call.ended;
  expect((await world.docker("volume", "ls", "--quiet")).stdout).toBe("");
});

describe.each(calls)("faults of $tool", ({ tool, args, when, says }) => {
  const start = (): Call => world.start(tool, args);

  test("without faults.json the call does its work", async () => {
    const said = await start().ended;
    expect(said.code).toBe(0);
    expect(said.stdout).toContain(says);
  });

  test("exit:N ends it with that code, says why where the tool says such things, and does nothing", async () => {
    world.faults([{ when, do: shows("exit:23") }]);
    const { code, stdout, stderr } = await start().ended;
    expect(code).toBe(23);
    expect(tool === "abra" ? stdout : stderr).toContain("told to fail");
    expect(stdout).not.toMatch(/"name"/);
  });

  test("hang keeps it from ending until it is told to", async () => {
    world.faults([{ when, do: shows("hang") }]);
    const call = start();
    expect(await isOver(call, hangsMs)).toBe(false);
    call.child.kill("SIGTERM");
    expect((await call.ended).signal).toBe("SIGTERM");
  });

  test("hang-deaf does not end by TERM, INT and HUP, only by KILL", async () => {
    world.faults([{ when, do: shows("hang-deaf") }]);
    const call = start();
    await until("it is deaf", () => [1, 2, 15].every((number) => ignores(call.child.pid, number)));
    for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) call.child.kill(signal);
    expect(await isOver(call, 300)).toBe(false);
    call.child.kill("SIGKILL");
    expect((await call.ended).signal).toBe("SIGKILL");
  });

  test("garbage exits 0 and prints something that is not an answer", async () => {
    world.faults([{ when, do: shows("garbage") }]);
    const { code, stdout } = await start().ended;
    expect(code).toBe(0);
    expect(stdout).not.toBe("");
    expect(() => JSON.parse(stdout) as unknown).toThrow(SyntaxError);
    expect(stdout).not.toContain("default");
  });

  test("slow:MS does the work after that delay", async () => {
    world.faults([{ when, do: shows("slow:900") }]);
    const said = await start().ended;
    expect(said.code).toBe(0);
    expect(said.ms).toBeGreaterThanOrEqual(900);
    expect(said.stdout).toContain(says);
  });

  test("the acts of a list are carried out in order: slow, then exit", async () => {
    world.faults([{ when, do: ["slow:600", "exit:7"] }]);
    const said = await start().ended;
    expect(said.code).toBe(7);
    expect(said.ms).toBeGreaterThanOrEqual(600);
  });

  test("nth affects only the call of that number", async () => {
    world.faults([{ when, nth: 2, do: "exit:5" }]);
    const codes: (number | null)[] = [];
    for (let n = 0; n < 3; n += 1) codes.push((await start().ended).code);
    expect(codes).toEqual([0, 5, 0]);
  });

  test("nth is counted across processes: exactly one of eight simultaneous calls is affected", async () => {
    world.faults([{ when, nth: 4, do: "exit:5" }]);
    const codes = await Promise.all(Array.from({ length: 8 }, async () => (await start().ended).code));
    expect(codes.filter((code) => code === 5)).toEqual([5]);
    expect(codes.filter((code) => code === 0)).toHaveLength(7);
  });
});

test("then-hang does the work and then does not end", async () => {
  world.faults([{ when: "docker secret create", do: shows("then-hang") }]);
  const call = world.start("docker", ["secret", "create", "made_v1", "-"], {}, "value");
  await until("the secret is there", async () => (await world.rows("secret", "ls")).some(({ Name }) => Name === "made_v1"));
  expect(await isOver(call, hangsMs)).toBe(false);
  call.child.kill("SIGKILL");
  await call.ended;
});

test("abra with then-hang also hangs only after its work", async () => {
  world.faults([{ when: "abra server ls", do: "then-hang" }]);
  const call = world.start("abra", ["server", "ls", "--machine"]);
  await until("it prints its answer", () => call.child.said.stdout.includes("default"));
  expect(await isOver(call, hangsMs)).toBe(false);
  call.child.kill("SIGKILL");
  await call.ended;
});

test("`when` is a prefix by words: flags do not count, and half a word does not match", async () => {
  world.faults([{ when: "docker volume", do: "exit:9" }]);
  expect((await world.docker("volume", "ls", "--format", "{{json .}}")).code).toBe(9);
  expect((await world.docker("--format=x", "volume", "rm", "none")).code).toBe(9);
  world.faults([{ when: "docker vol", do: "exit:9" }]);
  expect((await world.docker("volume", "ls")).code).toBe(0);
});

test("the file is read at each call: once it is removed there is no fault, and once it is written again nth counts from one", async () => {
  const once = [{ when: "docker info", nth: 1, do: "exit:3" }] as const;
  world.faults(once);
  expect([(await world.docker("info")).code, (await world.docker("info")).code]).toEqual([3, 0]);
  world.faults([]);
  expect((await world.docker("info")).code).toBe(0);
  world.faults(once);
  expect((await world.docker("info")).code).toBe(3);
});

test("two faults of one command each keep their own count", async () => {
  world.faults([
    { when: "docker info", nth: 1, do: "exit:3" },
    { when: "docker info", nth: 1, do: "exit:4" },
    { when: "docker", nth: 3, do: "exit:5" },
  ]);
  const codes: (number | null)[] = [];
  for (let n = 0; n < 4; n += 1) codes.push((await world.docker("info")).code);
  expect(codes).toEqual([3, 0, 5, 0]);
});

test("a faults.json that cannot be read, or asks for an unknown act, makes the call fail with an error", async () => {
  world.rawFaults("[{");
  const broken = await world.docker("info");
  expect(broken.code).toBe(125);
  expect(broken.stderr).toContain("faults.json cannot be read");
  world.rawFaults(JSON.stringify([{ when: "docker info", do: "explode" }]));
  const unknown = await world.docker("info");
  expect(unknown.code).toBe(125);
  expect(unknown.stderr).toContain("no such thing to do: explode");
});

describe("faults of an API call", () => {
  const list = (): Promise<{ readonly status: number; readonly text: string }> => world.api("GET", "/v1.41/volumes");

  test("are those of the docker command that makes the call: a failure is a 500 with a message, and nothing is done", async () => {
    world.faults([{ when: "docker volume create", do: "exit:1" }]);
    const { status, text } = await world.api("POST", "/volumes/create", { Name: "never" });
    expect([status, JSON.parse(text)]).toEqual([500, { message: expect.stringContaining("told to fail") }]);
    expect(JSON.parse((await list()).text)).toMatchObject({ Volumes: [] });
  });

  test("exit:0 pretends success, slow waits, garbage is not JSON, and nth counts commands and API calls together", async () => {
    await world.docker("volume", "create", "there");
    world.faults([{ when: "docker volume ls", nth: 2, do: "exit:0" }]);
    expect((await list()).text).toContain("there");
    expect(JSON.parse((await list()).text)).toEqual({ Volumes: [], Warnings: null });
    expect((await world.rows("volume", "ls")).map(({ Name }) => Name)).toEqual(["there"]);
    world.faults([{ when: "docker volume ls", do: ["slow:400", "garbage"] }]);
    const began = performance.now();
    const { status, text } = await list();
    expect(performance.now() - began).toBeGreaterThanOrEqual(400);
    expect(status).toBe(200);
    expect(() => JSON.parse(text) as unknown).toThrow(SyntaxError);
  });

  test.each(["hang", "hang-deaf", "then-hang"] as const)(
    "a call with %s is never answered, while the engine answers other calls",
    async (act) => {
      world.faults([{ when: "docker volume create", do: act }]);
      const answered = await Promise.race([world.api("POST", "/volumes/create", { Name: "maybe" }), pause(400).then(() => "no answer")]);
      expect(answered).toBe("no answer");
      expect((await list()).text.includes("maybe")).toBe(act === "then-hang");
    },
  );

  test("an unknown act makes an API call fail with an error too", async () => {
    world.rawFaults(JSON.stringify([{ when: "docker volume ls", do: "explode" }]));
    expect(await list()).toMatchObject({ status: 500, text: expect.stringContaining("no such thing to do: explode") });
  });
});

afterAll(() => {
  expect([...shown].toSorted()).toEqual(["exit", "garbage", "hang", "hang-deaf", "slow", "then-hang"]);
});
