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

/** Same group, deaf to TERM, in a session of its own, forked twice with its parent gone: what a recipe's test may leave. */
const tree = `
sleep 60 &
sh -c 'trap "" TERM; while :; do read -r _ </dev/null; done' &
setsid sleep 60 &
setsid sh -c 'trap "" TERM HUP; sleep 60 & sleep 60 & wait' &
(setsid sh -c 'sleep 60' &) &
wait`;
const treeSize = 9;

test("after a cancel and a sweep nothing of a tree is left, whatever sessions it made", async () => {
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

test("of a run that was killed, the next holder's sweep leaves nothing before it returns", async () => {
  const cookie = mint();
  const host = start(process.execPath, [await bundleFixture("tests/support/fixtures/child-host.ts"), tree, cookie]);
  await until("the tree stands", () => living(cookie) >= treeSize - 1);
  host.kill("SIGKILL");
  await host.ended;
  expect(living(cookie)).toBeGreaterThan(0);
  await reapSurvivors([cookie]);
  expect(living(cookie)).toBe(0);
});

// Many of them, and longer: survivors.slow.test.ts.
test("processes that fork and end again and again do not slip through", () => expectForkingCaught(1, 60));

test("only the very cookie counts, and none of the others' processes is touched", async () => {
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

test("without cookies nothing is looked for", async () => {
  expect(await reapSurvivors([])).toBe(0);
  expect(findSurvivors([])).toEqual([]);
});

test("whoever sweeps is spared, even under the cookie", async () => {
  const cookie = mint();
  const env = { PATH: path, CCCI_RUN_COOKIE: cookie };
  const survivor = start("sleep", ["60"], { env });
  await until("the survivor runs", () => living(cookie) === 1);
  const sweeper = start(process.execPath, [await bundleFixture("tests/support/fixtures/child-sweeper.ts")], { env });
  expect((await sweeper.ended).code).toBe(0);
  expect(sweeper.stdout()).toBe("killed 1\n");
  expect((await survivor.ended).signal).toBe("SIGKILL");
});

test("the cookies of an app are those of its living processes, each once", async () => {
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

test("a sweep ends at its limit, though something keeps being born", async () => {
  const cookie = mint();
  const forever = `while :; do setsid sleep 0.2 & sleep 0.002; done`;
  // Not under the cookie itself, so that it goes on.
  const source = start("sh", ["-c", `export CCCI_RUN_COOKIE=${cookie}; ${forever}`], { env: { PATH: path } });
  await until("it breeds", () => living(cookie) > 0);
  const startedAt = performance.now();
  await reapSurvivors([cookie], undefined, 300);
  // Not the limit that a sweep has otherwise.
  expect(performance.now() - startedAt).toBeLessThan(5_000);
  source.killGroup("SIGKILL");
  await source.ended;
  await reapSurvivors([cookie]);
});

test("of several cookies, those that a living process carries are told from those of the dead", async () => {
  const [dead, lives] = [mint(), mint()];
  const child = startSilent("sleep", ["60"], { env: { PATH: path, CCCI_RUN_COOKIE: lives } });
  onTestFinished(() => child.kill("SIGKILL"));
  await until("it lives", () => living(lives) === 1);
  expect(await carriedCookies([dead, lives])).toEqual([lives]);
  child.kill("SIGKILL");
  await until("it is gone", () => living(lives) === 0);
  expect(await carriedCookies([dead, lives])).toEqual([]);
});
