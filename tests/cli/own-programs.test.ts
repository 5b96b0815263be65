import { chmodSync, cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ResultsFile } from "../../src/effects/report/results.js";
import { writeProgram } from "../support/own-code.js";
import type { Ended } from "../support/program.js";
import { Sandbox } from "../support/sandbox-run.js";

let sandbox: Sandbox;
let run: Ended;
const results = (): ResultsFile => JSON.parse(readFileSync(join(sandbox.root, "runs", "r", "results.json"), "utf8")) as ResultsFile;
const log = (): string => readFileSync(join(sandbox.root, "runs", "r", "run.log"), "utf8");

const edit = (file: string, change: (text: string) => string): void => writeFileSync(file, change(readFileSync(file, "utf8")));

const printsPin = `echo "the pin is $(docker exec "$(docker ps --quiet --filter "name=\${CCCI_STACK_NAME}_app")" node -p "fs.readFileSync(process.env.SANDBOX_ROOTFS + '/run/secrets/pin', 'utf8')")."; `;

/** One run of a recipe that brings a test along and is listed, with hooks and settings of the operator's. */
beforeAll(async () => {
  sandbox = new Sandbox();
  // nobody must get to the run's folder.
  chmodSync(sandbox.root, 0o755);
  const [source, operators] = [join(sandbox.root, "source"), join(sandbox.root, "operators")];
  cpSync("examples/recipes/notes/0.2.0+1.1.0", source, { recursive: true });
  cpSync("examples/operator/notes", join(operators, "notes"), { recursive: true });
  writeProgram(
    join(source, ".recipe-ci"),
    "tests/custom/50-own",
    'printf "<testsuite><testcase classname=\'own\' name=\'as %s\'/></testsuite>" "$(id -u)" >"$CCCI_REPORT_DIR/own.xml"; [ -z "$ABRA_DIR" ]',
  );
  writeProgram(
    join(operators, "notes"),
    "install_steps.sh",
    'grep "^GREETING=" "$CCCI_ENV_FILE"; echo STEPS=done >>"$CCCI_ENV_FILE"; abra app secret insert "$CCCI_APP_DOMAIN" client v1 from-the-provider --no-input --offline --chaos',
  );
  edit(join(source, ".env.sample"), (text) => `${text}\nSECRET_CLIENT_VERSION=v1 # generate=false\nSECRET_DOOR_VERSION=v1 # length=6\n`);
  edit(join(source, "compose.yml"), (text) =>
    text
      .replace("- admin_token\n", "- admin_token\n      - client\n      - pin\n")
      .replace(
        "\nsecrets:\n",
        "\nsecrets:\n  pin:\n    external: true\n    name: ${STACK_NAME}_pin_${SECRET_DOOR_VERSION}\n  client:\n    external: true\n    name: ${STACK_NAME}_client_${SECRET_CLIENT_VERSION}\n",
      ),
  );
  writeProgram(
    join(operators, "notes"),
    "pre_custom",
    printsPin + 'echo "before custom at $CCCI_BASE_URL"; grep "^STEPS=" "$ABRA_DIR/servers/default/$CCCI_APP_DOMAIN.env"',
  );
  writeFileSync(
    join(operators, "notes", "recipe.yml"),
    `${readFileSync(join(operators, "notes", "recipe.yml"), "utf8")}variants: { loud: { env: { GREETING: "hello {domain}" } } }\n`,
  );
  writeFileSync(join(sandbox.root, "settings.yml"), "allowRepoTests: [notes]\n");
  run = await sandbox.run(
    ["run", "notes", "--src", source, "--sandbox", "--run-id", "r", "--stages", "install,custom", "--variant", "loud"],
    { CCCI_RECIPES_DIR: operators },
  );
}, 90_000);
afterAll(() => sandbox.close());

test("a run with hooks, a variant and tests of the recipe's own is green, and says what it resolved", () => {
  expect(run.stdout).toContain("passed, exit code 0");
  expect(run.stdout).toMatch(/settings: the operator's recipe.yml, variant loud, compose.ccci.yml on top/);
  expect(run.stdout).toContain("the recipe's own programs: tests/custom/50-own");
  expect(results().customization).toMatchObject({ variant: "loud", settings: { env: { GREETING: "hello {domain}" } } });
});

test("the recipe's own test ran as nobody where we are root, and was reported by its own report", () => {
  expect(results().stages.custom?.tests.map(({ name }) => name)).toContain(
    `50-own: own: as ${process.getuid?.() === 0 ? 65_534 : (process.getuid?.() ?? "")}`,
  );
});

test("install_steps.sh saw the variant's .env and changed it, and a hook found the change in the deployed app", () => {
  expect(log()).toMatch(/GREETING='?hello note-[0-9a-f]{6}[.]sandbox[.]localhost/);
  expect(log()).toContain("before custom at http://");
  expect(log()).toContain("STEPS=done");
});

test("a secret that abra is told not to make was inserted by install_steps.sh, and the app was deployed with it", () => {
  expect(log()).toContain("client successfully stored on server");
  expect(log()).not.toContain("is external and is not there");
});

test("a short secret that the compose files call by another name than the .env does is masked where a hook prints it", () => {
  expect(log()).toContain("the pin is ***.");
});
