import { describe, expect, test } from "vitest";
import { imagesOf, madeNames, resolveCompose } from "../../../src/effects/compose/resolve-compose.js";
import { isImageName } from "../../../src/effects/compose/image-name.js";
import { testUnless } from "../../support/programs.js";
import { clientCannot, expectReadAlike, type Files } from "./docker-config.js";

// Each form of a substitution, and random files: docker-config.slow.test.ts.

/** Debian 12 has an older client, so that this is no reason for red: what is compared is ours and the same on every machine. */
const cannot = clientCannot();

const app = (more: string, top = ""): string =>
  `version: "3.8"\nservices:\n  app:\n    image: x:1\n${more.replaceAll(/^/gm, "    ")}\n${top}`;
const one = (more: string, top = ""): Files => ({ "compose.yml": app(more, top) });

const written: Readonly<Record<string, Files>> = {
  "merge keys and x- fields": {
    "compose.yml":
      'x-a: &a {image: "y:1", cap_add: [A]}\nx-b: &b {image: "z:1", ports: ["80"]}\nservices:\n  app:\n    <<: [*a, *b]\n  two:\n    <<: *b\n    image: "own:1"\n  three: &t\n    image: "t:1"\n  four: *t\n',
  },
  "a slip that a later variable makes docker forget": one(
    "deploy: {labels: ['a=$? ${NO:?why} $TAG $$', 'b=${1} $TAG', 'c=${TAG:+b} ${NO-b}', 'd=$ ${NO}']}",
  ),
  "no version": { "compose.yml": "services: {app: {image: 'a:1'}}\n", "more.yml": "services: {app: {image: 'b:1'}}\n" },
  "two versions": { "compose.yml": app(""), "more.yml": "services: {app: {image: 'b:1'}}\n" },
  "short volumes": one(
    'volumes: ["a:/a", "/etc:/b:ro", "./c:/c", "~/d:/d", "/anonymous", "a:/e:nocopy,rw", "../up:/f:ro,rw", "/x/../y:/g", "${DIR}:/h", "a:/i:ro,z"]',
    "volumes: {a: {}}",
  ),
  "long volumes": one(
    "volumes:\n  - {type: bind, source: /etc, target: /a}\n  - {type: volume, source: a, target: /b, read_only: true}\n  - {type: tmpfs, target: /c}\n  - type: bind\n    source: ./x\n    target: /d\n    read_only: ${YES}",
    "volumes: {a: {}}",
  ),
  "an empty volume": one('volumes: [""]'),
  "a volume with too many colons": one('volumes: ["a:b:c:d"]'),
  "a volume with an empty field": one('volumes: ["a::c"]'),
  "short ports": one(
    'ports: ["80", "8080:80", "9000-9002:90-92", "127.0.0.1:53:53/udp", "3000-3001", 443, "[::1]:81:81", "7000-7001:7", "${PORT}:1", ":5"]',
  ),
  "ports in two ranges": one('ports: ["1-3:1-2"]'),
  "long ports": one(
    "ports:\n  - {target: 80, published: 8080, mode: host, protocol: udp}\n  - {target: 81}\n  - target: ${PORT}\n    published: ${PORT}",
  ),
  "labels as list and map": {
    "compose.yml": app('deploy: {labels: ["a=1", "b", "c=x=y"]}'),
    "more.yml": app("deploy: {labels: {a: 2, d: true, e: null}}"),
  },
  "lists in two files": {
    "compose.yml": app(
      'cap_add: [A]\nvolumes: ["a:/x", "b:/y"]\nports: ["80:80", "81:81"]\nnetworks: [n]\nsecrets: [s]',
      "volumes: {a: {}, b: {}}\nnetworks: {n: {}, m: {}}\nsecrets: {s: {external: true}}",
    ),
    "more.yml": app(
      'cap_add: [B]\nvolumes: ["/etc:/x"]\nports: ["80:90", "82:82"]\nnetworks: {m: {aliases: [q]}}\nsecrets: [{source: s, target: t}]',
    ),
  },
  "two free ports and another file": { "compose.yml": app('ports: ["80", "81"]'), "more.yml": app('ports: ["82"]') },
  "an image that is empty in the second file": {
    "compose.yml": app(""),
    "more.yml": 'version: "3.8"\nservices: {app: {image: ""}, two: {image: "b:1"}}\n',
  },
  externals: one(
    "",
    'networks: {proxy: {external: true}, n: {external: {name: old}}, o: {external: true, name: other}, p: {name: named}, q: {external: ${YES}}, r: {external: false}, s: null}\nvolumes: {v: {external: true}, w: {driver: local, driver_opts: {type: nfs}}}\nsecrets: {a: {external: true, name: "a_${TAG}"}}\nconfigs: {c: {file: ./c, name: "c_${TAG}"}}',
  ),
  "an object in two files": {
    "compose.yml": app("", "volumes: {v: {driver: local, name: one}}\nnetworks: {n: {driver: overlay}}"),
    "more.yml": app("", "volumes: {v: {name: two}}\nnetworks: {n: {external: true, name: x}}"),
  },
  "networks as map": one("networks: {a: null, b: {aliases: [x]}}", "networks: {a: {}, b: {}}"),
  extends: one("extends: {service: x}"),
  "depends_on as a list and as a map": {
    "compose.yml": app("depends_on: [app]"),
    "more.yml": app("depends_on: {app: {condition: service_started}}"),
  },
  "no map": { "compose.yml": "- a\n" },
  "services that are a list": { "compose.yml": "services: [a]\n" },
  "a service that is a word": { "compose.yml": "services: {app: word}\n" },
  "an alias to itself": { "compose.yml": "services: &s {app: *s}\n" },
  "two equal keys": { "compose.yml": "services: {app: {image: a}, app: {image: b}}\n" },
  "an anchor defined twice": { "compose.yml": "x-a: &a {image: 'a:1'}\nservices: {one: *a}\nx-b: &a {image: 'b:1'}\n" },
};

describe("beside docker's own client", () => {
  const test = testUnless(cannot, { red: false });
  test.each(Object.entries(written))("our reading is docker's: %s", (_, files) => expectReadAlike(files));
});

const resolve = (files: Files, variables: Readonly<Record<string, string>> = {}) =>
  resolveCompose({ files: Object.keys(files), read: (name) => files[name] ?? null, variables, stack: "note-abcdef_ci_test" });

test("when a compose file is missing, the hint says that .env.sample or recipe.yml names it", () => {
  expect(() => resolveCompose({ files: ["compose.smtp.yml"], read: () => null, variables: {}, stack: "s" })).toThrow(
    expect.objectContaining({
      message: "compose.smtp.yml:1: it is to be deployed, and it is not there",
      hint: "Correct what names it: COMPOSE_FILE in .env.sample, or compose or env in recipe.yml.",
    }),
  );
});

const refusals: Readonly<Record<string, readonly [Files, string]>> = {
  "a file that is not there": [{}, "COMPOSE_FILE:1: "],
  "no map": [{ "compose.yml": "- a\n" }, "compose.yml:1: a compose file is a map"],
  "nothing at all": [{ "compose.yml": "" }, "compose.yml:1: a compose file is a map"],
  "a service that is a word": [{ "compose.yml": "services:\n  app: hunter2\n" }, "compose.yml:2: the service app is not a map"],
  "depends_on with conditions": [
    { "compose.yml": "services:\n  app:\n    depends_on: {hunter2: {condition: service_healthy}}\n" },
    "compose.yml:3: the service app has `depends_on` with conditions",
  ],
  extends: [{ "compose.yml": "services:\n  app:\n    extends: {service: x}\n" }, "compose.yml:3: the service app has `extends`"],
  include: [{ "compose.yml": "include: [hunter2.yml]\nservices: {}\n" }, "compose.yml:1: `include`"],
  "a form that docker does not know": [
    { "compose.yml": "services:\n  app:\n    image: ${A:+hunter2}\n" },
    "compose.yml:3: ${A:+…}, a form that docker stack deploy does not know",
  ],
  "a required variable": [
    { "compose.yml": "services:\n  app:\n    image: ${A:?hunter2}\n" },
    "compose.yml:3: the variable A is required and is not set",
  ],
  "a slip of which no variable makes docker forget": [
    { "compose.yml": "services:\n  app:\n    image: '$A ${B:-b} $? $$'\n" },
    "compose.yml:3: a `$` that begins no variable",
  ],
  "two versions": [
    { "compose.yml": 'version: "3.8"\nservices: {app: {}}', "more.yml": "services: {app: {}}" },
    "more.yml:1: version 3.13, and compose.yml has 3.8",
  ],
  "an alias to itself": [{ "compose.yml": "services: &s\n  app: *s\n" }, "compose.yml:2: an alias that leads nowhere"],
  "aliases of aliases": [
    {
      "compose.yml": `a0: &a0 [1,2,3,4,5,6,7,8,9]\n${Array.from({ length: 9 }, (_, n) => `a${n + 1}: &a${n + 1} [${Array.from({ length: 9 }, () => `*a${n}`).join(",")}]`).join("\n")}\n`,
    },
    "more than 100000 entries",
  ],
  "a merge below a key that it brings in as well": [
    { "compose.yml": "x-a: &a {volumes: ['/etc:/hunter2']}\nservices:\n  app:\n    volumes: ['v:/v']\n    <<: *a\n" },
    "compose.yml:5: `<<` stands below `volumes`",
  ],
  "a tag": [
    { "compose.yml": "services:\n  app:\n    volumes: [!!binary L2V0YzovaHVudGVyMg==]\n" },
    "compose.yml:3: YAML that not all readers take for the same at line 3 (a tag)",
  ],
  "a second document": [
    { "compose.yml": "services: {app: {}}\n---\nservices: {db: {image: hunter2}}\n" },
    "compose.yml:2: YAML of several documents",
  ],
  "200,000 levels": [{ "compose.yml": "[".repeat(200_000) }, "compose.yml:1: its YAML is nested more than"],
  "too many ports": [{ "compose.yml": 'services: {app: {ports: ["1-60000:1-60000"]}}' }, "compose.yml:1: more than 1000 ports"],
};

test.each(Object.entries(refusals))("%s is refused by file and line, and not quoted", (_, [files, message]) => {
  const refused = (() => {
    try {
      return resolve(files);
    } catch (error) {
      return error;
    }
  })();
  expect(refused).toMatchObject({ code: "compose-refused", exitCode: 1, message: expect.stringContaining(message) });
  expect(String(refused)).not.toContain("hunter2");
});

/** Hints that tell the author of the file more than docker's message does. */
const helps: Readonly<Record<string, readonly [string, string]>> = {
  "a required variable": ["image: ${A:?}", "under env in recipe.yml"],
  "a volume of an empty variable": ['volumes: ["${A}:/data"]', "Are all its variables set"],
  "a port of an empty variable": ['ports: ["${A}"]', "Are all its variables set"],
  "a NUL, which docker takes": ['environment: ["A=\\0"]', "Correct the file in that line"],
  "a tag, which docker takes": ["ports: !reset []", "docker's client may take it"],
};

test.each(Object.entries(helps))("the hint for %s tells the author what to do", (_, [line, hint]) => {
  expect(() => resolve({ "compose.yml": `services:\n  app:\n    ${line}\n` })).toThrow(
    expect.objectContaining({ hint: expect.stringContaining(hint) }),
  );
});

test("when variables name each other in a circle, they are substituted only once", () => {
  expect(imagesOf(resolve({ "compose.yml": 'services: {app: {image: "${A}"}}' }, { A: "${B}", B: "${A}" }))).toEqual(["${B}"]);
});

test("when variables make a file larger than 4 MiB, it is refused before it fills the memory", () => {
  expect(() => resolve({ "compose.yml": `services: {app: {image: "${"$A".repeat(100_000)}"}}` }, { A: "x".repeat(100_000) })).toThrow(
    "more than 4 MiB",
  );
});

test("the names of the objects that a deploy makes are those on the Swarm, without external objects", () => {
  const compose = resolve(
    {
      "compose.yml":
        'services:\n  db: {image: "db:1", deploy: {labels: ["traefik.http.services.db.loadbalancer.server.port=5432"]}}\n  app: {image: "db:1", deploy: {labels: ["traefik.http.services.x.loadbalancer.server.port=80"]}}\nvolumes: {data: null}\nnetworks: {proxy: {external: true}}\nsecrets: {pw: {external: true, name: "${STACK_NAME}_pw_v1"}}\nconfigs: {c: {file: c, name: c_v1}}\n',
    },
    { STACK_NAME: "note-abcdef_ci_test" },
  );
  expect(imagesOf(compose)).toEqual(["db:1"]);
  expect(madeNames(compose)).toEqual({ network: [], volume: ["note-abcdef_ci_test_data"], secret: [], config: ["c_v1"] });
});

test("names that an image can have are told from names that it cannot have", () => {
  for (const image of [
    "a",
    "A/b",
    "a:1",
    "a/b_c.d--e:1.0-x",
    "ghcr.io/a/b",
    "127.0.0.1:1/x:2",
    "localhost/x",
    "[::1]:5000/x",
    `a@sha256:${"0".repeat(64)}`,
    `a:1@sha256:${"0".repeat(64)}`,
    `${"x".repeat(237)}:${"t".repeat(128)}@sha256:${"0".repeat(64)}`,
    `a/${"x".repeat(243)}`,
    `127.0.0.1:5000/${"x".repeat(240)}:1`,
  ])
    expect([image, isImageName(image)]).toEqual([image, true]);
  for (const image of [
    "",
    "${B}",
    "a:",
    "a/B",
    "A",
    "a b",
    "a//b",
    "/a",
    "a:1:2",
    "-a",
    "a@sha256:0",
    ":1",
    "@sha256:0",
    "x".repeat(238),
    `a/${"x".repeat(244)}`,
    `127.0.0.1:5000/${"x".repeat(241)}:1`,
  ])
    expect([image, isImageName(image)]).toEqual([image, false]);
});
