import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createActor, toPromise } from "xstate";
import { expect, onTestFinished, test } from "vitest";
import { createChildRegistry } from "../../../../src/effects/children/registry.js";
import { parseImage } from "../../../../src/effects/docker/image-reference.js";
import { prepullImages } from "../../../../src/effects/docker/pull/prepull-images.js";
import { tellPulls } from "../../../../src/effects/docker/pull/pull-lines.js";
import { createPullTally, type PullState } from "../../../../src/effects/docker/pull/pull-tally.js";
import { credentialsFor, headerOf, type Credentials } from "../../../../src/effects/docker/registry-credentials.js";
import { until } from "../../../support/processes.js";
import { engineOn, startDaemon, type Daemon } from "../../../support/engine/daemon.js";

test.each([
  ["nginx", { name: "nginx", tag: "latest", registry: "docker.io" }],
  ["library/nginx:1.27", { name: "library/nginx", tag: "1.27", registry: "docker.io" }],
  ["git.example.org/org/app:2", { name: "git.example.org/org/app", tag: "2", registry: "git.example.org" }],
  ["localhost:5000/app", { name: "localhost:5000/app", tag: "latest", registry: "localhost:5000" }],
  ["app@sha256:abc", { name: "app", tag: "sha256:abc", registry: "docker.io" }],
  ["r.example.org:5000/app:1@sha256:abc", { name: "r.example.org:5000/app", tag: "sha256:abc", registry: "r.example.org:5000" }],
])("%s is asked for as one tag of one name", (image, expected) => {
  expect(parseImage(image)).toEqual(expected);
});

const pullAll = (
  daemon: Daemon,
  images: readonly string[],
  auth: Credentials | null = null,
  onProgress: (state: PullState) => void = () => undefined,
): Promise<void> => {
  const settings = { engine: engineOn(daemon.socket), hint: "the hint", credentialsFor: async () => auth, onProgress };
  return toPromise(createActor(prepullImages(settings), { input: { images } }).start());
};

const pull = (daemon: Daemon, image: string, auth: Credentials | null = null): Promise<void> => pullAll(daemon, [image], auth);

/** A daemon that has no image, and answers a pull with these lines. */
const pulling = (lines: readonly object[], status = 200, heard: (request: IncomingMessage) => void = () => undefined): Promise<Daemon> =>
  startDaemon((request, answer) => {
    if (request.method === "GET") return void answer.writeHead(404).end('{"message":"no such image"}');
    heard(request);
    answer.writeHead(status).end(lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  });

test("an image that the host has is not asked for again", async () => {
  const daemon = await startDaemon((_, answer) => void answer.end('{"Id":"sha256:1"}'));
  await pull(daemon, "local/app:1");
  expect(daemon.calls).toEqual(["GET /v1.41/images/local/app%3A1/json"]);
});

test("a name that the daemon cannot read is the recipe's failure, and no pull is tried", async () => {
  const daemon = await startDaemon(
    (_, answer) => void answer.writeHead(400).end('{"message":"repository name must not be more than 255 characters"}'),
  );
  await expect(pull(daemon, "x".repeat(300))).rejects.toMatchObject({
    code: "image-missing",
    exitCode: 1,
    message: expect.stringContaining("more than 255 characters") as string,
  });
  expect(daemon.calls).toHaveLength(1);
});

test.each([{ error: 5 }, { errorDetail: { message: { why: ["denied"] } } }])(
  "an error that is no text is one of the pull, and no bug of ours: %j",
  async (line) => {
    await expect(pull(await pulling([line]), "app:1")).rejects.toMatchObject({ code: "image-missing", exitCode: 1 });
  },
);

test("a line of progress without an end is no docker's, and is told as that", async () => {
  await expect(pull(await pulling([{ status: "x".repeat(2 * 1024 * 1024) }]), "app:1")).rejects.toMatchObject({
    code: "docker-garbage",
    exitCode: 69,
  });
});

test("a pull that goes through resolves, with the credentials in its header", async () => {
  const headers: unknown[] = [];
  const daemon = await pulling([{ status: "Pulling" }, { status: "Done" }], 200, (request) =>
    headers.push(request.headers["x-registry-auth"]),
  );
  await pull(daemon, "app:1", { username: "ci", password: "hidden-1", serveraddress: "docker.io" });
  expect(daemon.calls.at(-1)).toBe("POST /v1.41/images/create?fromImage=app&tag=1");
  expect(JSON.parse(Buffer.from(String(headers[0]), "base64url").toString())).toMatchObject({ username: "ci" });
});

test.each([
  ["manifest for app:1 not found: manifest unknown", "image-missing", 1],
  ["toomanyrequests: You have reached your pull rate limit", "registry-limit", 69],
  ["unauthorized: authentication required", "registry-denied", 1],
  ['Get "https://r.example/v2/": dial tcp: lookup r.example: no such host', "registry-unreachable", 69],
  ["write /var/lib/docker/tmp/x: no space left on device", "disk-full", 69],
])("%s: the failure is %s, exit code %i", async (message, code, exitCode) => {
  const inProgress = await pulling([{ status: "Pulling" }, { error: message, errorDetail: { message } }]);
  await expect(pull(inProgress, "app:1")).rejects.toMatchObject({ code, exitCode, message: expect.stringContaining("app:1") as string });
  const atOnce = await pulling([{ message }], 500);
  await expect(pull(atOnce, "app:1")).rejects.toMatchObject({ code, exitCode });
});

test.each([
  ["429 Too Many Requests", "registry-limit"],
  ["error parsing HTTP 403 response body: invalid character '<'", "registry-denied"],
  ["no basic auth credentials", "registry-denied"],
  [
    "pull access denied for app, repository does not exist or may require 'docker login': denied: requested access to the resource is denied",
    "registry-denied",
  ],
  ["dial tcp 127.0.0.1:1: connect: connection refused", "registry-unreachable"],
  ["http: server gave HTTP response to HTTPS client", "registry-unreachable"],
  ["net/http: TLS handshake timeout", "registry-unreachable"],
  ["received unexpected HTTP status: 503 Service Unavailable", "registry-unreachable"],
  ["no matching manifest for linux/amd64 in the manifest list entries", "image-missing"],
  ["received unexpected HTTP status: 429 Slow Down", "registry-limit"],
  ["manifest for r.example/unauthorized/toomanyrequests:1.429 not found: manifest unknown: manifest unknown", "image-missing"],
  ["denied: no space left on device, toomanyrequests: dial tcp", "registry-denied"],
])("%s is %s", async (message, code) => {
  await expect(pull(await pulling([{ errorDetail: { message }, error: message }]), "app:1")).rejects.toMatchObject({ code });
});

test("of what a registry says without an end a message has the beginning, and docker is not blamed for it", async () => {
  const words = `denied: ${"long ".repeat(30_000)}`;
  for (const daemon of [await pulling([{ error: words }]), await pulling([{ message: words }], 500)]) {
    const failure: unknown = await pull(daemon, "app:1").catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: "registry-denied" });
    expect(String(failure).length).toBeLessThan(1_200);
  }
});

const waiting = (): { readonly opens: Promise<void>; readonly open: () => void } => {
  let open = (): void => undefined;
  const opens = new Promise<void>((resolve) => (open = resolve));
  return { opens, open };
};

test("three images are pulled at once, each image once, and what is here is not asked for", async () => {
  const [asked, three] = [[] as string[], waiting()];
  const daemon = await startDaemon((request, answer) => {
    const url = new URL(request.url ?? "", "http://docker");
    if (request.method === "GET") return void answer.writeHead(url.pathname.includes("here") ? 200 : 404).end("{}");
    asked.push(url.searchParams.get("fromImage") ?? "");
    if (asked.length === 3) three.open();
    void three.opens.then(() => answer.end('{"status":"Done"}'));
  });
  const states: PullState[] = [];
  await pullAll(daemon, ["a:1", "here:1", "b:1", "a:1", "c:1", "d:1", "e:1"], null, (state) => states.push(state));
  expect(asked.toSorted()).toEqual(["a", "b", "c", "d", "e"]);
  expect(asked.slice(0, 3)).toEqual(["a", "b", "c"]);
  expect(states[0]).toEqual({ images: ["a:1", "b:1", "c:1", "d:1", "e:1"], done: [], bytes: 0, bytesTotal: 0 });
  expect(states.at(-1)?.done).toHaveLength(5);
});

test("the first image that cannot be had ends the other pulls, and those that wait do not begin", async () => {
  const [asked, hungUp] = [[] as string[], [] as string[]];
  const daemon = await startDaemon((request, answer) => {
    const name = new URL(request.url ?? "", "http://docker").searchParams.get("fromImage") ?? "";
    if (request.method === "GET") return void answer.writeHead(404).end("{}");
    asked.push(name);
    if (name === "bad") return void answer.end('{"error":"manifest unknown"}');
    answer.write('{"status":"Pulling"}\n');
    answer.on("close", () => hungUp.push(name));
  });
  await expect(pullAll(daemon, ["slow:1", "bad:1", "slower:1", "last:1"])).rejects.toMatchObject({
    code: "image-missing",
    message: expect.stringContaining("bad:1") as string,
  });
  await until("the daemon has seen both hang up", () => hungUp.length === asked.length - 1);
  expect(asked).not.toContain("last");
});

test("bytes are those of the layers, counted once, and none goes back", () => {
  const tally = createPullTally(["a:1", "b:1"]);
  const see = (id: string, status: string, current?: number, total?: number) =>
    tally.see({ id, status, progressDetail: current === undefined ? {} : { current, total: total ?? 0 } });
  see("x", "Downloading", 10, 100);
  see("y", "Downloading", 5, 50);
  see("x", "Downloading", 60, 100);
  see("x", "Download complete");
  see("x", "Extracting", 3, 100);
  see("x", "Downloading", 100, 100);
  expect(tally.state()).toMatchObject({ bytes: 105, bytesTotal: 150 });
  tally.see({ id: "z", status: "Downloading", progressDetail: { current: Number.NaN, total: -1 } });
  tally.see({ status: "Downloading", progressDetail: { current: 1_000, total: 1_000 } });
  expect(tally.state()).toMatchObject({ bytes: 105, bytesTotal: 150 });
});

test("people hear of the beginning, of each image that is there, and of the bytes every few seconds", () => {
  const lines: string[] = [];
  let now = 0;
  const tell = tellPulls(
    (line) => lines.push(line),
    () => now,
  );
  const state = { images: ["a:1", "b:1"], done: [], bytes: 0, bytesTotal: 0 };
  tell(state);
  tell({ ...state, bytes: 1_024, bytesTotal: 4_096 });
  now = 5_000;
  tell({ ...state, bytes: 2_048, bytesTotal: 4_096 });
  tell({ ...state, done: ["b:1"], bytes: 3_072, bytesTotal: 4_096 });
  tell({ ...state, done: ["b:1", "a:1"], bytes: 4_096, bytesTotal: 4_096 });
  expect(lines).toEqual([
    "pulling 2 images: a:1, b:1",
    "pulled 2.0 KiB of 4.0 KiB, 0 of 2 images",
    "pulled b:1 (1 of 2 images, 3.0 KiB)",
    "pulled a:1 (2 of 2 images, 4.0 KiB)",
  ]);
});

test("progress that stops in the middle is the daemon's failure, and no success", async () => {
  const daemon = await startDaemon((request, answer) => {
    if (request.method === "GET") return void answer.writeHead(404).end("{}");
    answer.write('{"status":"Pulling"}\n');
    setTimeout(() => answer.destroy(), 20);
  });
  await expect(pull(daemon, "app:1")).rejects.toMatchObject({ code: "docker-unreachable" });
});

const withSettings = (settings: object, helper = "exit 1"): Parameters<typeof credentialsFor>[0] => {
  const folder = mkdtempSync(join(tmpdir(), "docker-login-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "config.json"), JSON.stringify(settings));
  writeFileSync(join(folder, "docker-credential-test"), `#!/bin/sh\n${helper}\n`, { mode: 0o755 });
  const env = { PATH: `${folder}:${process.env["PATH"] ?? ""}`, DOCKER_CONFIG: folder };
  return { scope: createChildRegistry().scope("work"), env: () => env, cwd: "/" };
};
const auth = Buffer.from("ci:hidden-2").toString("base64");
const ask = (of: Parameters<typeof credentialsFor>[0], registry: string) => credentialsFor(of, registry, new AbortController().signal);

test("credentials are those that the docker client has stored, under any of the registry's names", async () => {
  const of = withSettings({ auths: { "https://index.docker.io/v1/": { auth }, "git.example.org": { identitytoken: "token-hidden" } } });
  expect(await ask(of, "docker.io")).toMatchObject({ username: "ci", password: "hidden-2" });
  expect(await ask(of, "git.example.org")).toMatchObject({ identitytoken: "token-hidden" });
  expect(await ask(of, "other.example.org")).toBeNull();
});

test("a helper is asked for its registry on stdin; one that knows none, or is broken, leaves what is stored", async () => {
  const helper = 'read -r registry; test "$registry" = git.example.org || exit 1; echo \'{"Username":"bot","Secret":"hidden-3"}\'';
  const of = withSettings({ credsStore: "test", auths: { "other.example.org": { auth } } }, helper);
  expect(await ask(of, "git.example.org")).toMatchObject({ username: "bot", password: "hidden-3" });
  expect(await ask(of, "other.example.org")).toMatchObject({ username: "ci" });
  expect(await ask(withSettings({ credHelpers: { "git.example.org": "test" } }, "echo nonsense"), "git.example.org")).toBeNull();
  expect(await ask(withSettings({ credHelpers: { "git.example.org": "absent" } }), "git.example.org")).toBeNull();
});

test.each(["p", "pw", "pwd"])(
  "the header is base64 for URLs with its padding, without which the Engine reads no credentials: password %s",
  (password) => {
    const header = headerOf({ username: "ü?>", password, serveraddress: "r" });
    expect(header).toMatch(/^(?:[\w-]{4})*(?:[\w-]{2}==|[\w-]{3}=)?$/);
    expect(JSON.parse(Buffer.from(header, "base64url").toString())).toMatchObject({ password });
  },
);
