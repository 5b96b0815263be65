import { expect, test } from "vitest";
import { resolveCompose } from "../../../src/effects/compose/resolve-compose.js";
import type { ComposeService } from "../../../src/effects/compose/compose-service.js";
import { hasSharedNames, takenFindings, takenNames } from "../../../src/effects/policy/taken-routes.js";

const stack = "note-abcdef_ci_test";

const service = (labels: string): ComposeService => {
  const text = `services:\n  app:\n    image: x:1\n    deploy: {labels: [${labels}]}\n`;
  const [found] = resolveCompose({ files: ["compose.yml"], read: () => text, variables: { STACK_NAME: stack }, stack }).services;
  if (found === undefined) throw new Error("no service");
  return found;
};

const foreign = (stackOf: string, labels: Readonly<Record<string, string>>) => ({
  ID: stackOf,
  Spec: { Name: `${stackOf}_app`, Labels: { "com.docker.stack.namespace": stackOf, ...labels } },
});

const neighbour = takenNames(
  [
    foreign("other_example_com", {
      "traefik.http.services.other.loadbalancer.server.port": "80",
      "traefik.http.routers.other.rule": "Host(`other.example.com`)",
      "traefik.http.middlewares.slow.ratelimit.average": "5",
    }),
    foreign(stack, { "traefik.http.services.ours.loadbalancer.server.port": "80" }),
  ],
  stack,
);

test.each([
  "traefik.http.services.other.loadbalancer.server.port=8080",
  "Traefik.HTTP.Services.Other.LoadBalancer.Server.Port=8080",
  "traefik.http.routers.other.rule=Host(`note-abcdef.ci.test`)",
  "traefik.http.middlewares.slow.ratelimit.average=1",
])("%s has a name that another app has, and is refused by its line", (label) => {
  expect(takenFindings(service(`"${label}"`), neighbour)).toMatchObject([
    { at: { file: "compose.yml", line: 4 }, allow: null, what: expect.stringContaining("which another app on this Swarm has") },
  ]);
});

test.each([
  "traefik.http.services.ours.loadbalancer.server.port=8080",
  "traefik.http.services.free.loadbalancer.server.port=8080",
  "traefik.http.middlewares.slow.ratelimit.average=5",
  "traefik.enable=true",
])("%s takes nobody's name", (label) => {
  expect(takenFindings(service(`"${label}"`), neighbour)).toEqual([]);
});

test("names with the stack's own in them need no look at the Swarm", () => {
  expect(hasSharedNames(service('"traefik.http.routers.${STACK_NAME}-web.rule=Host(`x`)", "traefik.enable=true"'), stack)).toBe(false);
  expect(hasSharedNames(service('"traefik.http.routers.web.rule=Host(`x`)"'), stack)).toBe(true);
});
