import { expect, test } from "vitest";
import { resolveCompose } from "../../../src/effects/compose/resolve-compose.js";
import { checkPolicy, type PolicyCheck } from "../../../src/effects/policy/check-policy.js";
import { policyDenied, type Finding } from "../../../src/effects/policy/finding.js";
import type { Allow } from "../../../src/machines/allow.js";
import { nothingAllowed } from "../../support/nothing-allowed.js";

const stack = "note-abcdef_ci_test";
const none = { networks: new Set<string>(), volumes: new Set<string>(), secrets: new Set<string>(), configs: new Set<string>() };

const findings = (text: string, given: Partial<PolicyCheck> = {}): readonly Finding[] => {
  const compose = resolveCompose({ files: ["compose.yml"], read: () => text, variables: { STACK_NAME: stack, HOST: "host" }, stack });
  return checkPolicy(compose, {
    allow: nothingAllowed,
    stack,
    domain: "note-abcdef.ci.test",
    existing: none,
    hasOtherNodes: false,
    ofOneNode: new Set<string>(),
    taken: new Map(),
    trustedFile: null,
    base: ".",
    checkFile: () => 1,
    readFile: () => "",
    ...given,
  });
};

const service = (line: string): string => `services:\n  app:\n    image: x:1\n    ${line}\nvolumes: {data: {}}\n`;

/** What a service asks for, and the one item that would let it through. */
const wishes: readonly (readonly [string, Partial<Allow>])[] = [
  ['volumes: ["/etc:/host"]', { bind: ["/etc"] }],
  ['volumes: ["/etc/localtime:/etc/localtime:ro"]', { bind: ["/etc/localtime:ro"] }],
  ['volumes: ["./conf:/conf"]', { bind: ["./conf"] }],
  ['volumes: ["~/x:/x"]', { bind: ["~/x"] }],
  ['volumes: [{type: bind, source: "/", target: /host, read_only: true}]', { bind: ["/:ro"] }],
  ['volumes: ["/var/run/docker.sock:/s"]', { bind: ["/run/docker.sock"] }],
  ['volumes: ["//run/../var//run/docker.sock/:/s:ro"]', { bind: ["/run/docker.sock:ro"] }],
  ["network_mode: host", { host: ["network_mode=host"] }],
  ["network_mode: ${HOST}", { host: ["network_mode=host"] }],
  ["pid: host", { host: ["pid=host"] }],
  ["ipc: host", { host: ["ipc=host"] }],
  ["userns_mode: host", { host: ["userns_mode=host"] }],
  ["cgroup_parent: /x", { host: ["cgroup_parent=/x"] }],
  ["privileged: true", { host: ["privileged=true"] }],
  ["security_opt: [seccomp:unconfined]", { host: ["security_opt=seccomp:unconfined"] }],
  ["credential_spec: {file: x}", { host: ["credential_spec=file"] }],
  ['deploy: {labels: ["coop-cloud.backupbot.enabled=true"]}', { host: ["coop-cloud.backupbot.enabled=true"] }],
  ["cap_add: [cap_net_admin]", { capabilities: ["NET_ADMIN"] }],
  ["devices: ['/dev/fuse:/dev/fuse:rwm']", { devices: ["/dev/fuse"] }],
  ["sysctls: {net.core.somaxconn: 1024}", { sysctls: ["net.core.somaxconn"] }],
  ["sysctls: [net.core.somaxconn=1024]", { sysctls: ["net.core.somaxconn"] }],
  ['ports: ["25:25"]', { ports: [25] }],
  ["ports: [{target: 25, published: 25, mode: host}]", { ports: [25] }],
  ["labels: {traefik.http.routers.x.rule: 'Host(`victim.example.com`)'}", { hosts: ["victim.example.com"] }],
  [
    "deploy: {labels: ['Traefik.HTTP.Routers.x.Rule=Host(`note-abcdef.ci.test`) || PathPrefix(`/`)']}",
    { hosts: ["Host(`note-abcdef.ci.test`) || PathPrefix(`/`)"] },
  ],
  ["deploy: {labels: ['traefik.tcp.routers.x.rule=HostSNI(`*`)']}", { hosts: ["*"] }],
  ["deploy: {labels: ['traefik.http.routers.x.tls.domains[0].main=victim.example.com']}", { hosts: ["victim.example.com"] }],
  ["deploy: {labels: ['Traefik.http.routers.x.tls.certResolver=production']}", { host: ["certresolver=production"] }],
  ["deploy: {labels: ['traefik.http.routers.x.service=api@internal']}", { host: ["service=api@internal"] }],
  ["deploy: {labels: ['traefik.http.routers.x.service=prod_example_com@docker']}", { host: ["service=prod_example_com@docker"] }],
  ["deploy: {labels: ['traefik.http.middlewares.x.errors.service=other']}", { host: ["service=other"] }],
  [
    "deploy: {labels: ['traefik.http.services.x.loadbalancer.server.url=http://127.0.0.1:8080']}",
    { host: ["server=http://127.0.0.1:8080"] },
  ],
  ["deploy: {labels: ['traefik.udp.routers.x.entrypoints=dns']}", { host: ["udp=router"] }],
  [
    "deploy: {labels: ['traefik.tls.stores.default.defaultCertificate.certFile=/x']}",
    { host: ["traefik.tls.stores.default.defaultcertificate.certfile=/x"] },
  ],
  ["logging: {driver: syslog, options: {syslog-address: 'tcp://1.2.3.4:5'}}", { drivers: ["syslog"] }],
];

test.each(wishes)("%s is refused by its line, and let through by the entry that the refusal names", (line, entry) => {
  const found = findings(service(line));
  const key = Object.keys(entry)[0] ?? "";
  expect(found).toMatchObject([{ at: { file: "compose.yml", line: 4 }, allow: { key, item: Object.values(entry)[0]?.[0] } }]);
  expect(policyDenied("notes", found)).toMatchObject({
    code: "policy-denied",
    exitCode: 1,
    hint: expect.stringContaining(`allow: { ${key}: [`),
  });
  expect(findings(service(line), { allow: { ...nothingAllowed, ...entry } })).toEqual([]);
});

test("each host of a rule that names several is told, and the entries let it through together", () => {
  const text = service("labels: {traefik.http.routers.x.rule: 'Host(`a.example.com`) || Host(`note-abcdef.ci.test`, `b.example.com`)'}");
  expect(findings(text)).toMatchObject([{ allow: { item: "a.example.com" } }, { allow: { item: "b.example.com" } }]);
  expect(findings(text, { allow: { ...nothingAllowed, hosts: ["a.example.com", "b.example.com"] } })).toEqual([]);
});

test("a rule that takes more than the hosts that it names is told as a whole", () => {
  const rule = "Host(`a.example.com`) || PathPrefix(`/`)";
  expect(findings(service(`labels: {traefik.http.routers.x.rule: '${rule}'}`))).toMatchObject([{ allow: { item: rule } }]);
});

/** Nothing that recipe.yml could say would let these through. */
const unallowable = [
  service("labels: {traefik.http.routers.x.rule: 'Host(`${UNSET}`)'}"),
  service("labels: {traefik.http.routers.x.rule: '${UNSET}'}"),
  service("volumes: ['C:\\data:/data']"),
  "services: {app: {image: x}}\nvolumes: {v: {driver_opts: {type: none, o: bind, device: '${UNSET}'}}}\n",
  "services: {app: {image: x}}\nvolumes: {v: {driver_opts: {type: none, o: bind, device: ./data}}}\n",
];

test.each(unallowable)("no entry is named where none would help, but what would: %s", (text) => {
  expect(findings(text)).toMatchObject([{ allow: null, instead: expect.stringContaining(".env.sample") }]);
});

test("to read a path is not to write it, and a path is not what lies below it", () => {
  const allow = { ...nothingAllowed, bind: ["/etc/localtime:ro", "/srv"] };
  expect(findings(service('volumes: ["/etc/localtime:/x"]'), { allow })).toHaveLength(1);
  expect(findings(service('volumes: ["/srv/../etc:/x"]'), { allow })).toHaveLength(1);
  expect(findings(service('volumes: ["/srv/deeper:/x"]'), { allow })).toHaveLength(1);
  expect(findings(service('volumes: ["/srv/:/x:ro"]'), { allow })).toEqual([]);
});

/** What stays inside the app's own containers, volumes and networks. */
const harmless = [
  'volumes: ["data:/data", "/anonymous", {type: tmpfs, target: /t}]',
  "tmpfs: [/t]",
  'ports: ["80", {target: 81, mode: host}]',
  "cap_drop: [ALL]",
  "security_opt: [no-new-privileges:true]",
  "ipc: private",
  "privileged: false",
  "user: '0'",
  "init: true",
  "ulimits: {nofile: 1024}",
  "deploy: {placement: {constraints: [node.role == manager]}, resources: {limits: {memory: 1G}}}",
  "logging: {driver: json-file, options: {max-size: 1m}}",
  "extra_hosts: ['a:1.2.3.4']",
  "stop_grace_period: 1s",
  "x-whatever: 1",
  "restart: always",
  "container_name: x",
  "deploy: {labels: ['traefik.http.routers.x.service=Web@docker', 'traefik.http.services.web.loadbalancer.server.port=80', 'traefik.http.routers.x.tls.certresolver=${UNSET}', 'traefik.http.routers.x.middlewares=access@file', 'traefik.http.routers.x.tls.domains[0].sans=a.note-abcdef.ci.test, *.note-abcdef.ci.test']}",
  "deploy: {labels: ['traefik.http.routers.x.service=${STACK_NAME}_app', 'traefik.http.routers.y.service=note-abcdef-ci-test-app@swarm']}",
];

test.each(harmless)("%s is nobody's business", (line) => {
  expect(findings(service(line))).toEqual([]);
});

/** Volumes whose driver reaches past docker's own folder. */
const volumes: readonly (readonly [string, Partial<Allow>])[] = [
  ["driver_opts: {type: none, o: bind, device: /etc}", { bind: ["/etc"] }],
  ["driver_opts: {type: none, o: 'rbind,ro', device: /var/run/docker.sock}", { bind: ["/run/docker.sock:ro"] }],
  ["driver_opts: {type: tmpfs, o: 'size=1m,bind', device: /etc}", { bind: ["/etc"] }],
  ["driver_opts: {type: nfs, o: 'addr=1.2.3.4', device: ':/x'}", { drivers: ["nfs"] }],
  ["driver_opts: {type: ext4, device: /dev/sda1}", { drivers: ["ext4"] }],
  ["driver: rexray", { drivers: ["rexray"] }],
];

test.each(volumes)("a volume with %s is refused, and let through by the entry that is named", (line, entry) => {
  const text = `services: {app: {image: "x:1"}}\nvolumes:\n  v:\n    ${line}\n`;
  expect(findings(text)).toMatchObject([{ at: { line: 4 }, allow: { key: Object.keys(entry)[0], item: Object.values(entry)[0]?.[0] } }]);
  expect(findings(text, { allow: { ...nothingAllowed, ...entry } })).toEqual([]);
});

test.each(["{size: 1g}", "{type: '', o: '', device: '${UNSET}'}"])(
  "a volume with the options %s, which mount nothing, is a volume like any other",
  (options) => {
    expect(findings(`services: {app: {image: x}}\nvolumes: {v: {driver_opts: ${options}}}\n`)).toEqual([]);
  },
);

test("a volume in memory is a volume like any other", () => {
  expect(
    findings(
      "services: {app: {image: x}}\nvolumes: {v: {driver: local, driver_opts: {type: tmpfs, device: tmpfs, o: 'size=100m,uid=1000'}}}\n",
    ),
  ).toEqual([]);
});

test("the proxy's network is everybody's where it is there, and its absence names the command that makes it", () => {
  const text = 'services: {app: {image: "x:1", networks: [proxy]}}\nnetworks: {proxy: {external: true}}\n';
  expect(findings(text, { existing: { ...none, networks: new Set(["proxy"]) } })).toEqual([]);
  expect(findings(text)).toMatchObject([
    {
      at: { line: 2 },
      allow: null,
      instead:
        "Make it once on this host (in the sandbox by its own docker: docs/sandbox.md): docker network create -d overlay --attachable proxy",
    },
  ]);
});

test("a network that one node alone has is told, whoever's it is, with the command that makes another", () => {
  const text = 'services: {app: {image: "x:1", networks: [proxy]}}\nnetworks: {proxy: {external: true}, other: {external: true}}\n';
  const existing = { ...none, networks: new Set(["proxy", "other"]) };
  expect(findings(text, { existing, ofOneNode: new Set(["proxy", "other"]) })).toMatchObject([
    {
      at: { line: 2 },
      what: expect.stringContaining("this node's alone"),
      allow: null,
      instead: expect.stringContaining("docker network create -d overlay --attachable proxy"),
    },
  ]);
});

const external = (kind: string, name: string): string =>
  `services: {app: {image: "x:1", ${kind === "volumes" ? '"volumes": ["out:/o"]' : `"${kind}": [out]`}}}\n${kind}: {out: {external: true, name: "${name}"}}\n`;

test.each(["networks", "volumes", "secrets", "configs"] as const)(
  "%s of somebody else may not be used, whether they are there or not, unless they are named",
  (kind) => {
    const existing = { ...none, [kind]: new Set(["other_o"]) };
    expect(findings(external(kind, "other_o"), { existing })).toMatchObject([{ allow: { key: kind, item: "other_o" } }]);
    expect(findings(external(kind, "other_o"), { existing, allow: { ...nothingAllowed, [kind]: ["other_o"] } })).toEqual([]);
    expect(findings(external(kind, "missing"))).toMatchObject([
      { what: expect.stringContaining("is not there"), instead: expect.stringContaining("docker ") },
    ]);
    // What no service uses docker does not look for.
    expect(findings(`services: {app: {image: "x:1"}}\n${kind}: {o: {external: true, name: other_o}}\n`)).toEqual([]);
  },
);

test("the run's own secrets are made later, by abra: that one is not there is no finding", () => {
  expect(findings(external("secrets", `${stack}_pw_v1`))).toEqual([]);
});

test("a name of its own is fine until somebody else has it", () => {
  const text = 'services: {app: {image: "x:1", configs: [c]}}\nconfigs: {c: {file: c, name: other_conf_v1}}\n';
  expect(findings(text)).toEqual([]);
  expect(findings(text, { existing: { ...none, configs: new Set(["other_conf_v1"]) } })).toMatchObject([
    { allow: { key: "configs", item: "other_conf_v1" } },
  ]);
});

const named = (name: string): string => `services: {app: {image: "x:1", volumes: ["data:/d"]}}\nvolumes:\n  data: {name: '${name}'}\n`;

test("a volume's name that each task fills in could come to somebody else's, and is refused unless it is allowed as it stands", () => {
  for (const name of ['prod{{""}}_data', "{{.Service.Name}}", 'prod_{{ index .Service.Labels "x" }}']) {
    expect(findings(named(name))).toMatchObject([
      { at: { line: 3 }, what: expect.stringContaining("a template"), allow: { key: "volumes", item: name } },
    ]);
    expect(findings(named(name), { allow: { ...nothingAllowed, volumes: [name] } })).toEqual([]);
  }
  expect(findings(named("${STACK_NAME}_{{.Task.Slot}}"))).toEqual([]);
});

test("on a Swarm of several nodes a volume of another name than the stack's is refused, for only this node's are listed", () => {
  expect(findings(named("prod_data"))).toEqual([]);
  expect(findings(named("prod_data"), { hasOtherNodes: true })).toMatchObject([
    { what: expect.stringContaining("another node"), allow: { key: "volumes", item: "prod_data" } },
  ]);
  expect(findings(named("${STACK_NAME}_data"), { hasOtherNodes: true })).toEqual([]);
  expect(findings(named("prod_data"), { hasOtherNodes: true, allow: { ...nothingAllowed, volumes: ["prod_data"] } })).toEqual([]);
});

test("the host's own network is not reached by the back door", () => {
  const existing = { ...none, networks: new Set(["host", "bridge"]) };
  expect(
    findings('services: {app: {image: "x:1", networks: [h]}}\nnetworks: {h: {external: true, name: host}}\n', { existing }),
  ).toHaveLength(1);
  expect(findings('services: {app: {image: "x:1"}}\nnetworks: {default: {external: true, name: host}}\n', { existing })).toHaveLength(1);
  expect(findings('services: {app: {image: "x:1", networks: [h]}}\nnetworks: {h: {driver: macvlan}}\n')).toMatchObject([
    { allow: { key: "drivers", item: "macvlan" } },
  ]);
  expect(
    findings('services: {app: {image: "x:1", networks: [h]}}\nnetworks: {h: {driver: overlay, ipam: {driver: dhcp}}}\n'),
  ).toMatchObject([{ allow: { key: "drivers", item: "dhcp" } }]);
});

test.each([
  ["configs", 0, 1],
  ["configs", 1, 0],
  ["configs", 1_023_999, 0],
  ["configs", 1_024_000, 1],
  ["secrets", 511_999, 0],
  ["secrets", 512_000, 1],
])("of %s a file of %i bytes is told %i times: the Swarm keeps none that is empty or larger", (kind, bytes, times) => {
  const told = findings(`services: {app: {image: "x:1"}}\n${kind}:\n  c: {file: c.txt}\n`, { checkFile: () => bytes });
  expect(told).toHaveLength(times);
  if (times > 0)
    expect(told).toMatchObject([
      { at: { line: 3 }, what: expect.stringContaining(`the file "c.txt", which has ${bytes} bytes`), instead: expect.any(String) },
    ]);
});

test("a file that is not there is told, and of an env_file its size is not", () => {
  const text = 'services: {app: {image: "x:1", env_file: e.env}}\n';
  expect(findings(text, { checkFile: () => null })).toMatchObject([
    { what: expect.stringContaining("which is not there"), instead: expect.stringContaining("the first compose file's folder") },
  ]);
  expect(findings(text, { checkFile: () => 0 })).toEqual([]);
  expect(findings(text, { readFile: () => "\n# A B\n  A=b c\nB\n" })).toEqual([]);
  expect(findings(text, { readFile: () => "A=1\nexport B=hunter2\n" })).toMatchObject([
    { what: expect.stringMatching(/line 2 of which.* blank/) },
  ]);
  expect(findings(text, { readFile: () => "\uFEFF# of a file with a mark\nA=1\r\n" })).toEqual([]);
  expect(findings(text, { readFile: () => "A\t=1" })).toMatchObject([{ what: expect.stringContaining("line 1 of which") }]);
  expect(findings(text, { readFile: () => "A=1\nB=\uFFFD\n" })).toMatchObject([
    { what: expect.stringContaining("line 2 of which is not UTF-8") },
  ]);
  expect(findings(text, { readFile: () => "=1" })).toMatchObject([{ what: expect.stringContaining("line 1 of which") }]);
});

test("an env_file that many services name is read once, and told of for each", () => {
  const read: string[] = [];
  const readFile = (name: string): string => String(read.push(name)) && "export A=1\n";
  const services = ["e.env", "./e.env", "x/../e.env"].map((name, index) => `a${index}: {image: "x:1", env_file: ${name}}`);
  expect(findings(`services: {${services.join(", ")}}\n`, { readFile })).toHaveLength(3);
  expect(read).toEqual(["e.env"]);
});

test("what the operator's own overlay asks for, the operator asks for", () => {
  const compose = resolveCompose({
    files: ["compose.yml", "compose.ccci.yml"],
    read: (name) => (name === "compose.yml" ? service("cap_add: [A]") : "services: {app: {cap_add: [B]}}"),
    variables: {},
    stack,
  });
  const check = {
    allow: nothingAllowed,
    stack,
    domain: "note-abcdef.ci.test",
    existing: none,
    hasOtherNodes: false,
    ofOneNode: new Set<string>(),
    taken: new Map(),
    base: ".",
    checkFile: () => 1,
    readFile: () => "",
  };
  expect(checkPolicy(compose, { ...check, trustedFile: "compose.ccci.yml" })).toMatchObject([{ allow: { item: "A" } }]);
  expect(checkPolicy(compose, { ...check, trustedFile: null })).toHaveLength(2);
});

test("all findings are told at once, with one entry that would let them all through", () => {
  const denied = policyDenied(
    "notes",
    findings('services:\n  app:\n    image: x:1\n    cap_add: [NET_ADMIN, SYS_TIME]\n    ports: ["25:25"]\n'),
  );
  expect(denied.message).toBe("compose.yml:4: the service app asks for the capability NET_ADMIN (and 2 more)");
  expect(denied.hint).toContain('allow: { capabilities: ["NET_ADMIN", "SYS_TIME"], ports: [25] }');
  expect(denied.details).toHaveLength(3);
});

test("a single finding is told once", () => {
  const denied = policyDenied("notes", findings(service("cap_add: [NET_ADMIN]")));
  expect([denied.message, denied.details]).toEqual([expect.stringContaining("the capability NET_ADMIN"), []]);
});

test("device_cgroup_rules, which no client of today takes, is denied in a file of a version that is newer than all of them", () => {
  const text = `version: "3.99"\n${service("device_cgroup_rules: ['c 1:3 mr']")}`;
  expect(findings(text)).toHaveLength(1);
  expect(findings(text, { allow: { ...nothingAllowed, host: ["device_cgroup_rules=c 1:3 mr"] } })).toEqual([]);
});

const many = (count: number, line: (index: number) => string): string => Array.from({ length: count }, (_, index) => line(index)).join("");
const services = (count: number, more = ""): string => `services:\n${many(count, (index) => `  a${index}: {image: "x:1"${more}}\n`)}`;

/** As many as there may be, and one more. */
test.each([
  ["services", services(100), services(101), 102],
  ["tasks", services(2, ", deploy: {replicas: 250}"), services(2, ", deploy: {replicas: 251}"), 3],
  [
    "mounts",
    services(2, ", deploy: {replicas: 250}, volumes: [/a, /b]"),
    services(2, ", deploy: {replicas: 250}, volumes: [/a, /b, /c]"),
    3,
  ],
  [
    "networks",
    `${services(1)}networks:\n${many(50, (index) => `  n${index}: {}\n`)}`,
    `${services(1)}networks:\n${many(51, (index) => `  n${index}: {}\n`)}`,
    54,
  ],
  [
    "secrets and configs",
    `${services(1)}configs:\n${many(500, (index) => `  c${index}: {file: c}\n`)}`,
    `${services(1)}configs:\n${many(501, (index) => `  c${index}: {file: c}\n`)}`,
    504,
  ],
  ["ports of the host", services(2, ', ports: ["1-50"]'), services(2, ', ports: ["1-51"]'), 3],
])("more %s than any recipe needs are refused, and told once", (of, enough, tooMany, line) => {
  expect(findings(enough)).toEqual([]);
  expect(findings(tooMany)).toMatchObject([{ at: { line }, what: expect.stringContaining(`${of} in all`), allow: null }]);
});

test("files for secrets and configs that the Swarm could keep one by one are refused where they are too many", () => {
  const text = (count: number): string => `${services(1)}configs:\n${many(count, (index) => `  c${index}: {file: c}\n`)}`;
  const given = { checkFile: () => 1024 ** 2 - 48 * 1024 };
  expect(findings(text(16), given)).toEqual([]);
  expect(findings(text(40), given)).toMatchObject([{ at: { line: 20 }, what: expect.stringContaining("more than 16 MiB in all") }]);
});

test.each([
  ["10.128.0.0/16", "10.128.0.0/9"],
  ["fd00::/48", "fd00::/16"],
])("a network may take the addresses %s if the operator allows them, and never %s: they are everybody's", (enough, tooMany) => {
  const text = (subnet: string): string =>
    `services: {app: {image: "x:1", networks: [n]}}\nnetworks:\n  n: {ipam: {config: [{subnet: "${subnet}"}]}}\n`;
  expect(findings(text(enough))).toMatchObject([{ at: { line: 3 }, allow: { key: "subnets", item: enough } }]);
  expect(findings(text(enough), { allow: { ...nothingAllowed, subnets: [enough] } })).toEqual([]);
  expect(findings(text(tooMany))).toMatchObject([{ at: { line: 3 }, what: expect.stringContaining(tooMany), allow: null }]);
});
