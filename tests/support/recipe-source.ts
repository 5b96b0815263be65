import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { childEnvironment } from "../../src/effects/children/environment.js";
import { createChildRegistry } from "../../src/effects/children/registry.js";
import { fetchRecipe } from "../../src/effects/recipe/fetch-recipe.js";
import { createGit } from "../../src/effects/recipe/git.js";
import type { Cookie } from "../../src/machines/vocabulary.js";
import { must } from "./children.js";
import { temporaryFolder } from "./processes.js";

const registry = createChildRegistry();

/** Runs git as the repository's author would. */
export const gitIn = (dir: string, ...args: readonly string[]): string =>
  must("git", ["-C", dir, "-c", "user.name=t", "-c", "user.email=t@localhost", "-c", "protocol.file.allow=always", ...args]).trim();

/** A folder's entries: a file with its content, a folder as null, followed by its own entries. */
const contentOf = (folder: string): readonly (readonly [name: string, content: Buffer | null])[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .map(
      (entry) =>
        [
          relative(folder, join(entry.parentPath, entry.name)),
          entry.isDirectory() ? null : readFileSync(join(entry.parentPath, entry.name)),
        ] as const,
    )
    .toSorted(([one], [other]) => (one < other ? -1 : 1));

/** The git folders made so far, by the files committed in them. */
const made = new Map<string, ReturnType<typeof contentOf>>();

const initialise = (dir: string, files: Readonly<Record<string, string>>): void => {
  gitIn(dir, "init", "--quiet", "--initial-branch=main");
  gitIn(dir, "add", "--force", "--", ...Object.keys(files));
  gitIn(dir, "commit", "--quiet", "--message", "One");
};

/** Makes a repository with one commit of these files. git makes it once; later ones with the same files are copies. */
export const makeRepository = (dir: string, files: Readonly<Record<string, string>> = { "compose.yml": "services: {}\n" }): string => {
  mkdirSync(dir, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text);
  const [gitDir, key] = [join(dir, ".git"), JSON.stringify(files)];
  const known = made.get(key);
  if (known === undefined) {
    initialise(dir, files);
    made.set(key, contentOf(gitDir));
    return dir;
  }
  mkdirSync(gitDir);
  for (const [name, content] of known) {
    if (content === null) mkdirSync(join(gitDir, name));
    else writeFileSync(join(gitDir, name), content, { mode: content.subarray(0, 2).toString() === "#!" ? 0o755 : 0o644 });
  }
  return dir;
};

/** Folders and settings for fetching a recipe as a run does. */
export const fetchingPlace = () => {
  const root = temporaryFolder();
  const [dir, notes] = [join(root, "copy"), [] as string[]];
  const env = childEnvironment({ cookie: "c" as Cookie, runId: "r", runDir: root, abraDir: join(root, "abra") });
  const git = createGit({ scope: registry.scope("work"), env: () => env, cwd: root });
  const fetch = (source: string | null, ref: string | null = null): Promise<string> =>
    fetchRecipe(
      {
        git,
        canonical: join(root, "canonical"),
        skipFetch: source === null,
        repositoryOf: () => join(root, "nowhere"),
        note: (line) => notes.push(line),
      },
      { recipe: "box", source, ref, dir },
      AbortSignal.timeout(60_000),
    );
  const mark = join(root, "ran");
  /** A program that leaves a mark if it is run. */
  const trap = join(root, "trap.sh");
  writeFileSync(trap, `#!/bin/sh\necho "$0 $*" >> ${mark}\n`, { mode: 0o755 });
  /** `staged`: the folder from which a recipe is taken with CCCI_SKIP_FETCH, when there is no source (null). */
  return { root, dir, notes, fetch, trap, staged: join(root, "canonical", "recipes", "box"), hasRun: () => existsSync(mark) };
};
