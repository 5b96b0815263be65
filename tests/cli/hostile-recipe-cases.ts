import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeEach, expect } from "vitest";
import { Sandbox } from "../support/sandbox-run.js";

export const compose = (more: string): string =>
  `services:\n  app:\n    image: local/echo-app:1.0.0\n    stop_grace_period: 1s\n    ports: [{ target: 8080, mode: host }]\n${more}`;
export const sample = "TYPE=wiki\nDOMAIN=wiki.example.com\n";

type Files = Readonly<Record<string, string>>;

/** One sandbox for all tests of a file: each has a source, an operator's folder and a run of its own, and leaves nothing of an app. */
export const hostileRecipes = () => {
  const sandbox = new Sandbox();
  afterAll(() => sandbox.close());

  let runs = 0;
  beforeEach(() => {
    runs += 1;
  });
  const own = (name: string): string => `${name}${runs}`;

  const recipe = (files: Files): string => {
    const folder = join(sandbox.root, own("source"));
    mkdirSync(folder);
    for (const [name, text] of Object.entries({ "compose.yml": compose(""), ".env.sample": sample, "abra.sh": "", ...files }))
      writeFileSync(join(folder, name), text);
    return folder;
  };

  const operator = (files: Files): string => {
    const folder = join(sandbox.root, own("operator"));
    for (const [name, text] of Object.entries(files)) {
      const file = join(folder, "wiki", name);
      mkdirSync(join(file, ".."), { recursive: true });
      writeFileSync(file, text, { mode: 0o755 });
    }
    return folder;
  };

  const run = (source: string, operatorDir: string) =>
    sandbox.run(["run", "wiki", "--src", source, "--sandbox", "--run-id", own("r"), "--stages", "install,custom"], {
      CCCI_RECIPES_DIR: operatorDir,
    });

  /** The verbs that abra was called with. */
  const verbs = (): readonly string[] =>
    [...readFileSync(join(sandbox.root, "runs", own("r"), "run.log"), "utf8").matchAll(/"abra":"([^"]*)"/g)].map(([, verb]) => verb ?? "");

  const expectRefused = async (files: Files, exitCode: number, said: string): Promise<void> => {
    const { code, stdout } = await run(recipe(files), operator({ "recipe.yml": "reach: service:app:8080\n" }));
    expect(stdout).toContain(said);
    expect(code).toBe(exitCode);
    expect(verbs().filter((verb) => verb.startsWith("app ") && verb !== "app ls")).toEqual([]);
    expect(sandbox.leftovers()).toEqual([]);
  };

  return { sandbox, own, recipe, operator, run, verbs, expectRefused };
};

/** What is refused before abra is asked for an app of it: the recipe's files, the exit code, and what is said. */
export const refused: readonly (readonly [string, Files, number, string])[] = [
  [
    "it says which stack it is",
    { ".env.sample": `${sample}  export STACK_NAME: 'shop_coop'\n` },
    1,
    ".env.sample:3: STACK_NAME is set to shop_coop",
  ],
  ["it mounts a path of the host", { "compose.yml": compose('    volumes: ["/etc:/host:ro"]\n') }, 1, 'allow: { bind: ["/etc:ro"] }'],
  [
    "it asks for a secret of 400 MB",
    { ".env.sample": `${sample}SECRET_A_VERSION=v1 # length=400000000\n` },
    1,
    ".env.sample:3: a secret of more than 4096 characters is asked for",
  ],
  ["it is another recipe", { ".env.sample": sample.replace("TYPE=wiki", "TYPE=shop") }, 2, "TYPE names the recipe shop"],
  ["its abra.sh says which stack it is", { "abra.sh": "export STACK_NAME=shop_coop\n" }, 1, "abra.sh:1: STACK_NAME"],
  [
    "it mounts one only by what abra.sh says",
    {
      ".env.sample": `${sample}WHAT=data\n`,
      "abra.sh": "export WHAT=/etc\n",
      "compose.yml": compose('    volumes: ["${WHAT}:/host"]\nvolumes: { data: {} }\n'),
    },
    1,
    'allow: { bind: ["/etc"] }',
  ],
  [
    "it hands a file of the host to the app",
    { "compose.yml": compose("configs: { c: { file: /etc/passwd } }\n") },
    1,
    "compose.yml:6: the config c",
  ],
  [
    "its network is missing",
    { "compose.yml": compose("    networks: [proxy]\nnetworks: { proxy: { external: true } }\n") },
    1,
    "docker network create -d overlay --attachable proxy",
  ],
];
