import { existsSync, mkdirSync, statSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { assertIdentity } from "../../../src/effects/abra/identity.js";
import { childEnvironment } from "../../../src/effects/children/environment.js";
import { createChildRegistry } from "../../../src/effects/children/registry.js";
import { DepsFile, removeDepsFile } from "../../../src/effects/deps/deps-file.js";
import { prepareDeps, type Needing } from "../../../src/effects/deps/prepare-deps.js";
import { readRecipeFile } from "../../../src/effects/recipe/gate.js";
import { createGit } from "../../../src/effects/recipe/git.js";
import { readRecipeSettings } from "../../../src/effects/recipe/recipe-settings.js";
import type { PreparedApp } from "../../../src/machines/deps/deps.types.js";
import { domainFor, stackFor } from "../../../src/machines/names.js";
import type { Cookie } from "../../../src/machines/vocabulary.js";
import { must } from "../../support/children.js";
import { temporaryFolder } from "../../support/processes.js";

interface World {
  readonly root: string;
  /** Makes a recipe with one commit for each tag, and one more. */
  readonly recipe: (name: string, tags?: readonly string[]) => string;
  readonly operator: (name: string, recipeYml: string) => void;
  readonly prepare: (deps: string, digest?: string) => Promise<readonly PreparedApp[]>;
}

const git = (dir: string, ...args: readonly string[]): string =>
  must("git", ["-C", dir, "-c", "user.name=t", "-c", "user.email=t@localhost", ...args]).trim();

const makeWorld = (): World => {
  const root = temporaryFolder();
  const registry = createChildRegistry();
  const env = childEnvironment({ cookie: "c" as Cookie, runId: "r", runDir: root, abraDir: join(root, "abra") });
  mkdirSync(join(root, "operators"));
  const operator: World["operator"] = (name, text) => {
    mkdirSync(join(root, "operators", name), { recursive: true });
    writeFileSync(join(root, "operators", name, "recipe.yml"), text);
  };
  return {
    root,
    operator,
    recipe: (name, tags = []) => {
      const dir = join(root, "sources", name);
      mkdirSync(dir, { recursive: true });
      git(dir, "init", "--quiet", "--initial-branch=main");
      for (const tag of [...tags, null]) {
        writeFileSync(join(dir, ".env.sample"), `TYPE=${name}\nDOMAIN=${name}.example.com\n# ${tag ?? "main"}\n`);
        writeFileSync(join(dir, "compose.yml"), `services:\n  app:\n    image: local/${name}:1\n`);
        git(dir, "add", "--all");
        git(dir, "commit", "--quiet", "--message", tag ?? "main");
        if (tag !== null) git(dir, "tag", tag);
      }
      return dir;
    },
    prepare: (deps, digest = "0".repeat(64)) => {
      operator("app", deps);
      const domain = domainFor("app", digest, "t.example");
      const needing: Needing = {
        app: { recipe: "app", domain, stack: stackFor(domain), commit: "1".repeat(40) },
        settings: readRecipeSettings(join(root, "operators", "app")),
        zone: "t.example",
      };
      return prepareDeps(
        {
          gitFor: (credentials) => createGit({ scope: registry.scope("work"), env: () => env, cwd: root, credentials }),
          canonical: join(root, "canonical"),
          skipFetch: false,
          repositoryOf: (name) => join(root, "sources", name),
          note: () => undefined,
          abraDir: join(root, "abra"),
          judge: async ({ dir, app }) => assertIdentity(app, readRecipeFile(dir, ".env.sample") ?? "", ".env.sample"),
          operatorDirOf: async (name) => join(root, "operators", name),
          settingsOf: readRecipeSettings,
        },
        needing,
        AbortSignal.timeout(20_000),
      );
    },
  };
};

test("a dep's newest version is laid out in the run's own tree under a domain of this app alone, and after its own deps", async () => {
  const { root, recipe, operator, prepare } = makeWorld();
  recipe("single-sign-on", ["1.0.0+1.0", "1.1.0+1.1", "0.9.0+0.9"]);
  recipe("database");
  operator("single-sign-on", "deps: [database]\nreach: https://{domain}/health\n");
  const [database, sso] = await prepare("deps: [single-sign-on]\n");
  expect([database?.app.recipe, sso?.app.recipe]).toEqual(["database", "single-sign-on"]);
  expect(sso?.version).toEqual({
    tag: "1.1.0+1.1",
    commit: git(join(root, "sources", "single-sign-on"), "rev-parse", "1.1.0+1.1^{commit}"),
  });
  expect(sso?.app.commit).toBe(sso?.version.commit);
  expect(sso?.settings.reach).toBe("https://{domain}/health");
  expect(readFileSync(join(root, "abra", "recipes", "single-sign-on", ".env.sample"), "utf8")).toContain("# 1.1.0+1.1");
  expect(database?.version.tag).toBeNull();
  expect(readFileSync(join(root, "abra", "recipes", "database", ".env.sample"), "utf8")).toContain("# main");
  expect(sso?.app.domain).toMatch(/^sing-[0-9a-f]{6}\.t\.example$/);
  const again = await prepare("deps: [single-sign-on]\n");
  expect(again.map(({ app }) => app.domain)).toEqual([database?.app.domain, sso?.app.domain]);
  // A variant of the app at the same commit is another app, and may run at the same time.
  const others = await prepare("deps: [single-sign-on]\n", "1".repeat(64));
  expect(others.map(({ app }) => app.domain)).not.toContain(sso?.app.domain);
});

test("when a dep names a source or a ref, it comes from there", async () => {
  const { recipe, prepare } = makeWorld();
  const dir = recipe("elsewhere", ["1.0.0+1.0", "2.0.0+2.0"]);
  const [dep] = await prepare(`deps:\n  - recipe: mirror\n    src: ${dir}\n    ref: 1.0.0+1.0\n`).catch((error: unknown) => [error]);
  // The dep's TYPE is checked like that of any recipe.
  expect(dep).toMatchObject({ code: "type-of-another-recipe", exitCode: 2 });
  recipe("mirror");
  const [own] = await prepare("deps:\n  - recipe: mirror\n    ref: main\n");
  expect(own?.version.tag).toBeNull();
});

test("when deps form a cycle, the run is refused before anything is fetched", async () => {
  const { root, recipe, operator, prepare } = makeWorld();
  recipe("sso");
  operator("sso", "deps: [app]\n");
  await expect(prepare("deps: [sso]\n")).rejects.toMatchObject({
    code: "deps-cycle",
    exitCode: 2,
    message: expect.stringContaining("app -> sso -> app") as string,
  });
  expect(existsSync(join(root, "abra"))).toBe(false);
});

test("when git must not have a dep's address, the run is refused without a word of that address", async () => {
  const { prepare } = makeWorld();
  await expect(prepare("deps:\n  - recipe: sso\n    src: ext::sh -c secretword\n")).rejects.toMatchObject({
    code: "source-refused",
    exitCode: 2,
    message: expect.not.stringContaining("secretword") as string,
  });
});

test("hooks and tests get each dep's address, .env and generated secrets in a file that only its owner can read", () => {
  const root = temporaryFolder();
  const domain = domainFor("sso", "a".repeat(64), "t.example");
  const app = { recipe: "sso", domain, stack: stackFor(domain), commit: "1".repeat(40) };
  writeFileSync(join(root, `${domain}.env`), `DOMAIN=${domain}\nADMIN_USERNAME=root\n`);
  const file = new DepsFile({ runDir: root, serverDir: root });
  file.learn(app, { admin_password: "p" });
  file.learn(app, { db_password: "q" });
  expect(existsSync(file.path)).toBe(false);
  file.write([{ app, url: `https://${domain}` }]);
  expect(statSync(file.path).mode & 0o777).toBe(0o600);
  expect(JSON.parse(readFileSync(file.path, "utf8"))).toEqual({
    sso: {
      domain,
      url: `https://${domain}`,
      env: { DOMAIN: domain, ADMIN_USERNAME: "root" },
      secrets: { admin_password: "p", db_password: "q" },
    },
  });
  removeDepsFile(root);
  removeDepsFile(root);
  expect(existsSync(file.path)).toBe(false);
});
