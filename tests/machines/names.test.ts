import { createHash } from "node:crypto";
import { constantFrom, assert as forAll, property, stringMatching, tuple, uniqueArray } from "fast-check";
import { describe, expect, test } from "vitest";
import { asRunApp, domainFor, runAppOfObject, runAppOfStack, stackFor } from "../../src/machines/names.js";
import type { Domain } from "../../src/machines/vocabulary.js";

const label = stringMatching(/^[a-z0-9]([a-z0-9-]{0,6}[a-z0-9])?$/);
const zones = tuple(label, label, constantFrom("com", "localhost", "test")).map((parts) => parts.join("."));
const recipes = stringMatching(/^[a-z][a-z0-9_-]{0,20}$/);
const hex = stringMatching(/^[0-9a-f]{6}$/);
const runApps = tuple(
  stringMatching(/^[a-z0-9][a-z0-9-]{0,3}$/).filter((prefix) => prefix !== "warm"),
  hex,
  zones,
).map(([prefix, digits, zone]) => ({
  zone,
  domain: `${prefix}-${digits}.${zone}` as Domain,
}));

describe("a minted name", () => {
  test("is a run app of its zone for any recipe, and its stack's name leads back to it", () => {
    forAll(
      property(recipes, zones, hex, (recipe, zone, seed) => {
        const domain = domainFor(recipe, createHash("sha256").update(seed).digest("hex"), zone);
        expect(asRunApp(domain, zone)).toBe(domain);
        expect(runAppOfStack(stackFor(domain), zone)).toBe(domain);
        expect(domain.startsWith("warm-")).toBe(false);
      }),
    );
  });

  test("is the one that the predecessor mints from the same recipe, pull request and commit", () => {
    const digest = createHash("sha256").update("keycloak|42|0123456789abcdef").digest("hex");
    expect(domainFor("keycloak", digest, "ci.example.com")).toBe(`keyc-${digest.slice(0, 6)}.ci.example.com`);
    expect(domainFor("warmup", digest, "ci.example.com")).toBe(`wrm-${digest.slice(0, 6)}.ci.example.com`);
  });
});

describe("no run app is", () => {
  test("a warm app, whatever the rest of its name", () => {
    forAll(
      property(zones, hex, label, (zone, digits, rest) => {
        for (const name of [`warm-${digits}.${zone}`, `warm-${rest}.${zone}`, `warm-${rest}-${digits}.${zone}`]) {
          expect(asRunApp(name, zone)).toBeNull();
          expect(runAppOfStack(name.replaceAll(".", "_"), zone)).toBeNull();
        }
      }),
    );
  });

  test("an app of the infrastructure or one that a person named", () => {
    forAll(
      property(label, zones, (name, zone) => {
        expect(asRunApp(`${name}.${zone}`, zone) === null || /^[a-z0-9-]{1,4}-[0-9a-f]{6}$/.test(name)).toBe(true);
        for (const known of ["traefik", "backups", "drone", "monitoring"]) expect(asRunApp(`${known}.${zone}`, zone)).toBeNull();
      }),
    );
  });

  test("an app whose name differs from a run app's in one character", () => {
    forAll(
      property(runApps, constantFrom("x", "0", "-", ".", "_", "A", "\n", " "), ({ domain, zone }, extra) => {
        const first = domain.slice(0, domain.length - zone.length - 1);
        const digits = first.slice(-6);
        const fakes = [
          `${first}x.${zone}`,
          `${domain}${extra}`,
          `${first.slice(0, -1)}.${zone}`,
          `${first.slice(0, -6)}${digits.slice(0, 5)}g.${zone}`,
          `abcde-${digits}.${zone}`,
          `-${digits}${extra}.${zone}`,
          `${first}.${zone}.${zone}`,
          `${first}.x${zone}`,
        ];
        for (const fake of fakes) if (fake !== domain) expect([fake, asRunApp(fake, zone)]).toEqual([fake, null]);
      }),
    );
  });

  test("an app of another zone, even if that ends or begins like the run's zone", () => {
    forAll(
      property(runApps, label, ({ domain, zone }, other) => {
        for (const foreign of [`${other}.${zone}`, `${zone}.${other}`, zone.replaceAll(".", "x")]) {
          if (foreign !== zone) expect(asRunApp(domain, foreign)).toBeNull();
        }
      }),
    );
  });
});

describe("an object belongs", () => {
  test("to the stack that its label names, whatever its own name", () => {
    forAll(
      property(runApps, runApps, (own, other) => {
        const object = { name: `${stackFor(other.domain)}_data`, stackLabel: stackFor(own.domain) };
        expect(runAppOfObject(object, own.zone, [])).toBe(own.domain);
        expect(runAppOfObject({ ...object, stackLabel: "traefik" }, own.zone, [])).toBeNull();
      }),
    );
  });

  test("without a label, to the app whose stack's name and an underscore begin its name", () => {
    forAll(
      property(runApps, label, ({ domain, zone }, rest) => {
        const stack = stackFor(domain);
        expect(runAppOfObject({ name: `${stack}_${rest}`, stackLabel: null }, zone, [stack])).toBe(domain);
        for (const name of [stack, `${stack}${rest}`, `abcde${stack}_${rest}`, `${stack}_`]) {
          expect([name, runAppOfObject({ name, stackLabel: null }, zone, [stack])]).toEqual([name, null]);
        }
      }),
    );
  });

  test("to the longest known stack that fits: those of foo_bar_baz do not belong to foo_bar, nor the other way round", () => {
    forAll(
      property(runApps, uniqueArray(label, { minLength: 2, maxLength: 2 }), ({ domain, zone }, [more = "", rest = ""]) => {
        const short = stackFor(domain);
        const long = `${short}_${more}`;
        expect(runAppOfObject({ name: `${long}_${rest}`, stackLabel: null }, zone, [short, long])).toBeNull();
        expect(runAppOfObject({ name: `${short}_${rest}`, stackLabel: null }, zone, [short, long])).toBe(domain);
        expect(runAppOfObject({ name: `${short}_${rest}`, stackLabel: long }, zone, [short, long])).toBe(runAppOfStack(long, zone));
      }),
    );
  });
});
