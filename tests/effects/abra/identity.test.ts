import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { assert as forAll, array, constantFrom, property } from "fast-check";
import { expect, test } from "vitest";
import { settingsIn } from "../../../src/effects/abra/env-file.js";
import { assertAbraShIdentity, assertIdentity, assertSealed, sealEnv } from "../../../src/effects/abra/identity.js";
import { assertOwnEnv } from "../../../src/effects/abra/own-env.js";
import { signedBy } from "../../../src/effects/abra/run-sign.js";
import { sampleBytesMax } from "../../../src/effects/recipe/recipe-file-refused.js";
import type { App } from "../../../src/machines/vocabulary.js";
import { temporaryFolder } from "../../support/processes.js";
import { workedMs } from "../../support/worked.js";

const app = { recipe: "notes", domain: "note-abcdef.ci.test", stack: "note-abcdef_ci_test", commit: "0" } as App;
const ours = { TYPE: "notes", DOMAIN: app.domain, STACK_NAME: app.stack, LETS_ENCRYPT_ENV: "" };

const spellings = [
  "STACK_NAME=other",
  "export STACK_NAME=other",
  "  STACK_NAME = 'other' # why",
  "STACK_NAME: other",
  '\texport\tSTACK_NAME:"other"',
  "A=1\r\nSTACK_NAME=other\r",
  'A="x" STACK_NAME=other',
  "export export STACK_NAME=other",
];

test.each(spellings)(
  "when the sample names another stack, it is refused with file and line, however the line is spelled: %j",
  (spelling) => {
    const refused = { code: "identity-not-ours", exitCode: 1, message: expect.stringMatching(/^\.env\.sample:\d+: STACK_NAME/) };
    expect(() => assertIdentity(app, `TYPE=notes\n${spelling}\n`, ".env.sample")).toThrow(expect.objectContaining(refused));
  },
);

test("when a line inside a quoted value names another stack, the sample is refused, because a simpler reader would see it", () => {
  expect(() => assertIdentity(app, 'NOTE="\nSTACK_NAME=other\n"\n', ".env.sample")).toThrow(".env.sample:2: STACK_NAME is set to other");
});

test("a sample of nothing but line ends or empty stack names is read in one pass", () => {
  const began = workedMs();
  for (const text of ["\r", "\u2028", "STACK_NAME=\n", "export ", "\t"]) {
    const long = text.repeat(Math.ceil(sampleBytesMax / text.length));
    try {
      assertIdentity(app, long, ".env.sample");
    } catch (error) {
      expect(error).toMatchObject({ code: "env-unreadable" });
    }
  }
  expect(workedMs(began)).toBeLessThan(500);
});

test("when TYPE names another recipe, the call is wrong, exit code 2; its own name with a version and a placeholder for DOMAIN are accepted", () => {
  expect(() => assertIdentity(app, "TYPE=wiki:1.0.0+2", ".env.sample")).toThrow(
    expect.objectContaining({ code: "type-of-another-recipe", exitCode: 2 }),
  );
  expect(() => assertIdentity(app, "RECIPE=wiki", ".env.sample")).toThrow("RECIPE names the recipe wiki");
  for (const domain of ["notes.example.com", "", "{{ .Domain }}", app.domain, "a.b.test", "localhost"]) {
    expect(() =>
      assertIdentity(app, `TYPE=notes:1.0.0+2\nDOMAIN=${domain}\n#STACK_NAME=other\nMY_STACK_NAME=x`, ".env.sample"),
    ).not.toThrow();
  }
  expect(() => assertIdentity(app, "DOMAIN=shop.coop\nDOMAIN=notes.example.com", ".env.sample")).toThrow(
    ".env.sample:1: DOMAIN is set to shop.coop",
  );
});

test("when abra.sh exports another stack's name, it is refused with its line", () => {
  expect(() => assertAbraShIdentity(app, "#!/bin/sh\nexport STACK_NAME=other\n")).toThrow("abra.sh:2: STACK_NAME");
  expect(() => assertAbraShIdentity(app, "export A=1 export STACK_NAME=other\n")).toThrow("abra.sh:1: STACK_NAME");
  expect(() => assertAbraShIdentity(app, "export MY_DOMAIN=other.coop A=1\n")).not.toThrow();
  expect(() => assertAbraShIdentity(app, "export CONF_VERSION=v1\nfix() {\n  DOMAIN=$1\n}\n# export STACK_NAME=other\n")).not.toThrow();
});

test("a sealed file names our app in its first and its last assignment, whatever it said before, and keeps its other settings", () => {
  const lines = constantFrom(
    ...spellings,
    "DOMAIN=shop.coop",
    "TYPE=wiki",
    "LETS_ENCRYPT_ENV=production",
    "KEEP=1",
    "# comment",
    'C="$DOMAIN"',
    "",
  );
  forAll(
    property(array(lines), (parts) => {
      const sealed = sealEnv(app, "42", ["KEEP=1", ...parts].join("\n"), ".env");
      expect(settingsIn(sealed, ".env")).toMatchObject({ ...ours, KEEP: "1" });
      expect(/^STACK_NAME=(.*)$/m.exec(sealed)?.[1]).toBe(app.stack);
      expect(sealed).not.toMatch(/shop\.coop|wiki|=production|=other/);
      expect(signedBy(sealed)).toBe("42");
      expect(sealEnv(app, "42", sealed, ".env")).toBe(sealed);
    }),
  );
});

test("when a setting is built from DOMAIN, it has our domain", () => {
  expect(settingsIn(sealEnv(app, "1", "DOMAIN=notes.example.com\nURL=https://$DOMAIN/\n", ".env"), ".env")).toMatchObject({
    URL: `https://${app.domain}/`,
  });
});

test("an .env has the sign of the run whose line it has, and else none", () => {
  expect(signedBy("TYPE=notes\n# recipe-ci running late\n# recipe-ci run\n")).toBeNull();
  expect(signedBy("# recipe-ci run build-7\r\nTYPE=notes\r\n")).toBe("build-7");
});

const servers = () => {
  const serversDir = temporaryFolder();
  for (const name of ["default", "other"]) mkdirSync(join(serversDir, name));
  return {
    file: (server: string) => join(serversDir, server, `${app.domain}.env`),
    assert: () => assertOwnEnv({ serversDir, server: "default" })(app),
  };
};

test("when somebody has pointed the app's .env at another app, abra is not called", () => {
  const { file, assert } = servers();
  expect(assert).not.toThrow();
  writeFileSync(file("default"), sealEnv(app, "1", "", ".env"));
  expect(assert).not.toThrow();
  writeFileSync(file("default"), `${sealEnv(app, "1", "", ".env")}export STACK_NAME=other\n`);
  expect(assert).toThrow("STACK_NAME is other");
  writeFileSync(file("default"), "TYPE=notes\nDOMAIN=shop.coop\n");
  expect(assert).toThrow("DOMAIN is shop.coop");
});

test("when an app of the same name is on another server, abra is not called", () => {
  const { file, assert } = servers();
  writeFileSync(file("other"), sealEnv(app, "1", "", ".env"));
  expect(assert).toThrow(`${app.domain} an app of the server other`);
});

test("when the .env is a link or a folder, it is refused unread", () => {
  const { file, assert } = servers();
  symlinkSync("/dev/zero", file("default"));
  expect(assert).toThrow("is a link");
  mkdirSync(file("other"));
  expect(() => assertOwnEnv({ serversDir: join(file("other"), "..", ".."), server: "other" })(app)).toThrow(
    /is a link|is not a regular file/,
  );
});

test("when an .env lacks a key of the identity, assertSealed accepts it, because an older harness wrote none", () => {
  expect(() => assertSealed(app, "TYPE=notes\n", ".env")).not.toThrow();
});
