import { randomBytes } from "node:crypto";
import { expect, onTestFinished, test } from "vitest";
import { createChildRegistry } from "../../../src/effects/children/registry.js";
import { carriedCookies, cookiesOfApp, findSurvivors, reapSurvivors } from "../../../src/effects/children/survivors.js";
import type { Cookie, Domain } from "../../../src/machines/vocabulary.js";
import { bundleFixture } from "../../support/bundle.js";
import { startSilent } from "../../support/children.js";
import { expectNoProcesses, isAlive, processesWith, start, until } from "../../support/processes.js";
import { expectForkingCaught } from "./forking.js";

const path = process.env["PATH"] ?? "";
const mint = (): Cookie => {
  const cookie = randomBytes(8).toString("hex") as Cookie;
  onTestFinished(() => expectNoProcesses(cookie));
  return cookie;
};
const living = (cookie: Cookie) => processesWith("CCCI_RUN_COOKIE", cookie).length;

/** What a recipe's test may leave: a process of the same group, one that ignores TERM, one with its own session, one forked twice. */
const tree = `
sleep 60 &
sh -c 'trap "" TERM; while :; do read -r _ </dev/null; done' &
setsid sleep 60 &
setsid sh -c 'trap "" TERM HUP; sleep 60 & sleep 60 & wait' &
(setsid sh -c 'sleep 60' &) &
wait`;
const treeSize = 9;

test("after a drain and a sweep, no process of a child's tree is left, whatever sessions it started", async () => {
  const cookie = mint();
  const scope = createChildRegistry().scope("work");
  const end = scope.run({ file: "sh", args: ["-c", tree], env: { PATH: path, CCCI_RUN_COOKIE: cookie }, limitMs: 20_000, graceMs: 100 });
  await until("the tree stands", () => living(cookie) >= treeSize - 1);
  await scope.drain(400);
  await end;
  expect(living(cookie)).toBeGreaterThan(0);
  await reapSurvivors([cookie]);
  expect(findSurvivors([cookie])).toEqual([]);
  await expectNoProcesses(cookie, 100);
});

test("when a run was killed, the next holder's sweep has ended all its processes by the time it returns", async () => {
  const cookie = mint();
  const host = start(process.execPath, [await bundleFixture("tests/support/fixtures/child-host.ts"), tree, cookie]);
  await until("the tree stands", () => living(cookie) >= treeSize - 1);
  host.kill("SIGKILL");
  await host.ended;
  expect(living(cookie)).toBeGreaterThan(0);
  await reapSurvivors([cookie]);
  expect(living(cookie)).toBe(0);
});

// More processes, for longer: survivors.slow.test.ts.
test("a sweep catches processes that keep forking and ending", () => expectForkingCaught(1, 60));

test("a sweep kills only the processes whose cookie is exactly the one asked for", async () => {
  const [cookie, other] = [mint(), mint()];
  const bystanders = [`${cookie}0`, other, ""].map((value) =>
    start("sleep", ["60"], {
      env: { NOT_CCCI_RUN_COOKIE: cookie, OTHER: `CCCI_RUN_COOKIE=${cookie}`, PATH: path, CCCI_RUN_COOKIE: value },
    }),
  );
  const survivor = start("sleep", ["60"], { env: { PATH: path, CCCI_RUN_COOKIE: cookie } });
  await until("the survivor is seen", () => findSurvivors([cookie]).length === 1);
  expect(findSurvivors([cookie])).toEqual([{ pid: survivor.pid, command: "sleep 60" }]);
  expect(await reapSurvivors([cookie])).toBe(1);
  expect(bystanders.map(({ pid }) => isAlive(pid))).toEqual([true, true, true]);
  for (const bystander of bystanders) bystander.kill("SIGKILL");
  await Promise.all(bystanders.map(({ ended }) => ended));
});

test("when no cookie is given, a sweep finds and kills nothing", async () => {
  expect(await reapSurvivors([])).toBe(0);
  expect(findSurvivors([])).toEqual([]);
});

test("a sweep spares its own process, even if that carries the cookie", async () => {
  const cookie = mint();
  const env = { PATH: path, CCCI_RUN_COOKIE: cookie };
  const survivor = start("sleep", ["60"], { env });
  await until("the survivor runs", () => living(cookie) === 1);
  const sweeper = start(process.execPath, [await bundleFixture("tests/support/fixtures/child-sweeper.ts")], { env });
  expect((await sweeper.ended).code).toBe(0);
  expect(sweeper.stdout()).toBe("killed 1\n");
  expect((await survivor.ended).signal).toBe("SIGKILL");
});

test("the cookies of an app are those that its living processes carry, each listed once", async () => {
  const domain = `abcd-${randomBytes(3).toString("hex")}.test.example` as Domain;
  const [one, two] = [mint(), mint()];
  const withDomain = (cookie: string, name: string) =>
    start("sleep", ["60"], { env: { PATH: path, CCCI_APP_LOCK: name, CCCI_RUN_COOKIE: cookie } });
  const started = [
    withDomain(one, domain),
    withDomain(one, domain),
    withDomain(two, domain),
    withDomain(mint(), `${domain}.other`),
    withDomain("", domain),
  ];
  await until("they all run", () =>
    started.every(({ pid }) => processesWith("CCCI_APP_LOCK", domain).includes(pid) || pid === started[3]?.pid),
  );
  expect([...cookiesOfApp(domain)].sort()).toEqual([one, two].sort());
  for (const { kill } of started) kill("SIGKILL");
  await Promise.all(started.map(({ ended }) => ended));
});

test("when processes keep appearing, a sweep ends at its limit", async () => {
  const cookie = mint();
  const forever = `while :; do setsid sleep 0.2 & sleep 0.002; done`;
  // It does not carry the cookie itself, so that the sweep spares it.
  const source = start("sh", ["-c", `export CCCI_RUN_COOKIE=${cookie}; ${forever}`], { env: { PATH: path } });
  await until("it has started the first process", () => living(cookie) > 0);
  const startedAt = performance.now();
  await reapSurvivors([cookie], undefined, 300);
  // Far less than the default limit.
  expect(performance.now() - startedAt).toBeLessThan(5_000);
  source.killGroup("SIGKILL");
  await source.ended;
  await reapSurvivors([cookie]);
});

test("of several cookies, only those that a living process carries are reported", async () => {
  const [dead, lives] = [mint(), mint()];
  const child = startSilent("sleep", ["60"], { env: { PATH: path, CCCI_RUN_COOKIE: lives } });
  onTestFinished(() => child.kill("SIGKILL"));
  await until("it lives", () => living(lives) === 1);
  expect(await carriedCookies([dead, lives])).toEqual([lives]);
  child.kill("SIGKILL");
  await until("it is gone", () => living(lives) === 0);
  expect(await carriedCookies([dead, lives])).toEqual([]);
});
