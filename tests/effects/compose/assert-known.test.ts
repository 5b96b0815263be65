import { describe, expect, test } from "vitest";
import { resolveCompose } from "../../../src/effects/compose/resolve-compose.js";
import { testUnless } from "../../support/programs.js";
import { workedMs } from "../../support/worked.js";
import { bothViews, clientCannot } from "./docker-config.js";

const cannot = clientCannot();

const app = (line: string, top = "", version = ""): string => `${version}services:\n  app:\n    image: x:1\n    ${line}\n${top}`;

const read = (text: string): unknown =>
  resolveCompose({ files: ["compose.yml"], read: () => text, variables: { A: "x", N: "2", YES: "yes" }, stack: "s" });

/** Files that docker's client refuses, each with the message and the hint. */
const refusals: Readonly<Record<string, readonly [string, string, string]>> = {
  "a misspelt key of a service": [
    app("enviroment: {A: hunter2}"),
    "compose.yml:4: services.app.enviroment, which docker stack deploy does not know",
    "Did you mean environment?",
  ],
  "a key of docker compose": [app("platform: linux"), "compose.yml:4: services.app.platform, which", "take it out"],
  "a misspelt key of a section in a section": [
    app("deploy: {restart_policy: {conditon: any}}"),
    "compose.yml:4: services.app.deploy.restart_policy.conditon, which",
    "Did you mean condition?",
  ],
  "a misspelt section": [app("", "volume: {data: {}}\n"), "compose.yml:5: volume, which", "Did you mean volumes?"],
  "a misspelt key of a network": [
    app("", "networks:\n  n: {externel: true}\n"),
    "compose.yml:6: networks.n.externel, which",
    "Did you mean external?",
  ],
  "an extension in a section that takes none": [
    app("deploy: {x-own: 1}"),
    "compose.yml:4: services.app.deploy.x-own, which",
    "take it out",
  ],
  "an extension before version 3.7": [app("x-own: 1", "", 'version: "3.6"\n'), "compose.yml:5: services.app.x-own, which", "take it out"],
  "a key that is newer than the file's version": [
    app("init: true", "", 'version: "3.6"\n'),
    "compose.yml:5: services.app.init came with version 3.7",
    "Raise the version",
  ],
  "a number for a text": [
    app("user: 1000"),
    "compose.yml:4: services.app.user is a number, and docker stack deploy takes text there",
    "Put it in quotes",
  ],
  "a boolean in environment": [app("environment: {A: true}"), "compose.yml:4: services.app.environment.A is a boolean", "Put it in quotes"],
  "a map in a list of texts": [app("environment: [A: hunter2]"), "compose.yml:4: services.app.environment[0] is a map", "correct the file"],
  "a section with nothing in it": [app("environment:"), "compose.yml:4: services.app.environment is empty", "leave the key out"],
  "a service with nothing in it": ["services:\n  app:\n", "compose.yml:2: services.app is empty", "leave the key out"],
  "the same capability twice": [app("cap_add: [A, A]"), "compose.yml:4: services.app.cap_add has the same item twice", "correct the file"],
  "a long port twice": [
    app("ports: [{target: 80}, {target: 80}]"),
    "compose.yml:4: services.app.ports has the same item twice",
    "correct the file",
  ],
  "a number in quotes": [app('deploy: {replicas: "2"}'), "compose.yml:4: services.app.deploy.replicas is a string", "without quotes"],
  "a variable that is no number where one must be": [
    app("deploy: {replicas: $A}"),
    "compose.yml:4: services.app.deploy.replicas is a string",
    "correct the file",
  ],
  "a variable where docker makes no boolean of it": [app("init: $YES"), "compose.yml:4: services.app.init is a string", "correct the file"],
  "a fraction": [app("deploy: {replicas: 1.5}"), "compose.yml:4: services.app.deploy.replicas is not a whole number", "correct the file"],
  "a number below 0": [
    app("deploy: {restart_policy: {max_attempts: -1}}"),
    "compose.yml:4: services.app.deploy.restart_policy.max_attempts is below 0",
    "correct the file",
  ],
  "a time that is a number": [
    app("healthcheck: {interval: 10}"),
    "compose.yml:4: services.app.healthcheck.interval is a number",
    "in quotes",
  ],
  "a time without a unit": [
    app('healthcheck: {interval: "10"}'),
    "compose.yml:4: services.app.healthcheck.interval is not as docker stack deploy takes it: a duration such as 10s",
    "correct the file",
  ],
  "a time of an empty variable": [
    app("stop_grace_period: $NO"),
    "compose.yml:4: services.app.stop_grace_period is not as",
    "Are all its variables set",
  ],
  "an order that there is not": [
    app("deploy: {update_config: {order: both}}"),
    "compose.yml:4: services.app.deploy.update_config.order is not as docker stack deploy takes it: start-first, stop-first",
    "correct the file",
  ],
  "an amount of memory that is none": [
    app("deploy: {resources: {limits: {memory: 1x}}}"),
    "compose.yml:4: services.app.deploy.resources.limits.memory is not as",
    "correct the file",
  ],
  "a protocol that there is not": [
    app('ports: ["80/http"]'),
    "compose.yml:4: a port of a protocol that is none of tcp, udp, sctp",
    "Are all its variables set",
  ],
  "a quote in a command that does not end": [
    app('command: "echo it\'s hunter2"'),
    "compose.yml:4: services.app.command is not as docker stack deploy takes it: words whose quotes are all closed",
    "correct the file",
  ],
  "a backslash at the end of an entrypoint": [
    app("entrypoint: 'a \\'"),
    "compose.yml:4: services.app.entrypoint is not as",
    "correct the file",
  ],
  "a day where a text must be": [
    app("hostname: 2026-01-31"),
    "compose.yml:4: services.app.hostname is a date, and docker stack deploy takes text there",
    "Put it in quotes",
  ],
  "a time in a list": [app("environment: [2026-01-31T10:00:00Z]"), "compose.yml:4: services.app.environment[0] is a date", "in quotes"],
  "a day where a number must be": [
    app("deploy: {replicas: 2026-01-31}"),
    "compose.yml:4: services.app.deploy.replicas is a date",
    "correct the file",
  ],
  "a key that is a day": [app("environment: {2026-01-31: a}"), "compose.yml:4: a key that is no text", "in quotes"],
  "a mount without a type": [app("volumes: [{target: /a}]"), "compose.yml:4: services.app.volumes[0] has no `type`", "correct the file"],
  "half a limit": [app("ulimits: {nofile: {soft: 1}}"), "compose.yml:4: services.app.ulimits.nofile has no `hard`", "correct the file"],
  "a name with a space": [
    "services:\n  a b:\n    image: x:1\n",
    "compose.yml:3: services.a b, a name with other characters",
    "Letters, digits",
  ],
  "a name with a space that nobody sees": [
    "services:\n  a\u200Bb:\n    image: x:1\n",
    "compose.yml:3: services.a<U+200B>b, a name with other characters",
    "Letters, digits",
  ],
  "a key with a space that nobody sees": [
    app("image\u00A0: a"),
    "compose.yml:4: services.app.image<U+00A0>, which docker stack deploy does not know",
    "Did you mean image",
  ],
  "a key that is a number": [app("environment: {1: a}"), "compose.yml:4: a key that is no text", "in quotes"],
  "a long port before version 3.2": [
    app("ports: [{target: 80}]", "", 'version: "3.1"\n'),
    "compose.yml:5: services.app.ports[0] is a map",
    "correct the file",
  ],
  "a version before 3": [app("", "", 'version: "2.4"\n'), "compose.yml:1: its version is none that", "3.0 to 3.13"],
  "a version that is a number": [app("", "", "version: 3.8\n"), "compose.yml:1: version is a number", "Put it in quotes"],
};

test("when many services share a long command by an alias, it is examined only once", () => {
  const services = Array.from({ length: 200 }, (_, index) => `  a${index}: {image: "x:1", command: *long}\n`).join("");
  const began = workedMs();
  read(`x-long: &long "${"a ".repeat(100_000)}"\nservices:\n${services}`);
  expect(workedMs(began)).toBeLessThan(2_000);
});

describe("a compose file that docker's client would refuse by its schema", () => {
  test.each(Object.entries(refusals))("%s is refused by file and line, and no value is quoted", (_, [text, message, hint]) => {
    const refused = expect.objectContaining({
      code: "compose-refused",
      exitCode: 1,
      message: expect.stringContaining(message),
      hint: expect.stringContaining(hint),
    });
    expect(() => read(text)).toThrow(refused);
    expect(() => read(text)).not.toThrow("hunter2");
  });

  testUnless(cannot, { red: false })("docker's own client refuses each of these as well", () => {
    expect(
      Object.entries(refusals).flatMap(([title, [text]]) =>
        typeof bothViews({ "compose.yml": text }, { A: "x", N: "2", YES: "yes" }).theirs === "string" ? [] : [title],
      ),
    ).toEqual([]);
  });
});

/** Files that look wrong and are not. */
const taken: Readonly<Record<string, string>> = {
  "extensions at the top, of a service and of a volume": app("x-own: [1]", "x-a: {b: true}\nvolumes: {v: {x-cluster-spec: {group: g}}}\n"),
  "numbers and nothing as values": app("environment: {A: 1, B: 0.5, C: null, D: yes}\n    labels: {a: 1}\n    sysctls: {a: 1}"),
  "sections that may be empty": app("deploy:\n    pid:\n    networks: {n: }", "networks: {n: }\nvolumes: {v: }\n"),
  "what docker passes over": app(
    "build: {context: ., target: t, anything: [1]}\n    restart: no\n    privileged: true\n    expose: [1, '2']",
  ),
  "more keys in a secret's use and in ulimits": app(
    "secrets: [{source: s, mode: 0440, own: 1}]\n    ulimits: {nofile: 1, memlock: {soft: -1, hard: -1}}",
    "secrets: {s: {external: true}}\n",
  ),
  "the same word twice where docker does not mind": app(
    "command: [a, a]\n    secrets: [s, s]\n    volumes: ['ab:/b', 'ab:/b']",
    "secrets: {s: {external: true}}\nvolumes: {ab: }\n",
  ),
  "numbers and booleans by variables": app('deploy: {replicas: "${N}"}\n    tty: $YES\n    ports: [{target: $N}]'),
  "numbers as YAML 1.1 has them": app(
    "deploy: {replicas: 0x2}\n    secrets: [{source: s, mode: 0440}]\n    oom_score_adj: 1_0",
    "secrets: {s: {external: true}}\n",
  ),
  "days and times in an environment, and what looks like them": app(
    "environment: {A: 2026-01-31, B: 2026-1-1 1:2:3.5, C: 2026-01-31t10:00:00+01:00}\n    hostname: 2026-02-30\n    user: 2026-01-31T10:00:00",
  ),
  "days and times in quotes": app(
    `hostname: "2026-01-31"\n    user: '2026-01-31'\n    working_dir: !!str 2026-01-31\n    environment: ["2026-01-31"]`,
  ),
  "commands of every form": app(`command: 'a "b c" d\\ e # it''s'\n    entrypoint: [it's]\n    healthcheck: {test: "it's"}`),
  "times in every form": app('healthcheck: {interval: 1m30s, timeout: .5s, start_period: "0", retries: 1.5}\n    stop_grace_period: 1h1ms'),
  "amounts in every form": app("deploy: {resources: {limits: {memory: 1.5 GiB, cpus: '1/2'}, reservations: {memory: 64mb, cpus: ''}}}"),
  "ports in every form": app('ports: [80, "80-81", "[::1]:5:5", "1.2.3.4:53:53/UDP", ":6", "90-91:80", {target: 1, mode: host}]'),
  "version 3, and an empty one": app("init: true", "", 'version: "3"\n'),
};

/** Lines that the client's schema takes and that the client or the Swarm refuses in the middle of the deploy. */
const deployRefusals: Readonly<Record<string, readonly [string, string]>> = {
  "a mode that there is not": [
    "deploy: {mode: nonsense}",
    "services.app.deploy.mode is not as docker stack deploy takes it: replicated, global",
  ],
  "an endpoint mode that there is not": [
    "deploy: {endpoint_mode: round}",
    "services.app.deploy.endpoint_mode is not as docker stack deploy takes it: vip or dnsrr",
  ],
  "a condition that there is not": [
    "deploy: {restart_policy: {condition: sometimes}}",
    "services.app.deploy.restart_policy.condition is not as docker stack deploy takes it: none, on-failure, any",
  ],
  "an action that there is not": [
    "deploy: {update_config: {failure_action: stop}}",
    "services.app.deploy.update_config.failure_action is not as docker stack deploy takes it: pause, continue, rollback",
  ],
  "a delay that runs backwards": ["deploy: {restart_policy: {delay: -1s}}", "services.app.deploy.restart_policy.delay is not as"],
  "a health check that is too frequent": [
    "healthcheck: {interval: 10us}",
    "services.app.healthcheck.interval is not as docker stack deploy takes it: 0 or a duration of at least 1ms",
  ],
  "processors that are no number": ["deploy: {resources: {limits: {cpus: many}}}", "services.app.deploy.resources.limits.cpus is not as"],
  "finer parts of a processor than there are": [
    "deploy: {resources: {limits: {cpus: '0.0000000001'}}}",
    "services.app.deploy.resources.limits.cpus is not as",
  ],
  "less memory than the Swarm gives": [
    "deploy: {resources: {limits: {memory: 1M}}}",
    "services.app.deploy.resources.limits.memory is not as docker stack deploy takes it: an amount of memory of at least 4M",
  ],
  "more than all may fail": [
    "deploy: {update_config: {max_failure_ratio: 1.5}}",
    "services.app.deploy.update_config.max_failure_ratio is not as docker stack deploy takes it: a ratio from 0 to 1",
  ],
  "less than none may fail": [
    "deploy: {update_config: {max_failure_ratio: -0.1}}",
    "services.app.deploy.update_config.max_failure_ratio is not as",
  ],
  "a propagation that there is not": [
    "volumes: [{type: bind, source: /a, target: /a, bind: {propagation: wide}}]",
    "services.app.volumes[0].bind.propagation is not as docker stack deploy takes it: rprivate, private",
  ],
  "a user by its name": [
    "configs: [{source: c, uid: me}]",
    "services.app.configs[0].uid is not as docker stack deploy takes it: a number in quotes",
  ],
  "a constraint without a value": [
    'deploy: {placement: {constraints: ["node.labels.x == $NO"]}}',
    "services.app.deploy.placement.constraints[0] is not as docker stack deploy takes it: a constraint such as",
  ],
};

test.each(Object.entries(deployRefusals))("%s is refused before anything is deployed", (_, [line, message]) => {
  expect(() => read(app(line))).toThrow(
    expect.objectContaining({ code: "compose-refused", message: expect.stringContaining(`compose.yml:4: ${message}`) }),
  );
});

test("what stands for nothing, and VIP in capitals, is deployed", () => {
  expect(() => read(app("deploy: {rollback_config: {max_failure_ratio: 5}, update_config: {max_failure_ratio: 1}}"))).not.toThrow();
  expect(() =>
    read(
      app(
        "volumes: [{type: bind, source: /a, target: /a, bind: {propagation: ''}}, {type: bind, source: /a, target: /b, bind: {propagation: RShared}}]\n    configs: [{source: c, uid: '', gid: '+5'}]",
      ),
    ),
  ).not.toThrow();
  expect(() =>
    read(
      app(
        "deploy: {mode: '', endpoint_mode: VIP, restart_policy: {condition: ''}, resources: {limits: {cpus: '0'}}, placement: {constraints: ['node.labels.a.b!=x y']}}",
      ),
    ),
  ).not.toThrow();
});

describe("a compose file that docker's client takes", () => {
  test.each(Object.entries(taken))("%s are taken", (_, text) => expect(() => read(text)).not.toThrow());

  testUnless(cannot, { red: false })("docker's own client takes each of these as well", () => {
    expect(
      Object.entries(taken).flatMap(([title, text]) =>
        typeof bothViews({ "compose.yml": text }, { A: "x", N: "2", YES: "yes" }).theirs === "string" ? [title] : [],
      ),
    ).toEqual([]);
  });

  test("when a compose file has a newer version than all known ones, its keys are not judged", () => {
    expect(() => read(app("whatever: true", "", 'version: "3.99"\n'))).not.toThrow();
  });
});
