import { expect, test } from "vitest";
import { assertDeployable } from "../../../src/effects/compose/assert-deployable.js";
import { resolveCompose } from "../../../src/effects/compose/resolve-compose.js";
import { workedMs } from "../../support/worked.js";

const stack = "note-abcdef_ci_test";

const judge = (text: string): void =>
  assertDeployable(resolveCompose({ files: ["compose.yml"], read: () => text, variables: { STACK_NAME: stack, NO: "" }, stack }), stack);

const app = (line: string, top = ""): string => `services:\n  app:\n    image: x:1\n    ${line}\n${top}`;

/** Files that the client or the Swarm refuses in the middle of a deploy, each with the message and the hint. */
const refusals: Readonly<Record<string, readonly [string, string, string]>> = {
  "replicas of a global service": [
    app("deploy: {mode: global, replicas: 1}"),
    "compose.yml:4: the service app has replicas, and its mode is global",
    "take one of the two out",
  ],
  "a job that is to be updated": [
    app("deploy: {mode: replicated-job, update_config: {delay: 1s}}"),
    "compose.yml:4: the service app is a job",
    "correct the file",
  ],
  "a port of the mesh with dnsrr": [
    app('ports: ["80:80"]\n    deploy: {endpoint_mode: dnsrr}'),
    "compose.yml:4: the service app publishes a port in the mesh",
    "mode: host",
  ],
  "a restart that there is not": [
    app("restart: sometimes"),
    "compose.yml:4: restart of the service app is none of no, always",
    "correct the file",
  ],
  "a health check that is and is not": [
    app("healthcheck: {test: x, disable: true}"),
    "compose.yml:4: the health check of the service app has a test and is disabled",
    "Take one",
  ],
  "a volume that no file declares": [
    app('volumes: ["nope:/x"]'),
    'compose.yml:4: the service app uses the volume "nope", and no file says what that is',
    "under `volumes`",
  ],
  "a network that no file declares": [
    app("networks: [nope]"),
    'compose.yml:4: the service app uses the network "nope"',
    "under `networks`",
  ],
  "a secret that no file declares": [app("secrets: [nope]"), 'compose.yml:4: the service app uses the secret "nope"', "under `secrets`"],
  "a config of an empty name": [app("configs: [$NO]"), 'compose.yml:4: the service app uses the config ""', "Are all its variables set"],
  "two mounts at one place": [
    app('volumes: ["/a:/x", "/b:/x"]'),
    'compose.yml:4: the service app mounts two at "/x"',
    "one for each place",
  ],
  "two secrets in one file": [
    app("secrets: [s, {source: t, target: s}]", "secrets: {s: {external: true}, t: {external: true}}"),
    'compose.yml:4: the service app has two secrets in the file "s"',
    "another target",
  ],
  "a port above them all": [
    app("ports: [{target: 80, published: 70000}]"),
    "compose.yml:4: a port that is not a number up to 65535",
    "Are all its variables set",
  ],
  "more ports than a file may come to": [
    app(
      "ports: &many [1-1000, 1-999, 1-998, 1-997, 1-996]",
      ["b", "c", "d"].map((name) => `  ${name}: {image: "x:1", ports: *many}\n`).join(""),
    ),
    "compose.yml:4: more than 10000 ports in all services together",
    "correct the file",
  ],
  "a port twice": [app('ports: ["80:80", "80:81"]'), "compose.yml:4: the service app publishes the port 80 twice", "correct the file"],
  "a port of two services": [
    app('ports: ["80:80"]', '  web:\n    image: x:1\n    ports: ["80:81"]\n'),
    "compose.yml:7: the service web publishes the port 80, as the service app does",
    "correct the file",
  ],
  "a service with a dot in its name": [
    "services:\n  a.b:\n    image: x:1\n",
    `compose.yml:3: the service a.b would be called ${stack}_a.b, which the Swarm does not take`,
    "letters, digits",
  ],
  "a config whose version is not set": [
    app("", 'configs:\n  c:\n    file: c\n    name: "${STACK_NAME}_c_${NO}"\n'),
    `compose.yml:8: the config c would be called "${stack}_c_", which the Swarm does not take`,
    "Are all variables of the name set, in .env.sample, abra.sh, or env in recipe.yml?",
  ],
  "an external secret that no secret can be": [
    app("secrets: [s]", 'secrets:\n  s: {external: true, name: "s_${NO}"}\n'),
    'compose.yml:6: the secret s would be called "s_"',
    "Are all variables of the name set",
  ],
  "a network with a dot in its name": [
    app("networks: [n]", "networks:\n  n: {name: a.b}\n"),
    'compose.yml:6: the network n would be called "a.b"',
    "letters, digits",
  ],
  "a network with too long a name": [
    app("networks: [n]", `networks:\n  n: {name: ${"n".repeat(64)}}\n`),
    "which has 64 characters, and the Swarm takes 63",
    "shorter",
  ],
  "a volume with a slash in its name": [
    app('volumes: ["data:/x"]', "volumes:\n  data: {name: a/b}\n"),
    'compose.yml:6: the volume data would be called "a/b"',
    "letters, digits",
  ],
  "a mount of a type that there is not": [
    app("volumes: [{type: disk, target: /x}]"),
    "compose.yml:4: the service app has a mount of a type",
    "volume, bind and tmpfs",
  ],
  "a tmpfs with a source": [
    app("volumes: [{type: tmpfs, source: x, target: /x}]"),
    "compose.yml:4: the service app has a tmpfs with a source",
    "Take the source out",
  ],
  "a bind with options of a volume": [
    app("volumes: [{type: bind, source: /a, target: /x, volume: {nocopy: true}}]"),
    "compose.yml:4: the service app has a mount of the type bind with options of the type volume",
    "Take `volume` out",
  ],
  "a mount at no absolute path": [
    app('volumes: ["/a:data"]'),
    'compose.yml:4: the service app mounts something at "data", which is no absolute path',
    "Begin the path",
  ],
  "a mount at a place that is not set": [
    app("volumes: [{type: volume, target: $NO}]"),
    "compose.yml:4: the service app has a mount with no place in the container",
    "Are all its variables set",
  ],
  "a mount over everything": [
    app('volumes: ["/a:/./"]'),
    "compose.yml:4: the service app mounts something in place of the whole file system",
    "below `/`",
  ],
  "a secret of a file and a driver": [
    app("", "secrets:\n  s: {file: s, driver: d}\n"),
    "compose.yml:6: the secret s has a file and a driver",
    "one of the two",
  ],
  "a network of one node": [
    app("networks: [n]", "networks:\n  n: {driver: bridge}\n"),
    "compose.yml:6: the network n is made by the driver bridge, and a Swarm's services",
    "Leave the driver out",
  ],
  "the default network of one node": [
    app("", "networks:\n  default: {driver: macvlan}\n"),
    "compose.yml:6: the network default is made by the driver macvlan",
    "Leave the driver out",
  ],
  "the Swarm's own network": [
    app("networks: [n]", "networks:\n  n: {external: true, name: ingress}\n"),
    "compose.yml:6: the network n is the Swarm's own ingress",
    "take it out",
  ],
  "a template of a field that there is not": [
    app('environment: {LOG: "{{ .Level }} {{.Node.ID}}"}'),
    "compose.yml:4: the variable LOG of the service app is a template for the Swarm, and has a field that the Swarm does not know",
    'write {{"{{"}}',
  ],
  "a template of a function that there is not": [
    app('environment: ["LOG={{ level }}"]'),
    "compose.yml:4: the variable LOG of the service app is a template for the Swarm, and has a function",
    "fills in",
  ],
  "a template that does not end": [app('environment: {LOG: "a {{ b"}'), "and has a `{{` without its `}}`", "fills in"],
  "a label in a template": [
    app('hostname: "{{ .Service.Labels.a }}"'),
    "compose.yml:4: hostname of the service app is a template",
    "fills in",
  ],
  "a mount from a wrong template": [
    app('volumes: ["/a/{{.Slot}}:/x"]'),
    "compose.yml:4: a mount of the service app is a template",
    "fills in",
  ],
  "a mount of a wrong template": [app('volumes: ["/a:/{{.Slot}}"]'), "compose.yml:4: a mount of the service app is a template", "fills in"],
  "a template in a volume's labels": [
    app('volumes: ["data:/x"]', 'volumes:\n  data:\n    labels: ["a={{.Foo}}"]\n'),
    "compose.yml:7: labels of the volume data is a template for the Swarm, and has a field",
    "fills in",
  ],
  "a template in a volume's options": [
    app('volumes: ["data:/x"]', "volumes:\n  data: {driver_opts: {type: none, o: '{{.Foo}}', device: x}}\n"),
    "compose.yml:6: driver_opts of the volume data is a template",
    "fills in",
  ],
  "an option that the driver local does not know": [
    app('volumes: ["data:/x"]', "volumes:\n  data: {driver_opts: {path: /x}}\n"),
    'compose.yml:6: the volume data has the option "path", which the driver local does not know',
    "type, o, device",
  ],
  "an option of the driver local alone": [
    app('volumes: ["data:/x"]', "volumes:\n  data: {driver: local, driver_opts: {o: bind, device: /x}}\n"),
    "compose.yml:6: the volume data has the option o without type",
    "together",
  ],
  "a volume of one letter": [
    app('volumes: ["d:/data"]', "volumes: {d: }\n"),
    "compose.yml:4: the service app mounts the volume d by one letter, which docker takes for a drive of Windows",
    "long form",
  ],
  "credentials of two places": [
    app("credential_spec: {file: a, registry: b}"),
    "compose.yml:4: credential_spec of the service app names file and registry",
    "one of config, file and registry",
  ],
  "the host's network and another": [
    app("networks: [h, n]", "networks: {h: {external: true, name: host}, n: }\n"),
    "compose.yml:4: the service app is on the host's network and on another",
    "Take one of the two out",
  ],
  "a port of the mesh on the host's network": [
    app('ports: ["80:80"]\n    networks: [host]', "networks: {host: {external: true}}\n"),
    "compose.yml:4: the service app is on the host's network and publishes a port in the mesh",
    "Take the port out",
  ],
  "the network of nobody": [
    app("networks: [n]", "networks:\n  n: {external: true, name: none}\n"),
    "compose.yml:6: the network n is called none",
    "made for the Swarm",
  ],
  "an external volume with a driver": [
    app("", "volumes:\n  v: {external: true, driver: local}\n"),
    "compose.yml:6: the volume v is external, and has a driver",
    "docker does not make",
  ],
  "an external volume with labels": [
    app("", "volumes:\n  v: {external: true, labels: {a: b}}\n"),
    "compose.yml:6: the volume v is external, and has a driver, options or labels",
    "docker does not make",
  ],
  "a network of two names": [
    app("", "networks:\n  n: {external: {name: a}, name: b}\n"),
    "compose.yml:6: the network n has two names",
    "the old way",
  ],
  "a config without a file": [app("", "configs:\n  c: {name: c}\n"), "compose.yml:6: the config c names no file", "correct the file"],
};

test.each(Object.entries(refusals))("%s is refused by file and line before anything is deployed", (_, [text, message, hint]) => {
  expect(() => judge(text)).toThrow(
    expect.objectContaining({
      code: "compose-refused",
      exitCode: 1,
      message: expect.stringContaining(message),
      hint: expect.stringContaining(hint),
    }),
  );
});

test("when many services share a long template by an alias, it is examined only once", () => {
  const services = Array.from({ length: 400 }, (_, index) => `  a${index}: {image: "x:1", environment: {A: *long}}\n`).join("");
  const began = workedMs();
  judge(`x-long: &long "${"{{.Task.Slot}}".repeat(30_000)}"\nservices:\n${services}`);
  expect(workedMs(began)).toBeLessThan(2_000);
});

/** Files that look wrong and can be deployed. */
const taken: Readonly<Record<string, string>> = {
  "a restart that nobody heeds": app("restart: sometimes\n    deploy: {restart_policy: {condition: any}}"),
  "a host's port in two services, and one of two protocols": app(
    'ports: [{target: 1, published: 5, mode: Host}, "53:53", "53:53/udp", {target: 1, published: 53, protocol: Sctp}]',
    "  web:\n    image: x:1\n    ports: [{target: 1, published: 5, mode: host}]\n",
  ),
  "names of every letter": app(
    'networks: [n, default, h]\n    volumes: ["vol:/v", "wol:/w", /anonymous]',
    'networks: {n: {name: a-B__9}, h: {external: true, name: a.b}}\nvolumes: {vol: {name: a.b_c-}, wol: {name: "w_{{.Task.Slot}}"}}\nsecrets: {s: {file: s, name: a.b-c_d}}\n',
  ),
  "an external secret that nobody uses": app("", 'secrets: {s: {external: true, name: "s_${NO}"}}\n'),
  "an external volume of which nothing more is said": app("", 'volumes: {v: {external: {name: a}, labels: {}, driver: ""}}\n'),
  "an external volume with a list of no labels": app("", "volumes: {v: {external: true, labels: []}}\n"),
  "an external network of which a driver is said, which nobody heeds": app(
    "networks: [n]",
    "networks: {n: {external: true, driver: bridge}}\n",
  ),
  "a network of one node that nobody is on, and the host's": app(
    "networks: [h]",
    "networks: {n: {driver: bridge}, h: {external: true, name: host}}\n",
  ),
  "the host's network with a port of the host, and a network that is called as it is": app(
    "networks: [h]\n    ports: [{target: 1, published: 5, mode: host}]",
    '  web:\n    image: x:1\n    networks: [host]\n    ports: ["80"]\nnetworks: {h: {external: true, name: host}, host: }\n',
  ),
  "a volume of one letter in its long form, and a drive": app(
    'volumes: [{type: volume, source: d, target: /d}, "c:/c"]',
    "volumes: {d: }\n",
  ),
  "options of the driver local, of another, and of a volume that nobody uses": app(
    'volumes: ["data:/x", "far:/y"]',
    "volumes: {data: {driver_opts: {type: tmpfs, device: tmpfs, size: 1g}}, far: {driver: far, driver_opts: {path: /}}, none: {driver_opts: {path: /}}}\n",
  ),
  "credentials of one place": app('credential_spec: {file: a, registry: ""}'),
  "templates in what is said of a volume, and a wrong one of a volume that nobody uses": app(
    'volumes: ["data:/x"]',
    "volumes: {data: {labels: {a: '{{.Node.ID}}'}}, other: {labels: {a: '{{.Foo}}'}}}\n",
  ),
  "mounts at paths that are not looked into": app(
    'volumes: ["/a:C:\\\\data", "/b:{{.Node.ID}}", "/c:/...", {type: volume, target: /v, volume: {}}]',
  ),
  "options of mounts that are not looked into": app(
    'volumes: [{type: npipe, source: a, target: /x, bind: {}}, {type: "", target: /v, volume: {}}]',
  ),
  "a job's rollback_config and its restart on any end": app(
    "deploy: {mode: global-job, rollback_config: {delay: 1s}, restart_policy: {condition: any}}",
  ),
  "templates of every form": app(
    `hostname: '{{.Node.Hostname}}-{{- .Task.Slot -}}'\n    environment: {A: '{{ index .Service.Labels "no" }}', B: '{{if true}}{{.Foo}}{{end}}', C: '{{"{{"}}', D: '}}', E: "{{ printf '%s' .Task.Name }}"}`,
  ),
  "a disabled health check": app("healthcheck: {disable: true}"),
};

test.each(Object.entries(taken))("a compose file with %s is accepted", (_, text) => expect(() => judge(text)).not.toThrow());
