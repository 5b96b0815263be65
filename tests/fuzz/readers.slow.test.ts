import { closeSync, mkdirSync, openSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { beforeEach, expect, test } from "vitest";
import { HelpRequested, parseCommandLine } from "../../src/cli/program.js";
import { commands } from "../../src/cli/command-table.js";
import { options, variables, type OptionSpec } from "../../src/cli/options.js";
import { hostSettings } from "../../src/cli/settings/host.js";
import { runSettings } from "../../src/cli/settings/run-settings.js";
import { exportsIn } from "../../src/effects/abra/abra-sh.js";
import { fatalIn, saysNotDeployed, saysUnknownApp } from "../../src/effects/abra/abra-texts.js";
import { settingsIn } from "../../src/effects/abra/env-file.js";
import { assertIdentity, assertSealed, sealEnv } from "../../src/effects/abra/identity.js";
import { readCard } from "../../src/effects/lock/card.js";
import { AddressRefused, parseSource } from "../../src/effects/recipe/source-address.js";
import { madeNames, resolveCompose } from "../../src/effects/compose/resolve-compose.js";
import { checkPolicy } from "../../src/effects/policy/check-policy.js";
import { policyDenied } from "../../src/effects/policy/finding.js";
import { nothingAllowed } from "../support/nothing-allowed.js";
import { parseYaml, YamlRefused } from "../../src/effects/recipe/parse-yaml.js";
import { parseRecipeSettings } from "../../src/effects/recipe/recipe-settings.js";
import { readAppRecord } from "../../src/effects/record/app-record.js";
import { readRun } from "../../src/effects/record/read-runs.js";
import { isRunError } from "../../src/machines/errors.js";
import type { Domain } from "../../src/machines/vocabulary.js";
import { temporaryFolder } from "../support/processes.js";
import { almostJson, spoiled, word } from "./inputs.js";
import { workedMs } from "../support/worked.js";

/** A tenth of it for each reader; the same ones each time, and others with FUZZ_SEED. */
const inputs = Number(process.env["FUZZ_INPUTS"] ?? 100_000);
const seed = Number(process.env["FUZZ_SEED"] ?? 1);
const limitMs = 1_000;

const env = Object.fromEntries(
  Object.values<OptionSpec | Omit<OptionSpec, "flag">>({ ...options, ...variables }).flatMap((spec) =>
    (spec.env ?? []).map((name) => [name, name]),
  ),
);
const values = [
  "",
  "notes",
  "echo",
  "main",
  "7",
  "install",
  "install,custom",
  "50m",
  "0s",
  "99h",
  "ci.example.com",
  "a/b",
  "../x",
  "https://u:p@h/x",
  "git@h:x.git",
  "ext::sh -c x",
  "--upload-pack=x",
];
const words = [
  ...Object.keys(commands),
  ...Object.values<OptionSpec>(options).map(({ flag }) => flag),
  ...values,
  "--",
  "-h",
  "--help",
  "--version",
];

const dotEnv = [
  'TYPE=echo\nDOMAIN=echo.example.com\n# a word\nexport A=\'x y\'\nB="${A}-$C"\nCOMPOSE_FILE="compose.yml"\nSECRET_TOKEN_VERSION=v1 # length=24\n',
];
const compose = [
  "version: '3.8'\nx-a: &a {image: 'i:1'}\nservices:\n  app:\n    <<: *a\n    image: ${IMAGE:-local/echo:${V-1}}\n    deploy:\n      labels: ['a=${STACK_NAME}']\nvolumes:\n  data: {}\n",
];
const manyParts = [
  ...compose,
  "services:\n  app:\n    image: i:1\n    volumes: ['data:/d:ro', '/etc:/e', {type: bind, source: ., target: /s}]\n    ports: ['80', '1-3:4-6/udp', {target: 8, published: 9, mode: host}]\n    secrets: [{source: s, target: t}]\n    configs: [c]\n    networks: {proxy: {aliases: [a]}}\n    env_file: [.env, {path: x}]\n    cap_add: [cap_net_admin]\n    sysctls: {net.core.somaxconn: 1}\n    logging: {driver: syslog}\n    deploy: {labels: ['traefik.http.routers.r.rule=Host(`${DOMAIN}`) && (PathPrefix(`/x`) || !Host(`h`))', traefik.tcp.services.s.port=1]}\nnetworks: {proxy: {external: true}}\nvolumes: {data: {driver: local, driver_opts: {type: none, o: bind, device: /}}}\nsecrets: {s: {external: true, name: '${STACK_NAME}_s'}}\nconfigs: {c: {file: abra.sh}}\n",
];
/** As an app's settings have them: long ones, ones that look like another's, ones that are not there. */
const settingsOf = {
  STACK_NAME: "echo-00000a_ci_example_com",
  DOMAIN: "echo-00000a.ci.example.com",
  A: "x".repeat(2_000),
  IMAGE: "$A${A}:",
  EMPTY: "",
};
const nothing = {
  networks: new Set<string>(["proxy"]),
  volumes: new Set<string>(),
  secrets: new Set<string>(),
  configs: new Set<string>(),
};
const recipeYml = ["reach: service:app:8080\ntimeouts:\n  deploy: 10m\n  probe: 3m\n", "reach: https://{domain}/x\n"];
const card = ['{"runId":"42","pid":4242,"runDir":"/var/lib/x/42","link":null,"since":"2026-11-25T12:00:00.000Z"}\n'];
const run = [
  '{"runId":"42","cookie":"c","pid":4242,"startedAt":"2026-11-25T12:00:00.000Z","state":"released","phases":[{"name":"prepare","durationMs":3}],"exitCode":0}',
];
const app = ['{"last":{"runId":"42","verdict":"passed","cleanliness":"clean","phase":null,"at":"x"},"failedReaps":2,"nextTry":null}'];
const said = ["2026/01/01 12:00:00 FATA <a/b.go:12> echo.example.com is not deployed?\n", "\x1b[31mFATA\x1b[0m cannot find app\nWARN x\n"];
const identity = { recipe: "echo", domain: "echo-00000a.ci.example.com" as Domain, stack: "echo-00000a_ci_example_com" } as Parameters<
  typeof assertIdentity
>[0];

/** Refusals that a caller turns into words for people; anything else that is thrown is our bug. */
const isRefusal = (error: unknown): boolean =>
  error instanceof HelpRequested ||
  error instanceof YamlRefused ||
  error instanceof AddressRefused ||
  (isRunError(error) && error.exitCode !== 70 && error.hint !== "");

interface Reader {
  readonly name: string;
  /** `attempt` is given each reading of one made-up input. */
  readonly property: (attempt: (reading: () => unknown) => void) => fc.IProperty<[unknown]>;
}

const reader = <Input>(name: string, input: fc.Arbitrary<Input>, read: (input: Input) => unknown): Reader => ({
  name,
  property: (attempt) => fc.property(input, (one) => attempt(() => read(one))),
});

let folder = "";
beforeEach(() => {
  folder = temporaryFolder();
});

const written =
  (name: string, read: () => unknown) =>
  (text: string): unknown => {
    mkdirSync(join(folder, "apps"), { recursive: true });
    writeFileSync(join(folder, name), text);
    return read();
  };

const readers: readonly Reader[] = [
  reader("the command line", fc.array(word(words), { maxLength: 8 }), parseCommandLine),
  reader(
    "the settings of a run",
    fc.record({
      operand: word(values),
      flags: fc.dictionary(fc.constantFrom(...Object.keys(options)), word(values)),
      env: fc.dictionary(fc.constantFrom(...Object.keys(env)), word(values)),
    }),
    (given) => runSettings(given.operand, given.flags, given.env, "/"),
  ),
  reader("the settings of a host", fc.dictionary(fc.constantFrom(...Object.keys(env)), word(values)), (given) =>
    hostSettings({}, given, false),
  ),
  reader("recipe.yml", spoiled(recipeYml), (text) => parseRecipeSettings(text, "recipe.yml")),
  reader("a compose file", spoiled(compose), parseYaml),
  reader("the compose files of an app, and the policy", fc.array(spoiled(manyParts), { minLength: 1, maxLength: 3 }), (texts) => {
    const files = Object.fromEntries(texts.map((text, index) => [`${index}.yml`, text]));
    const resolved = resolveCompose({
      files: Object.keys(files),
      read: (name) => files[name] ?? null,
      variables: settingsOf,
      stack: settingsOf.STACK_NAME,
    });
    const taken = new Map([["http.routers.r", ["rule=x"]]]);
    const found = checkPolicy(resolved, {
      allow: nothingAllowed,
      stack: settingsOf.STACK_NAME,
      domain: settingsOf.DOMAIN,
      existing: nothing,
      hasOtherNodes: false,
      ofOneNode: new Set<string>(),
      taken,
      trustedFile: null,
      base: ".",
      checkFile: () => 1,
      readFile: () => "",
    });
    return [madeNames(resolved), policyDenied("echo", found)];
  }),
  reader("an .env", spoiled(dotEnv), (text) => {
    assertIdentity(identity, text, ".env");
    const sealed = sealEnv(identity, "42", text, ".env");
    assertSealed(identity, sealed, ".env");
    expect(settingsIn(sealed, ".env")).toMatchObject({ DOMAIN: identity.domain, STACK_NAME: identity.stack });
  }),
  reader("abra.sh", spoiled(['export CONF_VERSION=v1\nexport A="x"\nf() { :; }\n']), exportsIn),
  reader(
    "an address",
    fc.oneof(word(values), spoiled(["https://user:pass@forge.example.com/a/b.git", "git@forge.example.com:a/b.git"])),
    parseSource,
  ),
  reader("what abra says", spoiled(said), (text) => [fatalIn(text), saysNotDeployed(text), saysUnknownApp(text)]),
  reader("a card", almostJson(card), (text) => {
    writeFileSync(join(folder, "card"), text);
    const fd = openSync(join(folder, "card"), "r");
    try {
      return readCard(fd);
    } finally {
      closeSync(fd);
    }
  }),
  reader(
    "a run's record",
    almostJson(run),
    written("run.json", () => readRun(folder)),
  ),
  reader(
    "an app's record",
    almostJson(app),
    written("apps/x.json", () => readAppRecord(folder, "x" as Domain)),
  ),
];

for (const { name, property } of readers) {
  const each = Math.ceil(inputs / readers.length);
  test(`${name}: ${each} made-up inputs are read or refused, none takes a second of processor`, () => {
    fc.assert(
      property((reading) => {
        const began = workedMs();
        try {
          reading();
        } catch (error) {
          if (!isRefusal(error)) throw error;
        }
        expect(workedMs(began)).toBeLessThan(limitMs);
      }),
      { seed, numRuns: each, endOnFailure: true },
    );
  });
}
