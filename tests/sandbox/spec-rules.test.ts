import { expect, test } from "vitest";
import { badConstraint } from "../../sandbox/engine/swarm/node.js";
import { assertSpec } from "../../sandbox/engine/swarm/spec-rules.js";
import type { ServiceSpec } from "../../sandbox/engine/schema.js";

const spec = (task: object, more: object = {}): ServiceSpec => ({
  Name: "a",
  Mode: {},
  TaskTemplate: { ContainerSpec: { Image: "a:1" }, ...task },
  ...more,
});

/** Swarmkit, or the engine in front of it, refuses each of these specs in these words. */
test.each<readonly [string, ServiceSpec]>([
  ['invalid RestartCondition: "sometimes"', spec({ RestartPolicy: { Condition: "sometimes" } })],
  ["TaskSpec: restart-delay cannot be negative", spec({ RestartPolicy: { Delay: -1 } })],
  ["unrecognized update failure action stop", spec({}, { UpdateConfig: { FailureAction: "stop" } })],
  ["unrecognized update order both", spec({}, { RollbackConfig: { Order: "both" } })],
  ["TaskSpec: update-monitor cannot be negative", spec({}, { UpdateConfig: { Monitor: -1 } })],
  ["TaskSpec: update-maxfailureratio cannot be less than 0 or bigger than 1", spec({}, { UpdateConfig: { MaxFailureRatio: 2 } })],
  [
    "expanding env failed: template: expansion: a field that the Swarm does not know",
    spec({ ContainerSpec: { Image: "a:1", Env: ["A={{.Level}}"] } }),
  ],
  ["expanding hostname failed", spec({ ContainerSpec: { Image: "a:1", Hostname: "{{ level }}" } })],
  [
    "the sandbox does not know such a template of mounts",
    spec({ ContainerSpec: { Image: "a:1", Mounts: [{ Type: "volume", Source: "{{if true}}a{{end}}", Target: "/a" }] } }),
  ],
  ["Jobs may not have an update config", spec({}, { Mode: { GlobalJob: {} }, UpdateConfig: {} })],
  ["Jobs may not have an update config", spec({}, { Mode: { ReplicatedJob: {} }, UpdateConfig: {} })],
  ['invalid resolution mode: "round"', spec({}, { EndpointSpec: { Mode: "round" } })],
  ["invalid cpu value 0.0001: Must be at least 0.001", spec({ Resources: { Limits: { NanoCPUs: 1e5 } } })],
  ["invalid memory value 1024: Must be at least 4MiB", spec({ Resources: { Reservations: { MemoryBytes: 1024 } } })],
  [
    "ContainerSpec: Interval in HealthConfig cannot be less than 1ms",
    spec({ ContainerSpec: { Image: "a:1", Healthcheck: { Interval: 10 } } }),
  ],
  [
    "EndpointSpec: duplicate published ports provided",
    spec(
      {},
      {
        EndpointSpec: {
          Ports: [
            { TargetPort: 1, PublishedPort: 5 },
            { TargetPort: 2, PublishedPort: 5 },
          ],
        },
      },
    ),
  ],
])("the sandbox's Swarm says: %s", (words, refused) => {
  expect(() => assertSpec(refused)).toThrow(words);
});

test("a minimal spec that a Swarm accepts is accepted", () => {
  const task = {
    RestartPolicy: { Condition: "", Delay: 0 },
    Resources: { Limits: { NanoCPUs: 1e6, MemoryBytes: 4 * 1024 ** 2 } },
    ContainerSpec: { Image: "a:1", Healthcheck: { Interval: 0, Timeout: 1e6 } },
  };
  expect(() =>
    assertSpec(
      spec(task, {
        UpdateConfig: { MaxFailureRatio: 1 },
        EndpointSpec: {
          Ports: [
            { TargetPort: 1, PublishedPort: 5 },
            { TargetPort: 1, PublishedPort: 5, Protocol: "udp" },
          ],
        },
      }),
    ),
  ).not.toThrow();
});

test.each(["ReplicatedJob", "GlobalJob"])("a %s may have a rollback config with any ratio, and a restart policy for any end", (mode) => {
  expect(() =>
    assertSpec(spec({ RestartPolicy: { Condition: "any" } }, { Mode: { [mode]: {} }, RollbackConfig: { MaxFailureRatio: 5 } })),
  ).not.toThrow();
});

test.each(["node.role", "node.labels.x==", "==a", "node.labels.x == a~b"])("%s is not a valid constraint", (constraint) => {
  expect(badConstraint(spec({ Placement: { Constraints: [constraint] } }))).not.toBeNull();
  expect(badConstraint(spec({ Placement: { Constraints: ["node.role != worker"] } }))).toBeNull();
});
