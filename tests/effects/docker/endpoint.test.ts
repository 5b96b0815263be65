import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { resolveEndpoint } from "../../../src/effects/docker/endpoint.js";

const socket = { kind: "socket", path: "/var/run/docker.sock" };

const settingsFolder = (text: string): string => {
  const folder = mkdtempSync(join(tmpdir(), "docker-config-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "config.json"), text);
  return folder;
};

test.each([
  ["no variable", {}, socket],
  ["an empty DOCKER_HOST", { DOCKER_HOST: "" }, socket],
  ["a socket in DOCKER_HOST", { DOCKER_HOST: "unix:///tmp/d.sock", DOCKER_CONTEXT: "far" }, { kind: "socket", path: "/tmp/d.sock" }],
  ["a host by TCP", { DOCKER_HOST: "tcp://10.0.0.1:2376" }, { kind: "dial", docker: "docker", said: "tcp://10.0.0.1:2376" }],
  ["a host by ssh", { DOCKER_HOST: "ssh://ci@host" }, { kind: "dial", docker: "docker", said: "ssh://ci@host" }],
  ["a context", { DOCKER_CONTEXT: "far" }, { kind: "dial", docker: "docker", said: "context far" }],
  ["the default context by name", { DOCKER_CONTEXT: "default" }, socket],
])("%s leads to the endpoint that the docker client would use", (_, env, expected) => {
  expect(resolveEndpoint({ docker: "docker", sandbox: null, env: { HOME: "/nonexistent", ...env } })).toEqual(expected);
});

test("the context in the client's settings counts unless a variable names another", () => {
  const DOCKER_CONFIG = settingsFolder('{ "currentContext": "far" }');
  const ask = (env: Record<string, string>) => resolveEndpoint({ docker: "docker", sandbox: null, env: { DOCKER_CONFIG, ...env } });
  expect(ask({})).toEqual({ kind: "dial", docker: "docker", said: "context far" });
  expect(ask({ DOCKER_CONTEXT: "default" })).toEqual(socket);
  expect(ask({ DOCKER_HOST: "unix:///tmp/d.sock" })).toEqual({ kind: "socket", path: "/tmp/d.sock" });
});

test("when the client's settings name no context or cannot be read, the endpoint is the default socket", () => {
  for (const text of ["{}", '{ "currentContext": "" }', "not json", "[]", "null"]) {
    expect(resolveEndpoint({ docker: "docker", sandbox: null, env: { DOCKER_CONFIG: settingsFolder(text) } })).toEqual(socket);
  }
});

test("when the operator names a docker client, it is dialled whatever the variables say", () => {
  expect(resolveEndpoint({ docker: "/opt/docker", sandbox: null, env: { DOCKER_HOST: "unix:///tmp/d.sock" } })).toEqual({
    kind: "dial",
    docker: "/opt/docker",
    said: "/opt/docker",
  });
});

test("in the sandbox the endpoint is the sandbox's engine whatever the variables say", () => {
  expect(resolveEndpoint({ docker: "/x/docker", sandbox: "/tmp/s", env: { DOCKER_HOST: "unix:///tmp/d.sock" } })).toEqual({
    kind: "sandbox",
    folder: "/tmp/s",
    docker: "/x/docker",
  });
});
