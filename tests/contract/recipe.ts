import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { must } from "../support/children.js";

/** Small, and still with one of everything that a deploy makes: volume, secret, config, network, labels. */
const compose = (version: string): string => `version: "3.8"
services:
  app:
    image: \${IMAGE:-local/echo-app:1.0.0}
    environment:
      - DOMAIN
      - GREETING=\${GREETING}
    ports:
      - target: 8080
        protocol: tcp
        mode: host
    volumes:
      - data:/data
    secrets:
      - token
      - pin
    configs:
      - source: conf
        target: /etc/contract.conf
    stop_grace_period: 1s
    deploy:
      endpoint_mode: dnsrr
      restart_policy:
        condition: any
        delay: 200ms
      update_config:
        order: stop-first
        monitor: 500ms
      labels:
        - "coop-cloud.\${STACK_NAME}.version=${version}"
        - "coop-cloud.\${STACK_NAME}.timeout=\${TIMEOUT:-60}"
volumes:
  data:
secrets:
  token:
    external: true
    name: \${STACK_NAME}_token_\${SECRET_TOKEN_VERSION}
  pin:
    external: true
    name: \${STACK_NAME}_door_\${DOOR_VERSION:-v2}
configs:
  conf:
    name: \${STACK_NAME}_conf_\${CONF_VERSION}
    file: contract.conf
`;

const envSample = `TYPE=contract

DOMAIN=contract.example.com
TIMEOUT=60
COMPOSE_FILE="compose.yml"
GREETING='hello, \`world\`'
# COMPOSE_FILE="$COMPOSE_FILE:compose.other.yml"

SECRET_TOKEN_VERSION=v1 # length=24
SECRET_OLD_VERSION=v1
`;

const extra = `version: "3.8"
services:
  app:
    environment:
      - EXTRA=from-the-second-file
`;

export const versions = { older: "0.1.0+1.0.0", newer: "0.2.0+1.0.0" } as const;

/** Git as a child with nothing of the user's: same commits on every machine. */
export const gitIn = (dir: string, ...args: readonly string[]): string =>
  must("git", ["-c", "user.name=contract", "-c", "user.email=contract@localhost", "-c", "init.defaultBranch=main", ...args], {
    cwd: dir,
    env: {
      PATH: process.env["PATH"] ?? "",
      GIT_CONFIG_GLOBAL: "/dev/null",
      GIT_CONFIG_SYSTEM: "/dev/null",
      GIT_AUTHOR_DATE: "2026-01-01T00:00:00Z",
      GIT_COMMITTER_DATE: "2026-01-01T00:00:00Z",
    },
  }).trim();

/** A recipe's repository with two annotated version tags and, after them, one commit more on main. */
export const layOutRecipe = (dir: string): void => {
  mkdirSync(join(dir, "release"), { recursive: true });
  const write = (name: string, text: string): void => writeFileSync(join(dir, name), text);
  gitIn(dir, "init", "--quiet");
  write(".env.sample", envSample);
  write("abra.sh", "export CONF_VERSION=v1\n");
  write("contract.conf", "first\n");
  write("compose.extra.yml", extra);
  write("README.md", "# contract\n\n<!-- metadata -->\n* **Category**: Test\n<!-- endmetadata -->\n");
  for (const version of [versions.older, versions.newer]) {
    write("compose.yml", compose(version));
    write(`release/${version}`, "Nothing to do.\n");
    gitIn(dir, "add", "--all");
    gitIn(dir, "commit", "--quiet", "--message", `Release ${version}`);
    gitIn(dir, "tag", "--annotate", "--message", version, version);
  }
  write("README.md", "# contract\n\nUnreleased.\n");
  gitIn(dir, "commit", "--quiet", "--all", "--message", "Say more");
};
