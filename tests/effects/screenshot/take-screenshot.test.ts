import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { chromiumArgs } from "../../../src/effects/screenshot/chromium-args.js";
import { commandOf } from "../../support/drone/processes.js";
import { expectNoProcesses, processesWith, temporaryFolder, until } from "../../support/processes.js";
import { testWith } from "../../support/programs.js";
import { cookie, take } from "./take.js";

// The real Chromium: chromium.slow.test.ts.

/** A browser that does what the test says; `$picture` is where it is to draw. */
const browser = (script: string): string => {
  const folder = temporaryFolder();
  chmodSync(folder, 0o755);
  const file = join(folder, "browser");
  writeFileSync(file, `#!/bin/sh\nfor arg; do case $arg in --screenshot=*) picture=\${arg#*=};; esac; done\n${script}\n`);
  chmodSync(file, 0o755);
  return file;
};

const png = (bytes: number): string => `{ printf '\\211PNG\\r\\n\\032\\n'; head -c ${bytes} /dev/zero; } >"$picture"`;

test("the browser's folder is gone afterwards, the picture stays, and nobody but the run's user can read it", async () => {
  const { runDir, picture } = take(browser(png(10_000)), "http://127.0.0.1:1/");
  expect(await picture).toEqual({ file: "screenshot.png", trouble: null });
  expect(readFileSync(join(runDir, "screenshot.png"))).toHaveLength(10_008);
  expect(existsSync(join(runDir, "browser"))).toBe(false);
});

test("a page that is blank is looked at once more, and the larger picture is kept", async () => {
  const count = join(temporaryFolder(), "count");
  writeFileSync(count, "");
  chmodSync(count, 0o666);
  chmodSync(join(count, ".."), 0o755);
  const { runDir, picture } = take(
    browser(`echo >>${count}; test $(wc -l <${count}) = 1 && { ${png(100)}; exit; }; ${png(9_000)}`),
    "http://127.0.0.1:1/",
  );
  expect(await picture).toMatchObject({ file: "screenshot.png" });
  expect(readFileSync(join(runDir, "screenshot.png"))).toHaveLength(9_008);
});

testWith("root")("what a page stores lies in memory, within a bound, and not on the disk", async () => {
  const out = join(temporaryFolder(), "stored");
  writeFileSync(out, "");
  chmodSync(out, 0o666);
  chmodSync(join(out, ".."), 0o755);
  const fills = `profile=; for arg; do case $arg in --user-data-dir=*) profile=\${arg#*=};; esac; done
stat --file-system --format %T "$profile" "$HOME" "$TMPDIR" >${out}; head -c 300000000 /dev/zero >"$profile/big" 2>>${out}; rm "$profile/big"; ${png(9_000)}`;
  expect(await take(browser(fills), "http://127.0.0.1:1/").picture).toMatchObject({ file: "screenshot.png" });
  expect(
    readFileSync(out, "utf8")
      .split("\n")
      .filter((line) => line !== ""),
  ).toEqual(["tmpfs", "tmpfs", "tmpfs", expect.stringContaining("No space left")]);
});

test("a browser gets no variable but those that it needs", async () => {
  const out = join(temporaryFolder(), "env");
  writeFileSync(out, "");
  chmodSync(out, 0o666);
  chmodSync(join(out, ".."), 0o755);
  await take(browser(`env >${out}; id -u >>${out}; ${png(9_000)}`), "http://127.0.0.1:1/").picture;
  const seen = readFileSync(out, "utf8");
  expect(seen).not.toMatch(/ABRA_DIR|RUN_DIR/);
  expect(seen).toContain(`CCCI_RUN_COOKIE=${cookie}`);
  expect(seen.trim().split("\n").at(-1)).not.toBe("0");
});

test.each([
  ["draws nothing", "echo 'No usable sandbox!' >&2; exit 1", "the browser drew nothing: No usable sandbox!"],
  ["draws what is no picture", 'echo hello >"$picture"', "the browser drew nothing: it said nothing"],
  ["lays a link where the picture should be", 'ln -s /etc/passwd "$picture"', "the browser drew nothing: it said nothing"],
])("a browser that %s is the reason why there is no picture", async (_, script, trouble) => {
  const { runDir, picture } = take(browser(script), "http://127.0.0.1:1/");
  expect(await picture).toEqual({ file: null, trouble });
  expect(existsSync(join(runDir, "screenshot.png"))).toBe(false);
});

test("a browser that is not there, or a picture that cannot be written, is no error of the run's", async () => {
  expect(await take("/nonexistent/chromium", "http://127.0.0.1:1/").picture).toMatchObject({ file: null });
  const { runDir, picture } = take(browser(`sleep 0.3; ${png(9_000)}`), "http://127.0.0.1:1/");
  mkdirSync(join(runDir, "screenshot.png", "taken"), { recursive: true });
  expect(await picture).toMatchObject({ file: null });
});

test("a stop ends the browser with all that it started", async () => {
  const stop = new AbortController();
  const { runDir, picture } = take(browser("sleep 60 & sleep 60"), "http://127.0.0.1:1/", stop.signal);
  await until("both sleep", () => processesWith("CCCI_RUN_COOKIE", cookie).filter((pid) => commandOf(pid) === "sleep 60").length === 2);
  stop.abort();
  expect(await picture).toEqual({ file: null, trouble: "the run ended before it was drawn" });
  await expectNoProcesses(cookie);
  expect(existsSync(join(runDir, "browser"))).toBe(false);
});

test("no host and port but the app's are reached, and only for an authority of the operator's are certificates not asked for", () => {
  const page = { url: "https://note.example.com/", profileDir: "/p", pictureFile: "/x.png", trustsAnybody: false };
  expect(chromiumArgs(page)).toContain(
    "--host-resolver-rules=MAP note.example.com:443 note.example.com:443, MAP note.example.com:80 note.example.com:80, MAP * ~NOTFOUND",
  );
  expect(chromiumArgs({ ...page, url: "http://127.0.0.1:8080/x" })).toContain(
    "--host-resolver-rules=MAP 127.0.0.1:8080 127.0.0.1:8080, MAP * ~NOTFOUND",
  );
  expect(chromiumArgs(page).join(" ")).not.toMatch(/--no-sandbox|--ignore-certificate-errors/);
  expect(chromiumArgs({ ...page, trustsAnybody: true })).toContain("--ignore-certificate-errors");
});
