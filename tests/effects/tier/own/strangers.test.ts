import { chmodSync, mkdirSync, readdirSync, readFileSync, readlinkSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createActor, toPromise } from "xstate";
import { createChildRegistry } from "../../../../src/effects/children/registry.js";
import { copyOwnCode } from "../../../../src/effects/recipe/copy-own-code.js";
import { runHook, runInstallSteps, type HookOf } from "../../../../src/effects/tier/own/hooks.js";
import { runOwn } from "../../../../src/effects/tier/own/run-own.js";
import { findNobody } from "../../../../src/effects/tier/own/nobody.js";
import { testsOf } from "../../../../src/effects/tier/own/programs.js";
import { runTest } from "../../../../src/effects/tier/own/run-test.js";
import { firstFacts } from "../../../../src/machines/tier/facts.js";
import { bundleFixture } from "../../../support/bundle.js";
import { must } from "../../../support/children.js";
import { temporaryFolder } from "../../../support/processes.js";
import { occasion, ownCode, writeProgram } from "../../../support/own-code.js";
import { testWith } from "../../../support/programs.js";

const scope = createChildRegistry().scope("work");
const { signal } = new AbortController();
const asRoot = testWith("root");

/** A run's folder with the recipe's own programs, which are copied if the host's settings allow them. */
const withRecipe = async (isAllowed: boolean, programs: Readonly<Record<string, string>>) => {
  const above = temporaryFolder();
  chmodSync(above, 0o700);
  const [runDir, recipe] = [join(above, "run"), join(above, "recipe")];
  mkdirSync(runDir, { mode: 0o700 });
  for (const [name, script] of Object.entries(programs)) writeProgram(join(recipe, ".recipe-ci"), name, script);
  const notes: string[] = [];
  const settings = {
    isAllowed,
    settingsFile: "/etc/recipe-ci/settings.yml",
    runDir,
    ownCodeDir: join(runDir, "recipe-ci"),
    note: (line: string) => void notes.push(line),
  };
  await copyOwnCode("notes", recipe, settings, signal);
  const code = ownCode({
    scope,
    runDir,
    nobody: findNobody,
    env: { ABRA_DIR: "/abra", DOCKER_HOST: "unix:///x", SSH_AUTH_SOCK: "/s", CCCI_RUN_ID: "7", HTTPS_PROXY: "http://u:p@proxy" },
  });
  return { runDir, notes, code };
};

/** Whether a process has this working folder, by which it is found even if it dropped our environment. */
const isIn = (pid: string, folder: string): boolean => {
  try {
    return readlinkSync(`/proc/${pid}/cwd`).startsWith(folder);
  } catch {
    return false; // It has ended.
  }
};

const runAll = async (code: ReturnType<typeof ownCode>) => {
  const results = [];
  for (const program of testsOf(code.foldersOf(occasion.app), "custom"))
    results.push(
      ...(await runTest(
        code,
        {
          program,
          occasion: { ...occasion, settings: { ...occasion.settings, tests: { limitMs: null, env: { PASSWORD: "x" } } } },
          limitMs: 10_000,
        },
        signal,
      )),
    );
  return results;
};

describe("a program of the recipe's own", () => {
  test("does not run if the host's settings do not list the recipe, and a note names it", async () => {
    const { code, notes } = await withRecipe(false, { "tests/custom/10-own": "exit 0", pre_upgrade: "exit 0" });
    expect(testsOf(code.foldersOf(occasion.app), "custom")).toEqual([]);
    expect(notes).toEqual([
      "the recipe brings programs of its own (.recipe-ci: pre_upgrade, tests/custom/10-own): NOT run, for /etc/recipe-ci/settings.yml does not list notes under allowRepoTests",
    ]);
  });

  test("gets none of the host's tools and secrets when it runs", async () => {
    const { code, notes } = await withRecipe(true, {
      "tests/custom/10-env": `env >"$HOME/env"; cp "$HOME/env" "$CCCI_REPORT_DIR/../said"; env`,
    });
    const said: string[] = [];
    expect(await runAll({ ...code, onOutput: (_, text) => void said.push(text) })).toMatchObject([{ outcome: "passed" }]);
    const env = said.join("");
    expect(env).toContain("CCCI_RUN_ID=7\n");
    expect(env).toContain("CCCI_BASE_URL=");
    expect(env).not.toMatch(/ABRA_DIR|DOCKER_HOST|SSH_AUTH_SOCK|PROXY|PASSWORD|CCCI_RUN_DIR/i);
    expect(notes).toEqual([expect.stringContaining("without the run's secrets")]);
  });

  asRoot("has bounds that it cannot raise: on its processes, on the size of a file, and it leaves no core", async () => {
    const { code } = await withRecipe(true, {
      "tests/custom/10-limits":
        'cat /proc/self/limits; prlimit --pid $$ --nproc=9999:9999 && exit 1; head -c 300000000 /dev/zero >"$HOME/big" && exit 2; test "$(wc -c <"$HOME/big")" = 268435456',
    });
    const said: string[] = [];
    expect(await runAll({ ...code, onOutput: (_, text) => void said.push(text) })).toMatchObject([{ outcome: "passed" }]);
    expect(said.join("")).toMatch(/^Max processes +2048 +2048 /m);
    expect(said.join("")).toMatch(/^Max file size +268435456 +268435456 /m);
    expect(said.join("")).toMatch(/^Max open files +16384 +16384 /m);
    expect(said.join("")).toMatch(/^Max core file size +0 +0 /m);
  });

  asRoot("is refused what it opens beyond its bound, which is never above our own", async () => {
    const opens = `node -e 'let open = 0; try { for (;; open += 1) require("fs").openSync("/dev/null"); } catch ({ code }) { console.log(code, open > 16_000 && open < 16_384); }'`;
    const { code } = await withRecipe(true, { "tests/custom/10-opens": opens });
    const said: string[] = [];
    expect(await runAll({ ...code, onOutput: (_, text) => void said.push(text) })).toMatchObject([{ outcome: "passed" }]);
    expect(said.join("")).toBe("EMFILE true\n");
    const bundle = await bundleFixture("src/effects/tier/own/nobody.ts");
    const script = `const { asNobody, findNobody } = await import(process.argv[1]); console.log(asNobody(findNobody(), "true").args.find((arg) => arg.startsWith("--nofile")));`;
    expect(must("prlimit", ["--nofile=900:900", process.execPath, "--input-type=module", "--eval", script, bundle])).toBe(
      "--nofile=900:900",
    );
  });

  asRoot("runs as nobody, who can read no file of the run and write only what is its own", async () => {
    const { code, runDir, notes } = await withRecipe(true, {
      "tests/custom/10-who":
        'exec 2>&1; id -u; id -G; cat ../run.json && exit 1; echo x >recipe.yml && exit 2; ls "$(dirname "$PWD")" && exit 3; sh -c "echo ok >$CCCI_REPORT_DIR/../note"; cat data/words; exit 0',
    });
    writeFileSync(join(runDir, "run.json"), "{}", { mode: 0o600 });
    mkdirSync(join(runDir, "recipe-ci", "data"), { mode: 0o755 });
    writeFileSync(join(runDir, "recipe-ci", "data", "words"), "words beside it\n", { mode: 0o644 });
    const said: string[] = [];
    expect(await runAll({ ...code, onOutput: (_, text) => void said.push(text) })).toMatchObject([{ outcome: "passed" }]);
    expect(said.join("")).toMatch(/^65534\n65534\n/m);
    expect(said.join("")).toContain("words beside it");
    expect(statSync(runDir).mode & 0o777).toBe(0o701);
    expect(notes).toEqual([expect.stringContaining("run as nobody")]);
    const [folder = ""] = readdirSync(join(runDir, "own"));
    expect(folder).toMatch(/^custom-test-10-who-1/);
    expect(readFileSync(join(runDir, "own", folder, "note"), "utf8")).toBe("ok\n");
  });

  asRoot("leaves no process behind, though it left its group, its environment and its output", async () => {
    const { code, runDir } = await withRecipe(true, {
      "tests/custom/10-stays": "env -i setsid sleep 7654 >/dev/null 2>&1 & sleep 0.2; exit 0",
    });
    expect(await runAll(code)).toMatchObject([{ outcome: "passed" }]);
    const stayed = readdirSync("/proc").filter((pid) => /^\d+$/.test(pid) && isIn(pid, runDir));
    expect(stayed).toEqual([]);
  });

  asRoot("leaves no shared memory, queue or semaphore of System V behind, and sees none of others", async () => {
    const others = must("ipcmk", ["--shmem", "4096"]).split(": ")[1]?.trim() ?? "";
    const before = ["shm", "msg", "sem"].map((kind) => readFileSync(`/proc/sysvipc/${kind}`, "utf8"));
    try {
      const { code } = await withRecipe(true, {
        "tests/custom/10-ipc": `ipcmk --shmem 1048576 --queue --semaphore 1 >/dev/null && test "$(ipcs -m | grep -c ^0x)" = 1`,
      });
      expect(await runAll(code)).toMatchObject([{ outcome: "passed" }]);
      expect(["shm", "msg", "sem"].map((kind) => readFileSync(`/proc/sysvipc/${kind}`, "utf8"))).toEqual(before);
    } finally {
      must("ipcrm", ["--shmem-id", others]);
    }
  });

  asRoot("ends with its stop, and by the exit code that it had", async () => {
    const { code } = await withRecipe(true, {
      "tests/custom/10-code": "exit 7",
      "tests/custom/20-term": 'trap "echo had a stop; exit 0" TERM; sleep 60 & wait',
    });
    const [first, second] = await Promise.all(
      testsOf(code.foldersOf(occasion.app), "custom").map((program) => runTest(code, { program, occasion, limitMs: 1_000 }, signal)),
    );
    expect(first).toMatchObject([{ outcome: "failed", message: expect.stringContaining("exit code 7") as string }]);
    expect(second).toMatchObject([{ outcome: "failed", message: expect.stringMatching(/did not end within 1 s[^]*had a stop/) as string }]);
  });

  asRoot("cannot pass another run's reports off as its own by a link", async () => {
    const report = '<testsuite><testcase name="of another run"/></testsuite>';
    const { code } = await withRecipe(true, {
      "tests/custom/10-link": `rmdir "$CCCI_REPORT_DIR"; ln -s ${temporaryFolder()} "$CCCI_REPORT_DIR"; readlink "$CCCI_REPORT_DIR"`,
    });
    const said: string[] = [];
    const onOutput = (_: string, text: string): void => {
      said.push(text);
      writeFileSync(join(text.trim(), "junit.xml"), report);
    };
    expect(await runAll({ ...code, onOutput })).toMatchObject([{ name: "10-link", outcome: "passed" }]);
    expect(said.join("")).toContain("/");
  });

  asRoot(
    "cannot reach another run's programs, though both run as nobody: neither through the process list nor by a guessed name",
    async () => {
      const shared = temporaryFolder();
      chmodSync(shared, 0o1777);
      const waitFor = (name: string): string => `until [ -e ${shared}/${name} ]; do sleep 0.02; done`;
      const victim = await withRecipe(true, {
        "tests/custom/10-victim": `echo "$CCCI_REPORT_DIR" >${shared}/up.tmp; mv ${shared}/up.tmp ${shared}/up; ${waitFor("done")}`,
      });
      const report = `echo '<testsuite><testcase name="forged"><failure/></testcase></testsuite>'`;
      const guess = join(victim.runDir, "own", "custom-test-10-victim-1", "reports");
      const attacker = await withRecipe(true, {
        "tests/custom/10-evil": `${waitFor("up")}; for dir in ${guess} $(cat /proc/[0-9]*/environ 2>/dev/null | tr '\\0' '\\n' | sed -n 's/^CCCI_REPORT_DIR=//p' | grep -v "^$CCCI_REPORT_DIR$"); do ${report} >"$dir/evil.xml"; done 2>/dev/null; : >${shared}/done; exit 0`,
      });
      const [seen] = await Promise.all([runAll(victim.code), runAll(attacker.code)]);
      expect(seen).toMatchObject([{ name: "10-victim", outcome: "passed" }]);
      // Nor afterwards, when its path is known.
      const reports = readFileSync(join(shared, "up"), "utf8").trim();
      const later = await withRecipe(true, { "tests/custom/10-evil": `cd ${reports} && exit 9; exit 0` });
      expect(await runAll(later.code)).toMatchObject([{ outcome: "passed" }]);
    },
  );

  asRoot("cannot run where nobody may not pass through to it: 2, before anything is made", async () => {
    const above = temporaryFolder();
    mkdirSync(join(above, "closed", "runs", "1"), { recursive: true });
    chmodSync(join(above, "closed"), 0o700);
    writeProgram(join(above, "recipe", ".recipe-ci"), "pre_install", "exit 0");
    const runDir = join(above, "closed", "runs", "1");
    const settings = { isAllowed: true, settingsFile: "s.yml", runDir, ownCodeDir: join(runDir, "recipe-ci"), note: () => undefined };
    await expect(copyOwnCode("notes", join(above, "recipe"), settings, signal)).rejects.toMatchObject({
      code: "own-code-unreachable",
      exitCode: 2,
      message: expect.stringContaining(join(above, "closed")) as string,
    });
  });

  test("may not be a link to the host's files, which is the recipe's failure", async () => {
    const above = temporaryFolder();
    writeProgram(join(above, ".recipe-ci"), "pre_install", "exit 0");
    symlinkSync("/etc", join(above, ".recipe-ci", "etc"));
    const settings = { isAllowed: true, settingsFile: "s.yml", runDir: above, ownCodeDir: join(above, "recipe-ci"), note: () => undefined };
    await expect(copyOwnCode("notes", above, settings, signal)).rejects.toMatchObject({ code: "recipe-file-refused", exitCode: 1 });
  });
});

describe("a hook", () => {
  const facts = firstFacts({ tag: null, commit: "c0ffee" });
  const of = (more: Partial<HookOf> = {}): HookOf => ({
    tier: "upgrade",
    when: "pre",
    app: occasion.app,
    settings: occasion.settings,
    url: "http://127.0.0.1:1",
    facts,
    target: facts.version,
    ...more,
  });
  const hook = async (code: ReturnType<typeof ownCode>, input: HookOf): Promise<void> => {
    const actor = createActor(runHook(code), { input });
    actor.subscribe({ error: () => undefined });
    const end = toPromise(actor);
    actor.start();
    await end;
  };

  test("runs before or after the tier that its name says, and a missing one is no failure", async () => {
    const runDir = temporaryFolder();
    writeProgram(join(runDir, "operator"), "pre_upgrade", `echo "$CCCI_TIER $CCCI_WHEN" >>${runDir}/said`);
    const code = ownCode({ scope, runDir });
    await hook(code, of());
    await hook(code, of({ when: "post" }));
    expect(readFileSync(join(runDir, "said"), "utf8")).toBe("upgrade pre\n");
  });

  test("that fails or does not end in time is reported with its last words", async () => {
    const runDir = temporaryFolder();
    writeProgram(join(runDir, "operator"), "pre_upgrade", "echo cannot seed; exit 4");
    writeProgram(join(runDir, "operator"), "post_upgrade", 'trap "exit 0" TERM; sleep 60 & wait');
    const code = ownCode({ scope, runDir });
    await expect(hook(code, of())).rejects.toMatchObject({
      code: "hook-failed",
      exitCode: 1,
      message: "the hook pre_upgrade failed: exit code 4",
      details: ["cannot seed"],
    });
    const settings = { ...occasion.settings, timeouts: { ...occasion.settings.timeouts, hookMs: 100 } };
    await expect(hook(code, of({ when: "post", settings }))).rejects.toMatchObject({
      code: "hook-failed",
      message: expect.stringContaining("did not end within 100 ms") as string,
    });
  });

  test("named install_steps.sh gets no address, as nothing is deployed yet", async () => {
    const runDir = temporaryFolder();
    writeProgram(join(runDir, "operator"), "install_steps.sh", `echo "$CCCI_WHEN \${CCCI_BASE_URL-none} $CCCI_ENV_FILE" >${runDir}/said`);
    const { app, settings } = occasion;
    await runInstallSteps(ownCode({ scope, runDir }), { app, settings, envFile: "/abra/app.env" }, signal);
    expect(readFileSync(join(runDir, "said"), "utf8")).toBe("steps none /abra/app.env\n");
  });

  test("for a backup decides by its exit code whether the backup is good", async () => {
    const runDir = temporaryFolder();
    writeProgram(join(runDir, "operator"), "look", 'echo "$CCCI_WHEN: the dump is empty"; exit 1');
    const own = runOwn(ownCode({ scope, runDir }));
    expect(await own("look", of(), signal)).toMatchObject({
      name: "look",
      outcome: "failed",
      message: "exit code 1\nverify: the dump is empty",
    });
    expect(await own("lock", of(), signal)).toBeNull();
  });
});
