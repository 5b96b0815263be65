import { describe, expect, test } from "vitest";
import { resolveCompose } from "../../../src/effects/compose/resolve-compose.js";
import { testUnless } from "../../support/programs.js";
import { bothViews, clientCannot } from "./docker-config.js";

const cannot = clientCannot();

const app = (line: string, top = "", version = ""): string => `${version}services:\n  app:\n    image: x:1\n    ${line}\n${top}`;

const read = (text: string): unknown => resolveCompose({ files: ["compose.yml"], read: () => text, variables: {}, stack: "s" });

/** What docker's client refuses: what is said of it, and the hint. */
const refusals: Readonly<Record<string, readonly [string, string, string]>> = {
  "a misspelt key of a service": [app("enviroment: {A: hunter2}"), "compose.yml:4: services.app.enviroment, which docker stack deploy does not know", "Did you mean environment?"],
  "a key of docker compose": [app("platform: linux"), "compose.yml:4: services.app.platform, which", "take it out"],
  "a misspelt key of a section in a section": [app("deploy: {restart_policy: {conditon: any}}"), "compose.yml:4: services.app.deploy.restart_policy.conditon, which", "Did you mean condition?"],
  "a misspelt section": [app("", "volume: {data: {}}\n"), "compose.yml:5: volume, which", "Did you mean volumes?"],
  "a misspelt key of a network": [app("", "networks:\n  n: {externel: true}\n"), "compose.yml:6: networks.n.externel, which", "Did you mean external?"],
  "an extension in a section that takes none": [app("deploy: {x-own: 1}"), "compose.yml:4: services.app.deploy.x-own, which", "take it out"],
  "an extension before version 3.7": [app("x-own: 1", "", 'version: "3.6"\n'), "compose.yml:5: services.app.x-own, which", "take it out"],
  "a key that is newer than the file's version": [app("init: true", "", 'version: "3.6"\n'), "compose.yml:5: services.app.init came with version 3.7", "Raise the version"],
  "a number for a text": [app("user: 1000"), "compose.yml:4: services.app.user is a number, and docker stack deploy takes text there", "Put it in quotes"],
  "a boolean in environment": [app("environment: {A: true}"), "compose.yml:4: services.app.environment.A is a boolean", "Put it in quotes"],
  "a map in a list of texts": [app("environment: [A: hunter2]"), "compose.yml:4: services.app.environment[0] is a map", "correct the file"],
  "a section with nothing in it": [app("environment:"), "compose.yml:4: services.app.environment is empty", "leave the key out"],
  "a service with nothing in it": ["services:\n  app:\n", "compose.yml:2: services.app is empty", "leave the key out"],
  "the same capability twice": [app("cap_add: [A, A]"), "compose.yml:4: services.app.cap_add has the same item twice", "correct the file"],
  "a version before 3": [app("", "", 'version: "2.4"\n'), "compose.yml:1: its version is none that", "3.0 to 3.13"],
  "a version that is a number": [app("", "", "version: 3.8\n"), "compose.yml:1: version is a number", "Put it in quotes"],
};

describe("a compose file that docker's client would refuse by its schema", () => {
  test.each(Object.entries(refusals))("%s is refused by file and line, and no value is quoted", (_, [text, message, hint]) => {
    const refused = expect.objectContaining({ code: "compose-refused", exitCode: 1, message: expect.stringContaining(message), hint: expect.stringContaining(hint) });
    expect(() => read(text)).toThrow(refused);
    expect(() => read(text)).not.toThrow("hunter2");
  });

  testUnless(cannot, { red: false })("docker's own client refuses each of these as well", () => {
    expect(Object.entries(refusals).flatMap(([title, [text]]) => (typeof bothViews({ "compose.yml": text }).theirs === "string" ? [] : [title]))).toEqual([]);
  });
});

/** Each looks like a slip and is none. */
const taken: Readonly<Record<string, string>> = {
  "extensions at the top, of a service and of a volume": app("x-own: [1]", "x-a: {b: true}\nvolumes: {v: {x-cluster-spec: {group: g}}}\n"),
  "numbers and nothing as values": app("environment: {A: 1, B: 0.5, C: null, D: yes}\n    labels: {a: 1}\n    sysctls: {a: 1}"),
  "sections that may be empty": app("deploy:\n    pid:\n    networks: {n: }", "networks: {n: }\nvolumes: {v: }\n"),
  "what docker passes over": app("build: {context: ., target: t, anything: [1]}\n    restart: no\n    privileged: true\n    expose: [1, '2']"),
  "more keys in a secret's use and in ulimits": app("secrets: [{source: s, mode: 0440, own: 1}]\n    ulimits: {nofile: 1, memlock: {soft: -1, hard: -1}}", "secrets: {s: {external: true}}\n"),
  "the same word twice where docker does not mind": app("command: [a, a]\n    secrets: [s, s]\n    volumes: ['a:/b', 'a:/b']", "secrets: {s: {external: true}}\nvolumes: {a: }\n"),
  "version 3, and an empty one": app("init: true", "", 'version: "3"\n'),
};

describe("a compose file that docker's client takes", () => {
  test.each(Object.entries(taken))("%s are taken", (_, text) => expect(() => read(text)).not.toThrow());

  testUnless(cannot, { red: false })("docker's own client takes each of these as well", () => {
    expect(Object.entries(taken).flatMap(([title, text]) => (typeof bothViews({ "compose.yml": text }).theirs === "string" ? [title] : []))).toEqual([]);
  });

  test("a version that is newer than all we know is not judged", () => {
    expect(() => read(app("whatever: true", "", 'version: "3.99"\n'))).not.toThrow();
  });
});
