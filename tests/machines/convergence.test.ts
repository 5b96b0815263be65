import { describe, expect, test } from "vitest";
import { changedFailure, overruledFailure } from "../../src/machines/convergence/changed-services.js";
import { judgeStack, unsettledServices, type Judgement } from "../../src/machines/convergence/judge-stack.js";
import { followSteady, whyUnsteady, type SteadyStack } from "../../src/machines/convergence/judge-steady.js";
import { follow, watchFromNow, type StackWatch } from "../../src/machines/convergence/stack-watch.js";
import type { ServiceSnapshot, StackSnapshot, TaskSnapshot } from "../../src/machines/convergence/stack.types.js";
import { suspectsOf } from "../../src/machines/convergence/suspects.js";
import { unsettledFailure } from "../../src/machines/convergence/unsettled-failure.js";
import { settings } from "../support/explore/samples.js";
import { dead, look, rules, service, task } from "../support/stacks/builders.js";

const watched = (...looks: readonly StackSnapshot[]): StackWatch => looks.reduce((watch, one) => follow(watch, one, rules), watchFromNow);
const judged = (...looks: readonly StackSnapshot[]): Judgement => judgeStack(watched(...looks), rules);
const kindAt = (at: number, ...services: readonly ServiceSnapshot[]): string => judged(look(at, ...services)).kind;
const codeOf = (judgement: Judgement): string => (judgement.kind === "failed" ? judgement.failure.code : judgement.kind);

describe("the run fails as disturbed", () => {
  const asked = service().asked;
  const toldOf = (...services: readonly ServiceSnapshot[]) =>
    changedFailure(watched(look(0, service())), look(9_000, ...services), "the tests")?.message ?? null;

  test.each([
    [{ asked: { ...asked, image: "local/hello:2.0.0" } }, "hello_app was given the image local/hello:2.0.0 instead of local/hello:1.0.0"],
    [{ asked: { ...asked, replicas: 0 }, wanted: 0, tasks: [] }, "hello_app was scaled from 1 to 0"],
    [{ asked: { ...asked, rest: "other" } }, "hello_app was updated"],
  ])("when somebody changed a service, and the failure names the change: %j", (given, words) => {
    expect(toldOf(service(given))).toBe(`somebody changed the app during the tests: ${words}`);
  });

  test("when somebody added a service to the stack", () => {
    expect(toldOf(service(), service({ name: "hello_other" }))).toContain("hello_other was added");
  });

  test("but not when the Swarm gave a service its earlier spec back, which means that the update failed", () => {
    const update = { state: "rollback_started", message: "rollback in progress", startedAt: null };
    expect(toldOf(service({ asked: { ...asked, image: "local/hello:0.9.0" }, update }))).toBeNull();
  });

  test("when the Swarm rolls an update back to what the run asked for, since somebody else made that update", () => {
    const update = { state: "rollback_completed", message: "rollback completed", startedAt: null };
    const told = (given: Partial<ServiceSnapshot>) =>
      overruledFailure({ hello_app: asked }, look(9_000, service({ update, ...given })), "the upgrade tier")?.message ?? null;
    expect(told({})).toBe("somebody changed the app during the upgrade tier: hello_app was updated, and the Swarm rolled that back");
    expect(told({ asked: { ...asked, image: "local/hello:0.9.0" } })).toBeNull();
  });

  test("but not when a change was undone, tasks were only replaced, or a service was removed, which is judged elsewhere", () => {
    const watch = watched(look(0, service()), look(1_000, service({ asked: { ...asked, replicas: 0 }, wanted: 0 })));
    expect(changedFailure(watch, look(9_000, service({ version: 12, tasks: [task({ id: "t2" })] })), "the tests")).toBeNull();
    expect(toldOf()).toBeNull();
  });
});

describe("a stack settles", () => {
  test("once every service has kept all its tasks for the monitor's time, and not before", () => {
    expect(kindAt(4_999, service())).toBe("moving");
    expect(kindAt(5_000, service())).toBe("settled");
    expect(kindAt(5_000, service(), service({ name: "hello_db", wanted: 2 }))).toBe("moving");
    expect(kindAt(5_000)).toBe("moving");
  });

  test("after the longer of its own monitor time and ours", () => {
    expect(kindAt(19_999, service({ monitorMs: 20_000 }))).toBe("moving");
    expect(kindAt(20_000, service({ monitorMs: 20_000 }))).toBe("settled");
    expect(kindAt(4_999, service({ monitorMs: 1_000 }))).toBe("moving");
  });

  test("only with tasks of the current spec, as N of N run even before an update begins", () => {
    expect(kindAt(60_000, service({ tasks: [task({ current: false })] }))).toBe("moving");
    expect(kindAt(60_000, service({ update: { state: "updating", message: "update in progress", startedAt: null } }))).toBe("moving");
    expect(kindAt(60_000, service({ update: { state: "completed", message: "update completed", startedAt: null } }))).toBe("settled");
  });

  test("only after the monitor's time has passed since the last death of a task, though all tasks run", () => {
    const tasks = [task(), dead("t0", 58_000, { place: "3", desired: "remove" }), task({ id: "t2", place: "2" })];
    expect(kindAt(60_000, service({ wanted: 2, tasks }))).toBe("moving");
    expect(kindAt(64_000, service({ wanted: 2, tasks }))).toBe("settled");
  });

  test("only when a restarted task has outlived the task before it", () => {
    const first = look(8_000, service({ tasks: [task({ since: 1_000 })] }));
    const second = (at: number): StackSnapshot =>
      look(at, service({ tasks: [dead("t1", 10_000, { created: 0 }), task({ id: "t2", since: 15_000, created: 10_001 })] }));
    expect(judged(first, second(21_000)).kind).toBe("moving");
    expect(judged(first, second(25_000)).kind).toBe("settled");
  });

  test("at once when a service wants no replicas, and without an eligible node once the Swarm had time to choose one", () => {
    expect(kindAt(0, service({ wanted: 0, tasks: [] }))).toBe("settled");
    expect(kindAt(100, service({ mode: "global", wanted: 0, tasks: [] }))).toBe("moving");
    expect(kindAt(5_000, service({ mode: "global", wanted: 0, tasks: [] }))).toBe("settled");
  });

  test("when its one-shot service has ended with 0, or when its job is complete", () => {
    const ended = task({ state: "complete", desired: "shutdown", exitCode: 0, since: 10 });
    for (const condition of ["none", "on-failure"] as const)
      expect(kindAt(20, service({ restart: { condition, maxAttempts: 0 }, tasks: [ended] })), condition).toBe("settled");
    const job = service({ mode: "replicated-job", wanted: 2, restart: { condition: "on-failure", maxAttempts: 0 } });
    const done = (place: string) => task({ id: place, place, state: "complete", desired: "complete", exitCode: 0 });
    expect(kindAt(20, { ...job, tasks: [done("1"), task({ id: "2", place: "2", desired: "complete" })] })).toBe("moving");
    expect(kindAt(20, { ...job, tasks: [done("1"), done("2")] })).toBe("settled");
  });

  test("when an app that restarted until its database was there stays up", () => {
    const restarting = [1, 2, 3, 4].map((n) =>
      look(
        n * 5_000,
        service({
          tasks: [
            task({ id: `t${n}`, state: "starting", created: n * 5_000 }),
            ...Array.from({ length: n }, (_, i) => dead(`d${i}`, i * 5_000)),
          ],
        }),
      ),
    );
    const up = (at: number) =>
      look(
        at,
        service({
          tasks: [task({ id: "t5", since: 25_000, created: 25_000 }), ...[1, 2, 3, 4].map((n) => dead(`d${n - 1}`, (n - 1) * 5_000))],
        }),
      );
    expect(judged(...restarting).kind).toBe("moving");
    expect(judged(...restarting, up(30_000)).kind).toBe("settled");
  });
});

describe("the wait for a stack fails at once", () => {
  test.each([
    ["image-refused", "No such image: hello:9"],
    ["image-refused", "pull access denied for hello, repository does not exist"],
    ["mount-refused", 'invalid mount config for type "bind": bind source path does not exist: /srv/x'],
  ])("when the Swarm refuses to make the container: %s, %s", (code, error) => {
    expect(codeOf(judged(look(1_000, service({ tasks: [dead("t1", 900, { state: "rejected", error })] }))))).toBe(code);
  });

  test("but not when the Swarm's refusal may pass", () => {
    expect(
      kindAt(
        1_000,
        service({
          tasks: [
            dead("t1", 900, { state: "rejected", error: "network sandbox join failed" }),
            task({ id: "t2", desired: "ready", state: "ready", created: 950 }),
          ],
        }),
      ),
    ).toBe("moving");
  });

  test("when a one-shot service did not end with 0 and is not started again", () => {
    const ended = service({ restart: { condition: "none", maxAttempts: 0 }, tasks: [dead("t1", 900)] });
    expect(judged(look(1_000, ended))).toMatchObject({
      kind: "failed",
      failure: {
        code: "task-failed",
        exitCode: 1,
        message: "hello_app.1 ended and is not started again (its restart condition is none): exit code 1",
      },
    });
  });

  test("when a service has used up its restart attempts, and not before", () => {
    const policy = { restart: { condition: "any", maxAttempts: 2 } } as const;
    expect(codeOf(judged(look(2_000, service({ ...policy, tasks: [dead("t1", 900)] }))))).toBe("task-failed");
    expect(kindAt(1_000, service({ ...policy, tasks: [dead("t1", 900)] }))).toBe("moving");
    expect(kindAt(60_000, service({ tasks: [dead("t1", 900)] })), "without end there is always another").toBe("moving");
    expect(
      kindAt(1_000, service({ ...policy, tasks: [dead("t1", 900), task({ id: "t2", desired: "ready", state: "ready", created: 950 })] })),
    ).toBe("moving");
  });

  test.each(["rollback_started", "rollback_completed", "rollback_paused"])(
    "when the Swarm rolls the version under test back, though the old one runs: %s",
    (state) => {
      expect(codeOf(judged(look(60_000, service({ update: { state, message: "update rolled back", startedAt: null } }))))).toBe(
        "rolled-back",
      );
    },
  );

  test("when the Swarm has paused an update, which does not go on by itself", () => {
    expect(
      codeOf(judged(look(60_000, service({ update: { state: "paused", message: "update paused due to failure", startedAt: null } })))),
    ).toBe("update-paused");
  });

  test("when no look has shown a service of the stack for ten seconds", () => {
    expect(codeOf(judged(look(0), look(9_999)))).toBe("moving");
    expect(codeOf(judged(look(0), look(10_000)))).toBe("stack-gone");
    expect(codeOf(judged(look(0), look(10_000, service())))).toBe("settled");
  });

  test("when somebody removed the stack or one of its services", () => {
    const both = look(1_000, service(), service({ name: "hello_db" }));
    expect(judged(both, look(2_000))).toMatchObject({
      failure: { code: "stack-gone", message: "the stack is gone: somebody removed it under this run" },
    });
    expect(judged(both, look(2_000, service()))).toMatchObject({
      failure: { code: "stack-gone", message: "hello_db is gone: somebody removed it under this run" },
    });
  });
});

describe("when tasks die again and again, the recipe", () => {
  const vxlan = 'network sandbox join failed: subnet sandbox join failed for "10.0.2.0/24": error creating vxlan interface: file exists';

  /** The judgement of a service whose tasks all end as given, for longer than any crash loop. */
  const lastsLong = (end: Parameters<typeof dead>[2], ...others: readonly ServiceSnapshot[]): Judgement =>
    judged(
      ...[0, 1, 2, 3, 4, 5, 6].map((n) =>
        look(
          n * 20_000,
          ...others,
          service({ name: "hello_db", tasks: Array.from({ length: n }, (_, i) => dead(`d${i}`, i * 20_000, end)) }),
        ),
      ),
    );

  const neverStarted = { state: "failed", exitCode: 128 } as const;

  test.each([
    ["engine-failed", vxlan, { state: "rejected", exitCode: null, container: null }],
    ["engine-failed", "starting container failed: failed to find a load balancer IP to use for network: 7w25", neverStarted],
    [
      "engine-failed",
      "starting container failed: driver failed programming external connectivity on endpoint a.1.b (8967): Error starting userland proxy: listen tcp4 0.0.0.0:2377: bind: address already in use",
      neverStarted,
    ],
    [
      "disk-full",
      "write /var/lib/docker/overlay2/756a-init/link: no space left on device",
      { state: "rejected", exitCode: null, container: null },
    ],
    [
      "disk-full",
      "error creating overlay mount to /var/lib/docker/overlay2/1/merged: no space left on device",
      { state: "rejected", exitCode: null, container: null },
    ],
    ["engine-failed", "fork/exec /usr/bin/containerd-shim-runc-v2: resource temporarily unavailable", neverStarted],
    ["app-disturbed", "No such container: hello_db.1.170tp8pln479", {}],
  ] as const)("is not blamed for the host's trouble (%s): %s", (code, error, end) => {
    expect(lastsLong({ ...end, error })).toMatchObject({
      failure: { code, exitCode: 69, message: expect.stringContaining(error) as string },
    });
  });

  test.each([
    ["its program ended", "task: non-zero exit (1)"],
    ["its program ended with the engine's number for a container that did not start", "task: non-zero exit (128)"],
    [
      "its command has the words of a full disk as its name",
      'starting container failed: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "no space left on device": executable file not found in $PATH: unknown',
    ],
    [
      "its own limit of memory is too low",
      "starting container failed: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: cannot allocate memory",
    ],
    ["its user does not exist", "starting container failed: unable to find user nobodyx: no matching entries in passwd file"],
  ])("is blamed for a crash loop if %s", (_, error) => {
    expect(codeOf(lastsLong({ error }))).toBe("crash-loop");
  });

  test("is not blamed for the host's trouble with one service even if another, which needs it, died first", () => {
    const app = service({ name: "hello_app", tasks: Array.from({ length: 5 }, (_, n) => dead(`a${n}`, n * 20_000)) });
    expect(codeOf(lastsLong({}, app))).toBe("crash-loop");
    expect(codeOf(lastsLong({ state: "rejected", error: vxlan }, app))).toBe("engine-failed");
  });

  test("is blamed for its program's own exits once the engine has recovered", () => {
    const tasks = [
      dead("d0", 10_000, { state: "rejected", error: vxlan }),
      ...Array.from({ length: 5 }, (_, n) => dead(`d${n + 1}`, 20_000 + n * 20_000)),
    ];
    expect(codeOf(judged(look(15_000, service({ tasks: tasks.slice(0, 1) })), look(110_000, service({ tasks }))))).toBe("crash-loop");
  });
});

/** One look per second at a service that dies every five seconds and of whose dead tasks the Swarm remembers four. */
const loop = (seconds: number, end: Parameters<typeof dead>[2] = {}): readonly StackSnapshot[] =>
  Array.from({ length: seconds + 1 }, (_, second) => {
    const deaths = Array.from({ length: Math.floor(second / 5) }, (__, n) => dead(`d${n}`, (n + 1) * 5_000, end)).slice(-4);
    return look(
      second * 1_000,
      service({ tasks: [task({ id: `now${deaths.length}`, state: "starting", created: second * 1_000 }), ...deaths] }),
    );
  });

describe("a crash loop", () => {
  test("is reported after ninety seconds without a task that stayed, with the count of all deaths, even those the Swarm forgot", () => {
    expect(judged(...loop(89)).kind).toBe("moving");
    expect(judged(...loop(90))).toMatchObject({
      failure: {
        code: "crash-loop",
        exitCode: 1,
        message: "hello_app.1 does not stay up: it died 18 times in 1 min 30 s, last by exit code 1",
      },
    });
  });

  test("has a hint about templates if the Swarm cannot expand one", () => {
    const error =
      'starting container failed: unable to get config from config store: failed to expand templated config 7bp6: template: expansion:1: function "nofunc" not defined';
    const judgement = judged(
      ...[0, 1, 2, 3, 4, 5, 6].map((n) =>
        look(n * 20_000, service({ tasks: Array.from({ length: n }, (_, i) => dead(`d${i}`, i * 20_000, { error, exitCode: null })) })),
      ),
    );
    expect(judgement).toMatchObject({
      failure: {
        code: "crash-loop",
        exitCode: 1,
        message: expect.stringContaining('function "nofunc" not defined') as string,
        hint: expect.stringContaining("template_driver") as string,
      },
    });
  });

  test("is reported for a service that keeps ending with 0, too, and the hint explains that", () => {
    const judgement = judged(...loop(90, { state: "complete", exitCode: 0, error: null }));
    expect(judgement).toMatchObject({ failure: { code: "crash-loop" } });
    expect(judgement.kind === "failed" && judgement.failure.hint).toContain("ends with 0");
  });

  test("is not reported if one of the tasks in between stayed up", () => {
    const stayed = look(60_000, service({ tasks: [task({ id: "s", since: 50_000, created: 50_000 })] }));
    expect(judged(...loop(59), stayed, ...loop(95).slice(61)).kind).toBe("moving");
  });

  test("is reported as one even when the deploy's limit comes first", () => {
    const watch = watched(...loop(40));
    expect(unsettledFailure(watch, unsettledServices(watch, rules), settings.timeouts.deployMs)).toMatchObject({
      code: "crash-loop",
      exitCode: 1,
    });
  });
});

describe("when a stack does not settle in time, the failure", () => {
  const late = (one: ServiceSnapshot) => {
    const watch = watched(look(40_000, one));
    return unsettledFailure(watch, unsettledServices(watch, rules), settings.timeouts.deployMs);
  };

  test.each([
    "no suitable node (scheduling constraints not satisfied on 1 node)",
    "no suitable node (insufficient resources on 1 node)",
    "no suitable node (host-mode port already in use on 1 node)",
  ])("says why a task is pending: %s", (error) => {
    expect(late(service({ tasks: [task({ state: "pending", error, container: null })] }))).toMatchObject({
      code: "not-placed",
      message: expect.stringContaining(error) as string,
    });
  });

  test("says that no node takes tasks, which is the host's trouble, unless the Swarm names another reason as well", () => {
    const pending = (why: string) =>
      late(service({ tasks: [task({ state: "pending", error: `no suitable node (${why})`, container: null })] }));
    expect(pending("1 node not available for new tasks")).toMatchObject({ code: "no-node", exitCode: 69 });
    expect(pending("1 node not available for new tasks; scheduling constraints not satisfied on 1 node")).toMatchObject({
      code: "not-placed",
      exitCode: 1,
    });
  });

  test("says that a task was never scheduled and hints at the addresses when the Swarm gives no reason", () => {
    expect(late(service({ tasks: [task({ state: "new", container: null })] }))).toMatchObject({
      code: "deploy-converging-overrun",
      message: expect.stringContaining("was never scheduled") as string,
      hint: expect.stringContaining("no free address") as string,
    });
  });

  test("says that a task never became healthy", () => {
    expect(late(service({ tasks: [task({ state: "starting" })] }))).toMatchObject({
      code: "not-healthy",
      hint: expect.stringContaining("health check") as string,
    });
  });

  test("says what each late service was doing", () => {
    expect(late(service({ tasks: [task({ state: "preparing", since: 10_000 })] }))).toMatchObject({
      code: "deploy-converging-overrun",
      details: ["hello_app.1 is being prepared: its image or its network is not there yet for 30 s"],
    });
  });
});

describe("once a stack has settled, the run", () => {
  const settled = look(10_000, service());
  const steady: SteadyStack = { watch: watched(settled), settled };

  test("fails when a task dies, and names the phase and how long the task lasted", () => {
    const later = look(
      13_000,
      service({ tasks: [dead("t1", 12_000, { created: 0 }), task({ id: "t2", state: "ready", desired: "ready", created: 12_001 })] }),
    );
    expect(whyUnsteady(steady, later, rules, "the custom tier")).toMatchObject({
      code: "task-died",
      message: "hello_app.1 had settled and died in the custom tier after 12 s: exit code 1",
    });
  });

  test("fails when a task is no longer listed", () => {
    expect(whyUnsteady(steady, look(13_000, service({ tasks: [task({ id: "t2", since: 12_000 })] })), rules, "probing")).toMatchObject({
      code: "task-died",
    });
    expect(whyUnsteady(steady, look(13_000), rules, "probing")).toMatchObject({ code: "stack-gone" });
  });

  test("fails as app-disturbed, not by the recipe's fault, when the engine lost a container or the Swarm took a task down", () => {
    const ended = (given: Parameters<typeof dead>[2]) =>
      whyUnsteady(steady, look(13_000, service({ tasks: [dead("t1", 12_000, given)] })), rules, "the custom tier");
    expect(ended({ error: "No such container: hello_app.1.170tp8pln479" })).toMatchObject({ code: "app-disturbed", exitCode: 69 });
    expect(ended({ state: "shutdown", error: null, exitCode: 0 })).toMatchObject({
      code: "app-disturbed",
      exitCode: 69,
      hint: expect.stringContaining("drained") as string,
    });
    expect(ended({ state: "running", error: null, exitCode: null }), "told to end, and not over yet").toMatchObject({
      code: "app-disturbed",
      exitCode: 69,
    });
    expect(ended({ state: "unreported", desired: "running", error: null, exitCode: null })).toMatchObject({
      code: "app-disturbed",
      exitCode: 69,
      message: expect.stringContaining("daemon, which was restarted") as string,
    });
    expect(ended({ state: "complete", error: null, exitCode: 0 })).toMatchObject({ code: "task-died", exitCode: 1 });
  });

  test("fails as app-disturbed when a restarted daemon has raised the service's version and its task is unreported", () => {
    const restarted = (desired: TaskSnapshot["desired"]) =>
      look(13_000, service({ version: 23, tasks: [task({ state: "unreported", desired })] }));
    expect(whyUnsteady(steady, restarted("running"), rules, "the tests")).toMatchObject({ code: "app-disturbed" });
    expect(whyUnsteady(steady, restarted("shutdown"), rules, "the tests"), "a test's own update ended it").toBeNull();
  });

  test("goes on when a service that may end exits with 0", () => {
    const once = look(10_000, service({ restart: { condition: "on-failure", maxAttempts: 0 } }));
    const ended = look(
      13_000,
      service({
        restart: { condition: "on-failure", maxAttempts: 0 },
        tasks: [task({ state: "complete", desired: "shutdown", exitCode: 0 })],
      }),
    );
    expect(whyUnsteady({ watch: watched(once), settled: once }, ended, rules, "probing")).toBeNull();
    expect(whyUnsteady(steady, look(20_000, service()), rules, "probing")).toBeNull();
  });

  test("lets a test update a service, and fails when a task dies after that has settled again", () => {
    const updating = look(
      20_000,
      service({
        version: 11,
        update: { state: "updating", message: "", startedAt: null },
        tasks: [task({ current: false, desired: "shutdown", state: "shutdown" }), task({ id: "t2", state: "starting", created: 19_000 })],
      }),
    );
    expect(whyUnsteady(steady, updating, rules, "probing")).toBeNull();
    const anew = look(30_000, service({ version: 12, tasks: [task({ id: "t2", since: 21_000 })] }));
    const again = followSteady(followSteady(steady, updating, rules), anew, rules);
    expect(again.settled).toBe(anew);
    expect(whyUnsteady(again, look(33_000, service({ version: 12, tasks: [dead("t2", 32_000)] })), rules, "probing")).toMatchObject({
      code: "task-died",
    });
    const back = look(30_000, service({ version: 12, update: { state: "rollback_completed", message: "", startedAt: null } }));
    expect(whyUnsteady(steady, back, rules, "probing")).toMatchObject({ code: "rolled-back" });
  });
});

describe("the run reads the last words", () => {
  test("of the last task that died in each service that does not stay up, though the next task runs by now", () => {
    const tasks = [task({ id: "t3", since: 9_000, created: 9_000 }), dead("t2", 8_000), dead("t1", 4_000)];
    expect(suspectsOf(look(10_000, service({ name: "hello_db" }), service({ tasks })), null).map(({ task: { id } }) => id)).toEqual(["t2"]);
  });

  test("of a task that has started and is not healthy", () => {
    expect(suspectsOf(look(10_000, service({ tasks: [task({ id: "slow", state: "starting" })] })), null)).toMatchObject([
      { task: { id: "slow" }, isFine: false },
    ]);
  });

  test("of the tasks that were lost since the stack settled, and not of earlier ones", () => {
    const settled = look(10_000, service({ tasks: [task({ id: "t1", since: 4_000, created: 4_000 }), dead("t0", 3_000)] }));
    const now = look(
      20_000,
      service({
        tasks: [task({ id: "t2", state: "starting", created: 19_000 }), dead("t1", 19_000, { created: 4_000 }), dead("t0", 3_000)],
      }),
    );
    expect(suspectsOf(now, settled).map(({ task: { id } }) => id)).toEqual(["t1", "t2"]);
  });

  test("of all services when they all run and the app does not answer", () => {
    expect(suspectsOf(look(10_000, service(), service({ name: "hello_db" })), look(10_000, service()))).toMatchObject([
      { isFine: true },
      { isFine: true },
    ]);
  });
});
