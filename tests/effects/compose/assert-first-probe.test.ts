import { expect, test } from "vitest";
import { assertFirstProbe } from "../../../src/effects/compose/assert-first-probe.js";
import { resolveCompose } from "../../../src/effects/compose/resolve-compose.js";

const judge = (check: string, deploy = "{}"): void => {
  const text = `services:\n  app:\n    image: x:1\n    healthcheck: ${check}\n    deploy: ${deploy}\n`;
  assertFirstProbe(resolveCompose({ files: ["compose.yml"], read: () => text, variables: {}, stack: "s" }), 10 * 60_000);
};

test.each([
  "{test: [CMD, x], interval: 10m}",
  "{test: x, interval: 1h, start_period: 0s}",
  "{test: x, interval: 1h, retries: 1}",
  "{test: x, interval: 1h, start_period: 1h, start_interval: 20m}",
])("a health check that docker runs first only after the deploy's limit is refused by its line: %s", (check) => {
  expect(() => judge(check)).toThrow(
    expect.objectContaining({
      code: "health-check-too-late",
      exitCode: 1,
      message: expect.stringMatching(
        /^compose\.yml:4: the health check of the service app runs first .* a deploy may take 10 min/,
      ) as string,
      hint: expect.stringContaining("timeouts.deploy") as string,
    }),
  );
});

test.each([
  ["whose first run is in time", "{test: x, interval: 9m59s}"],
  ["that docker runs each five seconds at first", "{test: x, interval: 1h, start_period: 1m}"],
  ["that docker runs at its own interval at first", "{test: x, interval: 1h, start_period: 1m, start_interval: 1m}"],
  ["with docker's own interval", "{test: x, start_period: 1h}"],
  ["whose command is the image's, if it has one", "{interval: 1h}"],
  ["that is none", "{test: [NONE], interval: 1h}"],
  ["that is switched off", "{disable: true, interval: 1h}"],
  ["of a service that may end", "{test: x, interval: 1h}", "{restart_policy: {condition: on-failure}}"],
  ["of a job", "{test: x, interval: 1h}", "{mode: replicated-job}"],
  ["of a service without tasks", "{test: x, interval: 1h}", "{replicas: 0}"],
])("a health check %s is accepted", (_, check, deploy = "{}") => {
  expect(() => judge(check, deploy)).not.toThrow();
});
