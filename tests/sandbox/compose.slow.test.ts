import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { StandIns, until } from "./stand-ins.js";

let world: StandIns;

beforeEach(() => {
  world = new StandIns();
});
afterEach(() => world.close());

test("the pull and the deploy of an image that the sandbox does not have fail and name the image", async () => {
  const pulled = await world.docker("pull", "nginx:1.27");
  expect(pulled.code).toBe(1);
  expect(pulled.stderr).toContain("nginx:1.27");
  const deployed = await world.deploy("web", "services: {app: {image: 'nginx:1.27'}}\n");
  expect(deployed.code).toBe(1);
  expect(deployed.stderr).toContain("the sandbox has no image nginx:1.27");
  expect(await world.rows("service", "ls")).toEqual([]);
  await world.docker("stack", "rm", "web");
});

const specOf = async (service: string): Promise<Readonly<Record<string, unknown>>> =>
  (await world.inspect<{ Spec: { TaskTemplate: { ContainerSpec: Record<string, unknown> } } }>("service", "inspect", service)).Spec
    .TaskTemplate.ContainerSpec;

const image = "image: local/echo-app:1.0.0";

test.each([
  ["merge keys and x- fields", `x-common: &common {${image}, x-own: 1}\nservices: {app: {<<: *common}}\n`],
  ["no version line", `services: {app: {${image}}}\n`],
  ["a command and an entrypoint in one text each", `services: {app: {${image}, entrypoint: "node", command: app.js}}\n`],
  ["a health check as a text", `services: {app: {image: local/guestbook-db:1.0.0, healthcheck: {test: "true", interval: 1s}}}\n`],
  ["a health check that is switched off", `services: {app: {${image}, healthcheck: {disable: true}}}\n`],
  ["a health check NONE", `services: {app: {${image}, healthcheck: {test: ["NONE"]}}}\n`],
  [
    "what is only for a Swarm that isolates",
    `services: {app: {${image}, user: "0:0", cap_add: [NET_ADMIN], init: true, hostname: x, extra_hosts: ["a:1.2.3.4"]}}\n`,
  ],
  ["a port of the mesh", `services: {app: {${image}, ports: ["8080"]}}\n`],
])("a stack with %s runs", async (_, text) => {
  await writeAndDeploy("takes", text);
  await world.runs("takes_app");
});

const writeAndDeploy = async (stack: string, text: string): Promise<Awaited<ReturnType<StandIns["docker"]>>> => {
  writeFileSync(join(world.root, `${stack}.yml`), text);
  return world.docker("stack", "deploy", "-c", join(world.root, `${stack}.yml`), stack);
};

test.each([
  ["depends_on with conditions", `{${image}, depends_on: {db: {condition: service_healthy}}}`, "services.app.depends_on must be a list"],
  ["what version 2 had", `{${image}, mem_limit: 1g}`, "Configuration contains forbidden properties"],
  ["a substitution with a plus", `{image: "local/echo-app:\${A:+1}"}`, "invalid interpolation format for services.app.image"],
  ["a variable that is required", `{image: "local/echo-app:\${A:?say which}"}`, "required variable A is missing a value: say which"],
  ["a boolean in the environment", `{${image}, environment: {A: true}}`, "services.app.environment.A must be a string, number or null"],
  ["a network that nobody declares", `{${image}, networks: [nope]}`, 'service app: undefined network "nope"'],
  ["a volume that nobody declares", `{${image}, volumes: ["nope:/x"]}`, 'service app: undefined volume "nope"'],
  ["a mode that there is not", `{${image}, deploy: {mode: nonsense}}`, "service app: Unknown mode: nonsense"],
  [
    "a health check that is and is not",
    `{${image}, healthcheck: {test: [CMD, x], disable: true}}`,
    "test and disable can't be set at the same time",
  ],
  [
    "a port of the mesh with dnsrr",
    `{${image}, ports: ["8080"], deploy: {endpoint_mode: dnsrr}}`,
    "port published with ingress mode can't be used with dnsrr mode",
  ],
  [
    "update settings for a job",
    `{${image}, deploy: {mode: replicated-job, update_config: {order: start-first}}}`,
    "Jobs may not have an update config",
  ],
])("a stack with %s is refused in the client's words", async (_, service, words) => {
  const said = await writeAndDeploy("refused", `services: {app: ${service}}\n`);
  expect(said.code).toBe(1);
  expect(said.stderr).toContain(words);
});

test("a default is taken literally, an empty value counts where the form says so, and a later variable makes an earlier refusal irrelevant", async () => {
  const text = `services: {app: {${image}, environment: {A: "\${NONE:-\${X}}", B: "\${EMPTY-x}", C: "\${EMPTY:-x}", D: "$$D", E: "$NONE-x y", F: "$? \${NONE?no} $EMPTY"}}}\n`;
  writeFileSync(join(world.root, "forms.yml"), text);
  await world.start("docker", ["stack", "deploy", "-c", join(world.root, "forms.yml"), "forms"], { EMPTY: "" }).ended;
  expect((await specOf("forms_app"))["Env"]).toEqual(["A=${X}", "B=", "C=x", "D=$D", "E=x y", "F=?  "]);
});

test("a mount may be inside another one, and its path may end with a slash", async () => {
  const mounts = `volumes: ["inner:/site/data/", "outer:/site/"]`;
  await writeAndDeploy(
    "nested",
    `services: {app: {${image}, ${mounts}, entrypoint: [node, -e, "for (const [at, text] of [['/site/data/f', 'in'], ['/site/f', 'out']]) require('fs').writeFileSync(process.env.SANDBOX_ROOTFS + at, text); setInterval(() => {}, 10000)"]}}\nvolumes: {inner: , outer: }\n`,
  );
  await world.runs("nested_app");
  const textIn = (volume: string): string => {
    const file = join(world.root, "world", "volume-data", `nested_${volume}`, "f");
    return existsSync(file) ? readFileSync(file, "utf8") : "";
  };
  await until("the volumes have what was written", () => textIn("inner") === "in" && textIn("outer") === "out");
});

test("a template that the sandbox cannot fill in is refused, the refusal names the key or file, and nothing is created", async () => {
  writeFileSync(join(world.root, "if.txt"), "{{ if true }}a{{ end }}");
  for (const [word, at] of [
    ["config", "configs: [c]"],
    ["secret", "secrets: [c]"],
  ] as const) {
    const { stderr } = await writeAndDeploy(
      "tpl",
      `services: {app: {${image}, ${at}}}\n${word}s: {c: {file: ./if.txt, template_driver: golang}}\n`,
    );
    expect(stderr).toContain(`the sandbox does not know what stands in the template of the ${word} "c"; use a Swarm for it`);
    expect(await world.rows(word, "ls")).toEqual([]);
  }
  expect((await writeAndDeploy("tpl", `services: {app: {${image}, hostname: "{{ if true }}a{{ end }}"}}\n`)).stderr).toContain(
    "the sandbox does not know such a template of hostname",
  );
});

test("keys that the client ignores are ignored with its warning", async () => {
  const { code, stderr } = await writeAndDeploy("warns", `services: {app: {${image}, build: ., links: [db], container_name: x}}\n`);
  expect(code).toBe(0);
  expect(stderr).toContain("Ignoring unsupported options: build, links");
  expect(stderr).toContain("container_name: Setting the container name is not supported.");
});

test("a stack uses external networks that were created by hand", async () => {
  const text = `services: {app: {${image}, networks: [proxy]}}\nnetworks: {proxy: {external: true}}\n`;
  expect((await writeAndDeploy("outer", text)).stderr).toContain('network "proxy" is declared as external, but could not be found');
  expect((await world.docker("network", "create", "-d", "overlay", "--attachable", "proxy")).code).toBe(0);
  expect((await writeAndDeploy("outer", text)).code).toBe(0);
  await world.runs("outer_app");
});

test("a failed update is rolled back if the service asks for it", async () => {
  const text = (version: string): string =>
    `services: {app: {image: ${version}, stop_grace_period: 1s, deploy: {restart_policy: {delay: 100ms}, update_config: {failure_action: rollback, monitor: 5s}}}}\n`;
  await writeAndDeploy("back", text("local/echo-app:1.0.0"));
  await world.runs("back_app");
  await writeAndDeploy("back", text("local/notes-broken:1.0.0"));
  await until(
    "it is back",
    async () =>
      (await world.inspect<{ UpdateStatus?: { State: string } }>("service", "inspect", "back_app")).UpdateStatus?.State ===
      "rollback_completed",
  );
  expect((await specOf("back_app"))["Image"]).toBe("local/echo-app:1.0.0");
});

test("bin/docker refuses an unknown flag or command by name", async () => {
  expect((await world.docker("service", "ls", "--bogus")).stderr).toContain("unknown flag: --bogus");
  expect((await world.docker("swarm", "leave")).stderr).toContain("'swarm leave' is not a docker command of the sandbox");
  expect(await world.api("POST", "/v1.41/swarm/leave")).toMatchObject({ status: 404 });
});
