import { expect, test } from "vitest";
import { assertCompose } from "../../sandbox/docker/compose/schema.js";

const image = "local/echo-app:1.0.0";

test.each([
  ["devices under reservations", { deploy: { resources: { reservations: { devices: [] } } } }, "services.app.deploy.resources.reservations Additional property devices is not allowed"],
  ["pids under reservations", { deploy: { resources: { reservations: { pids: 1 } } } }, "services.app.deploy.resources.reservations Additional property pids is not allowed"],
  ["an environment with nothing in it", { environment: null }, "services.app.environment must be a mapping"],
  ["labels with nothing in them", { deploy: { labels: null } }, "services.app.deploy.labels must be a mapping"],
  ["group_add", { group_add: ["1000"] }, "services.app Additional property group_add is not allowed"],
])("the sandbox refuses %s, as docker's client does", (_, service, words) => {
  expect(() => assertCompose({ services: { app: { image, ...service } } })).toThrow(words);
});

test("the sandbox takes a limit of processes, and generic resources", () => {
  expect(() => assertCompose({ services: { app: { image, deploy: { resources: { limits: { pids: 10 }, reservations: { generic_resources: [] } } } } } })).not.toThrow();
});
