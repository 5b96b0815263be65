import { afterAll, beforeAll, expect } from "vitest";
import { Bed, openWorld, type Files } from "./bed.js";

interface Told {
  readonly version: string;
  readonly image?: string;
  /** Of the service `app`. */
  readonly more?: string;
  readonly update?: string;
  /** Other services, and what follows them. */
  readonly end?: string;
}

export const compose = ({
  version,
  image = "local/echo-app:1.0.0",
  more = "",
  update = "order: stop-first, monitor: 300ms",
  end = "",
}: Told): string => `version: "3.8"
services:
  app:
    image: ${image}
    stop_grace_period: 1s
    volumes: ["data:/data"]
${more}    deploy:
      update_config: { ${update} }
      labels: ["coop-cloud.\${STACK_NAME}.version=${version}"]
${end}volumes:
  data:
`;

export const worker = "  worker:\n    image: local/echo-app:1.0.0\n    stop_grace_period: 1s\n";
const broken = "local/notes-broken:1.0.0";

export const sample = "TYPE=box\nDOMAIN=box.example.com\nTIMEOUT=60\nGREETING=hello\n";
export const base = (recipe: string): Files => ({
  ".env.sample": sample.replace("box", recipe),
  "abra.sh": "",
  "compose.yml": compose({ version: "0.1.0+1" }),
});

export const secret = `secrets:\n  token:\n    external: true\n    name: \${STACK_NAME}_token_\${SECRET_TOKEN_VERSION}\n`;
export const sampleOf = (recipe: string, more = ""): string => `${sample.replace("box", recipe)}${more}`;
export const neverHealthy = `    healthcheck: { test: ["CMD", "node", "-e", "process.exit(1)"], interval: 1s, retries: 1000 }\n`;

/** A world for one test file, open from its first test to its last, and its upgrades. */
export const worldOfFile = () => {
  let open: Awaited<ReturnType<typeof openWorld>>;
  beforeAll(async () => {
    open = await openWorld();
  });
  afterAll(async () => {
    await open.connected.end();
    await open.world.close();
  });
  return {
    world: () => open.world,
    bedOf: (recipe: string, versions: readonly (readonly [string, Files])[]): Bed => new Bed(open, recipe, versions),
    bed: (recipe: string, ...further: readonly (readonly [string, Files])[]): Bed =>
      new Bed(open, recipe, [["0.1.0+1", base(recipe)], ...further]),
  };
};

/** What an operator would have to do by hand, as a sentence for the release notes, and where the recipe asks for it. */
export type Need = readonly [recipe: string, what: string, files: Files, sentence: RegExp, place: RegExp];

export const expectNeedsHands = async (asks: Bed, [, , , sentence, place]: Need): Promise<void> => {
  await asks.deploy();
  const before = asks.env;
  await expect(asks.upgrade()).rejects.toMatchObject({
    code: "upgrade-needs-hands",
    exitCode: 1,
    message: expect.stringMatching(sentence) as string,
    hint: expect.stringContaining("release/0.2.0+1") as string,
    details: [expect.stringMatching(place)],
  });
  expect(asks.env).toBe(before);
  expect(await asks.labels()).toMatchObject({ [`coop-cloud.${asks.app.stack}.chaos-version`]: asks.version(0).commit.slice(0, 8) });
};

/** A bed whose new version does not come up. */
export const expectFailedUpdate = async (failing: Bed, code: string): Promise<void> => {
  await failing.deploy();
  await expect(failing.upgrade()).rejects.toMatchObject({
    code,
    exitCode: 1,
    details: expect.arrayContaining([
      expect.stringContaining("exit code 1"),
      expect.stringContaining("cannot open /etc/notes/license.key"),
    ]) as unknown,
  });
};

export const brokenUpdate = (update: string): readonly [string, Files] => [
  "0.2.0+2",
  { "compose.yml": compose({ version: "0.2.0+2", image: broken, update }) },
];
