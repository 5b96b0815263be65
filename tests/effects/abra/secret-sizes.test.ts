import { expect, test } from "vitest";
import { assertSecretSizes } from "../../../src/effects/abra/secret-sizes.js";
import { workedMs } from "../../support/worked.js";

const secrets = (count: number): string => Array.from({ length: count }, (_, index) => `SECRET_S${index}_VERSION=v1\n`).join("");

test("when a secret is longer than any recipe needs, the sample is refused with file and line, however the length is written", () => {
  for (const comment of ["# length=4097", "#length = 99999999999", "# charset=hex length='4097'", "# length=12 length=5000"]) {
    const refusal = expect.objectContaining({
      code: "recipe-file-refused",
      exitCode: 1,
      message: expect.stringMatching(/^\.env\.sample:2: a secret of more than 4096/),
    });
    expect(() => assertSecretSizes(`TYPE=notes\nSECRET_A_VERSION=v1 ${comment}\n`, ".env.sample")).toThrow(refusal);
  }
  expect(() => assertSecretSizes("SECRET_A_VERSION=v1 # length=4096\nTEXT=x # length=99999\n", ".env.sample")).not.toThrow();
});

test("when a sample has more secrets than any recipe needs, it is refused", () => {
  expect(() => assertSecretSizes(secrets(200), ".env.sample")).not.toThrow();
  expect(() => assertSecretSizes(secrets(201), ".env.sample")).toThrow(".env.sample: 201 secrets are asked for");
});

test("a sample of nothing but lengths is read in one pass", () => {
  const began = workedMs();
  for (const text of ["length ", "length=1", "length\t\t=", "1"])
    assertSecretSizes(`SECRET_A_VERSION=v1 # ${text.repeat(Math.floor(60_000 / text.length))}`.replace(/=1(?=1)/g, "=1 "), ".env.sample");
  expect(workedMs(began)).toBeLessThan(2_000);
});
