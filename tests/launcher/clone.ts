import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, expect } from "vitest";
import { root } from "../support/bundle.js";
import { start, temporaryFolder, type Started } from "../support/processes.js";

const path = process.env["PATH"] ?? "";

/**
 * Stands for npm: notes its words, and makes node_modules by links to the packages that are here. `$NPM_DOES`: `hang`
 * when half of it is there, or when `half` of the old ones are gone, or `fail`. Two of them at once in one folder is what must not be: said
 * in the notes.
 */
const npm = `#!/bin/sh
echo "npm $* nodedir=$npm_config_nodedir" >>"$NOTES"
echo "npm speaks"
for other in $(cat .npm-works 2>/dev/null); do kill -0 "$other" 2>/dev/null && echo "two at once" >>"$NOTES"; done
echo $$ >.npm-works
[ "$NPM_DOES" != half ] || { rm node_modules/other; echo "hangs $$" >>"$NOTES"; exec sleep 60; }
rm -rf node_modules && mkdir node_modules && ln -s "$PACKAGES/@esbuild" "$PACKAGES/execa" node_modules/
case $NPM_DOES in
  hang) echo "hangs $$" >>"$NOTES"; exec sleep 60 ;;
  fail) exit 1 ;;
  slow) sleep 0.6 ;;
esac
ln -s "$PACKAGES/esbuild" node_modules/ && : >node_modules/other
`;

interface Clone {
  readonly folder: string;
  /** Runs a program of the clone, by default the launcher. */
  readonly run: (env?: Record<string, string>, file?: string) => Started;
  readonly notes: () => readonly string[];
  readonly write: (file: string, text: string) => void;
}

/** The folder of a clone, and the folder with the stand-in for npm and its notes. */
interface Place {
  readonly folder: string;
  readonly bin: string;
}

const cloneAt = ({ folder, bin }: Place): Clone => {
  const notes = join(bin, "notes");
  return {
    folder,
    write: (file, text) => {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), text);
    },
    run: (env = {}, file = "bin/recipe-ci") =>
      start(join(folder, file), [], {
        cwd: "/",
        env: { PATH: `${bin}:${path}`, TMPDIR: bin, NOTES: notes, PACKAGES: join(root, "node_modules"), ...env },
      }),
    notes: () => (existsSync(notes) ? readFileSync(notes, "utf8").trimEnd().split("\n") : []),
  };
};

const folders = (): Place => ({ folder: temporaryFolder(), bin: temporaryFolder() });

/** Makes a fresh clone: our launcher and scripts, and a program that only prints its version. It has no packages and no dist. */
export const clone = ({ folder, bin }: Place = folders()): Clone => {
  for (const part of ["bin", "scripts", "package.json", "package-lock.json"])
    cpSync(join(root, part), join(folder, part), { recursive: true });
  writeFileSync(join(bin, "npm"), npm);
  chmodSync(join(bin, "npm"), 0o755);
  const fresh = cloneAt({ folder, bin });
  fresh.write("src/cli/main.ts", `import { word } from "./deep/er/word.ts"; process.stdout.write(word + "\\n");`);
  fresh.write("src/cli/deep/er/word.ts", `export const word: string = "one";`);
  return fresh;
};

/** Expects that a run exits with 0, prints this one word, and prints nothing of importance on stderr. */
export const says = async (run: Started, word: string): Promise<void> => {
  const { code } = await run.ended;
  expect({ code, stdout: run.stdout(), stderr: code === 0 ? "" : run.stderr() }).toEqual({ code: 0, stdout: `${word}\n`, stderr: "" });
};
let setUpOnce: Place | undefined;
afterAll(() => {
  for (const folder of Object.values(setUpOnce ?? {})) rmSync(folder, { recursive: true, force: true });
});

/** A clone that is set up already and prints `one`. It is set up only once; each call copies it, together with npm's notes. */
export const cloneSetUp = async (): Promise<Clone> => {
  if (setUpOnce === undefined) {
    const made = { folder: mkdtempSync(join(tmpdir(), "recipe-ci-test-")), bin: mkdtempSync(join(tmpdir(), "recipe-ci-test-")) };
    await says(clone(made).run(), "one");
    setUpOnce = made;
  }
  const place = folders();
  for (const name of ["folder", "bin"] as const)
    cpSync(setUpOnce[name], place[name], { recursive: true, preserveTimestamps: true, verbatimSymlinks: true });
  return cloneAt(place);
};

export const installs = (notes: readonly string[]): number => notes.filter((note) => note.startsWith("npm ci")).length;
