import { expect, test } from "vitest";
import { assertDeployable } from "../../../src/effects/compose/assert-deployable.js";
import { resolveCompose } from "../../../src/effects/compose/resolve-compose.js";

const stack = "note-abcdef_ci_test";

const judge = (line: string): void => {
  const text = `services:\n  app:\n    image: x:1\n    ${line}\n`;
  assertDeployable(resolveCompose({ files: ["compose.yml"], read: () => text, variables: { NO: "" }, stack }), stack);
};

/** Lines of a service that the Swarm takes and no task ever starts with, each with the message and the hint. */
const refusals: Readonly<Record<string, readonly [string, string, string]>> = {
  "a signal that there is not": ["stop_signal: SIGFOO", "stop_signal of the service app is no signal", "such as SIGTERM"],
  "the signal 0": ['stop_signal: "0"', "stop_signal of the service app is no signal", "such as SIGTERM"],
  "a real-time signal beyond the last": ["stop_signal: RTMIN+16", "is no signal", "such as SIGTERM"],
  "a working folder that is relative": ["working_dir: app", "working_dir of the service app is no absolute path", "Begin it with `/`"],
  "a capability to drop that there is not": [
    "cap_drop: [ALL, NET_ADMN]",
    'cap_drop of the service app has "NET_ADMN", which is no capability',
    "NET_ADMIN",
  ],
  "a capability to add that there is not": ["cap_add: [CAP_FOO]", 'cap_add of the service app has "CAP_FOO"', "NET_ADMIN"],
  "an address and a host in the wrong order": [
    'extra_hosts: ["192.0.2.1:db"]',
    "extra_hosts of the service app has an address that is none",
    "NAME:ADDRESS",
  ],
  "a host that has a name for an address": [
    "extra_hosts: {db: db.example}",
    "extra_hosts of the service app has an address that is none",
    "host-gateway",
  ],
  "a limit that there is not": ["ulimits: {files: 5}", 'ulimits of the service app has "files", which is no limit', "nofile"],
  "a limit whose soft value is the higher one": [
    "ulimits: {nofile: {soft: 20, hard: 10}}",
    "the limit nofile of the service app has a soft value above",
    "raise it",
  ],
  "a limit whose soft value has no end": [
    "ulimits: {nofile: {soft: -1, hard: 10}}",
    "the limit nofile of the service app has a soft value above",
    "raise it",
  ],
  "a host name that Linux does not take": [`hostname: ${"h".repeat(65)}`, "hostname of the service app is longer than 64 bytes", "shorter"],
  "a variable without a name": [
    "environment: [$NO=1]",
    "environment of the service app has a variable without a name",
    "Are all its variables set",
  ],
  "a health check that is a command by itself": [
    "healthcheck: {test: [curl, -f, http://localhost]}",
    "the health check of the service app is a list that begins with neither CMD",
    "curl",
  ],
  "a health check whose word is in small letters": ["healthcheck: {test: [cmd, x]}", "docker would never run it", "CMD"],
  "a health check whose first word is not set": ["healthcheck: {test: [$NO]}", "docker would never run it", "CMD"],
  "a health check without a command, which ends dockerd": [
    "healthcheck: {test: [CMD]}",
    "the health check of the service app names no command: docker's own daemon may crash of it",
    "behind it",
  ],
  "an option that a log driver does not know": [
    "logging: {driver: json-file, options: {max-siz: 1m}}",
    'logging of the service app has the option "max-siz", which the driver json-file does not know',
    "Did you mean max-size?",
  ],
  "an option of files for a journal": [
    "logging: {driver: journald, options: {max-size: 1m}}",
    "which the driver journald does not know",
    "Take it out",
  ],
  "a log's size that is none": [
    "logging: {driver: json-file, options: {max-size: big}}",
    "has a max-size that the driver json-file does not take",
    "an amount",
  ],
  "no log file at all": ['logging: {driver: json-file, options: {max-file: "0"}}', "has a max-file that the driver", "at least 1"],
  "a log's mode that there is not": ["logging: {driver: local, options: {mode: fast}}", "has a mode that the driver local", "non-blocking"],
  "a compressed log of one file": [
    'logging: {driver: json-file, options: {compress: "true", max-size: 1m}}',
    "does not take together",
    "max-file of at least 2",
  ],
  "a compressed log without an end": [
    'logging: {driver: json-file, options: {compress: "true", max-file: "3"}}',
    "does not take together",
    "takes a max-size",
  ],
  "one file of a driver that compresses": [
    'logging: {driver: local, options: {max-file: "1"}}',
    "does not take together",
    'compress: "false"',
  ],
  "a buffer that nothing fills": ["logging: {driver: local, options: {max-buffer-size: 4m}}", "does not take together", "non-blocking"],
};

test.each(Object.entries(refusals))("%s is refused by file and line before anything is deployed", (_, [line, message, hint]) => {
  expect(() => judge(line)).toThrow(
    expect.objectContaining({
      code: "compose-refused",
      exitCode: 1,
      message: expect.stringContaining(message),
      hint: expect.stringContaining(hint),
    }),
  );
  expect(() => judge(line)).toThrow(/^compose\.yml:4: /);
});

/** Spellings with which a node's engine starts a task. */
const taken: readonly string[] = [
  ...["SIGTERM", "sigusr1", "quit", '"15"', '"99"', "SIGRTMIN", "RTMIN+15", "RTMAX-14", '""'].map((signal) => `stop_signal: ${signal}`),
  ...["/app", '"C:\\\\app"', '""'].map((folder) => `working_dir: ${folder}`),
  "cap_drop: [all, CAP_NET_RAW, sys_admin]",
  'extra_hosts: ["a:192.0.2.1", "b:host-gateway", "c:::1", "d=[::1]", "e=192.0.2.1", passed-over, "f:"]',
  'extra_hosts: {a: 192.0.2.1, b: "::1"}',
  "ulimits: {nofile: 5, NPROC: {soft: 5, hard: 5}, memlock: {soft: 5, hard: -1}, core: {soft: -1, hard: -1}}",
  `hostname: ${"h".repeat(64)}`,
  `hostname: "{{.Node.Hostname}}-${"h".repeat(60)}"`,
  ...["x", "[]", "[NONE]", "[CMD, x]", "[CMD-SHELL, x, y]", '""'].map((check) => `healthcheck: {test: ${check}}`),
  'logging: {driver: json-file, options: {max-size: 10m, max-file: "3", compress: "true", tag: x, labels: a, mode: non-blocking, max-buffer-size: 4m}}',
  'logging: {driver: local, options: {max-file: "1", compress: "false"}}',
  "logging: {driver: none, options: {whatever: x}}",
  "logging: {driver: elsewhere, options: {whatever: x}}",
  "logging: {options: {whatever: x}}",
  "logging: {driver: json-file}",
];

test.each(taken)("a service with %s is accepted", (line) => expect(() => judge(line)).not.toThrow());
