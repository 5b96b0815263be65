import { randomBytes } from "node:crypto";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createRedactor, redact, rememberSecret } from "../../src/effects/redact.js";
import { KnownSecrets } from "../../src/effects/secrets/known-secrets.js";
import { isSecretName } from "../../src/effects/secrets/secret-names.js";
import { findShapes } from "../../src/effects/secrets/secret-shapes.js";
import { workedMs } from "../support/worked.js";

/** Each test plants values of its own: they are known to the end of the process. */
const plant = (value: string): string => {
  rememberSecret(value);
  return value;
};
const fresh = (length: number): string => randomBytes(length).toString("hex").slice(0, length);

const streamed = (writes: readonly string[]): string => {
  const redactor = createRedactor();
  return writes.map(redactor.push).join("") + redactor.end();
};

describe("a value that is known to be secret is masked", () => {
  test.each(["k7q", "p@ss w/ord", "a.b*c[d]$^", "ünïcødé✓", "two\nlines-of-it", '"quoted\\', "  leading-space"])(
    "whatever its length and characters: %j",
    (value) => {
      plant(value);
      expect(redact(`before ${value} after`)).toBe("before *** after");
      expect(redact(JSON.stringify({ said: value }))).toBe('{"said":"***"}');
    },
  );

  test("where the characters around it are letters too, where two overlap, and where one is a part of another", () => {
    const [one, other] = [plant("qqzabcab"), plant("abcabzqq")];
    plant("zabc");
    expect(redact(`x${one}x${other}x`)).toBe("x***x***x");
    expect(redact("qqzabcabzqq")).toBe("***");
    expect(redact("a zabc b")).toBe("a *** b");
  });

  test("in an address, where its characters are spelt otherwise", () => {
    plant("wö/rd?1+&x");
    expect(redact(`GET /?q=${encodeURIComponent("wö/rd?1+&x")}`)).toBe("GET /?q=***");
  });

  test.each([
    ["an address, by RFC 3986", "%21a%28b%27%2A%26%2F%20%3Cc%22~"],
    ["an address, with small digits", "%21a%28b%27%2a%26%2f%20%3cc%22~"],
    ["a form", "%21a%28b%27*%26%2F+%3Cc%22~"],
    ["an address, by Go", "%21a%28b%27%2A&%2F%20%3Cc%22~"],
    ["JSON, by Go", String.raw`!a(b'*\u0026/ \u003cc\"~`],
    ["JSON, by PHP", String.raw`!a(b'*&\/ <c\"~`],
    ["JSON within JSON", String.raw`!a(b'*&/ <c\\\"~`],
    ["HTML", "!a(b&#39;*&amp;/ &lt;c&quot;~"],
    ["XML's text", "!a(b'*&amp;/ &lt;c\"~"],
    ["a shell's trace", String.raw`!a(b'\''*&/ <c"~`],
  ])("as it is written in %s", (_, written) => {
    plant("!a(b'*&/ <c\"~");
    expect(redact(`x=${written}.`)).toBe("x=***.");
  });

  test("in base64, by itself or with others before and after it, on a line or wrapped, in both alphabets", () => {
    const value = plant(`~~?${fresh(60)}`);
    for (const text of [value, `a:${value}`, `ab:${value}`, `root:${value}\n`, `{"password":"${value}"}`])
      for (const alphabet of ["base64", "base64url"] as const) {
        const encoded = Buffer.from(text).toString(alphabet);
        for (const shown of [encoded, `${encoded.slice(0, 40)}\n${encoded.slice(40)}`])
          // What is left is what stands around the value: at most 16 bytes, and two characters of its own.
          expect(redact(shown).replace("***", "").length, shown).toBeLessThan(26);
      }
    plant("ab1");
    expect(redact("YWIx")).toBe("YWIx");
  });

  test("where it is wrapped at line ends, if it is long enough to be no accident; a short one is not sought across them", () => {
    const long = plant(`W${fresh(40)}`);
    expect(redact(`a ${long.slice(0, 20)}\r\n${long.slice(20)} b`)).toBe("a *** b");
    plant("xyzzy1");
    expect(redact("xyz\nzy1")).toBe("xyz\nzy1");
  });

  test("where it has several lines and is printed with other line ends", () => {
    plant("-----BEGIN KEY-----\nMIIabc\nDEFghi==\n-----END KEY-----\n");
    expect(redact("key:\r\n-----BEGIN KEY-----\r\nMIIabc\r\nDEFghi==\r\n-----END KEY-----\r\nend")).toBe("key:\r\n***\r\nend");
    expect(redact("…\nDEFghi==\n-----END KEY-----\n")).toBe("…\n***\n-----END KEY-----\n");
  });

  test("where it is longer than any window", () => {
    const huge = plant(randomBytes(20_000).toString("base64"));
    expect(redact(`<${huge}>`)).toMatch(/^<\**>$/);
  });

  test("where it is a little longer than one, and what it ends with is left alone elsewhere", () => {
    const long = plant(`${"Q".repeat(512)}k`);
    expect(redact(`<${long}>`)).toMatch(/^<\**>$/);
    expect(redact("a key is looked up")).toBe("a key is looked up");
  });
});

describe("what stands where a secret would is masked, though nobody told of it:", () => {
  test.each([
    ["Authorization: Basic dXNlcjpwdw==", "Authorization: Basic ***"],
    ["authorization: Bearer abc.def", "authorization: Bearer ***"],
    ['Authorization: Digest username="u", response="abc"', "Authorization: Digest ***"],
    [`curl -H "Authorization: token t0k" x`, `curl -H "Authorization: token ***" x`],
    ["https://bot:hunter2@forge.test/x.git", "https://***@forge.test/x.git"],
    ["https://t0ken@forge.test/x.git", "https://***@forge.test/x.git"],
    ["https://a:b@c@forge.test/", "https://***@forge.test/"],
    ["postgres://user:pw@db/x", "postgres://user:***@db/x"],
    ["ssh://git@forge.test/x", "ssh://git@forge.test/x"],
    ['{"password": "two words, and \\"more\\"", "a": 1}', '{"password": "***", "a": 1}'],
    ['{\\"password\\": \\"two words\\", \\"a\\": 1}', '{\\"password\\": \\"***\\", \\"a\\": 1}'],
    ["DB_PASSWORD=hunter2 next", "DB_PASSWORD=*** next"],
    ["api-key: 'a b'", "api-key: '***'"],
    ["my_secret_thing: x,y", "my_secret_thing: ***,y"],
    ["no password here", "no password here"],
    ['allow: { secrets: ["shared_v1"] }', 'allow: { secrets: ["shared_v1"] }'],
    ["password: [x", "password: ***"],
    ["password:\nuser: x", "password:\nuser: x"],
  ])("%s", (text, masked) => {
    expect(redact(text)).toBe(masked);
  });
});

test("what is no secret is left as it is", () => {
  expect(redact("secrets-failed: abra could not generate the secrets of a.test")).not.toContain("***");
  const text =
    "2026-11-25 deploy: converging (1 of 2) at abc123.ci.example.com http://127.0.0.1:8080/a@b mail to x@y.test, SECRET_SESSION_VERSION=v1 in the .env";
  expect(redact(text)).toBe(text);
});

describe("a stream of output", () => {
  test("is masked wherever the writes are cut, and else comes whole and in order", () => {
    const secret = plant(`S${fresh(31)}`);
    const text = `first line\nthe token ${secret} and ${secret}\npassword=${"hunter2".repeat(3)} x\n${secret.slice(0, 16)}\n${secret.slice(16)}\nlast ${secret.slice(0, 9)}`;
    const whole = redact(text);
    expect(whole).not.toContain(secret.slice(16));
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: text.length }), { maxLength: 30 }), (cuts) => {
        const places = [0, ...cuts.toSorted((a, b) => a - b), text.length];
        expect(streamed(places.slice(1).map((to, at) => text.slice(places[at], to)))).toBe(whole);
      }),
    );
  });

  test("gives each line when it is there, and its rest at the end", () => {
    const redactor = createRedactor();
    // No known value begins with a full stop: a line whose end could be the beginning of one waits for the next.
    expect([redactor.push("one.\ntw"), redactor.push("o.\n"), redactor.push("rest"), redactor.end()]).toEqual([
      "one.\n",
      "two.\n",
      "",
      "rest",
    ]);
  });

  test("of one line without end is given bit by bit, and a secret or a password in it is masked also where it is cut", () => {
    const secret = plant(`L${fresh(31)}`);
    const filler = "x".repeat(65_500);
    const said = streamed([
      filler,
      ` ${secret.slice(0, 20)}`,
      `${secret.slice(20)} `,
      filler,
      ` password=${"y".repeat(70_000)}`,
      "y".repeat(200_000),
      " z",
    ]);
    expect(said).not.toContain(secret.slice(0, 12));
    expect(said).not.toContain("yyy");
    expect(said.length).toBeGreaterThan(131_000);
    expect(said.endsWith(" z")).toBe(true);
  });
});

describe("the work is bounded by the length of the text:", () => {
  const sized = 200_000;
  const texts: readonly (readonly [string, string])[] = [
    ["letters", "a".repeat(sized)],
    ["beginnings of a name", "secret".repeat(sized / 6)],
    ["names without an end", "secret_".repeat(sized / 7)],
    ["names and spaces", `secret${" ".repeat(sized)}`],
    ["names and quotes", `password="`.repeat(sized / 10)],
    ["a quote that never ends", `password="${"\\".repeat(sized)}`],
    ["schemes", "http://".repeat(sized / 7)],
    ["one scheme", `${"a".repeat(sized)}://`],
    ["a host without end", `https://${"u".repeat(sized)}`],
    ["colons", `a://${"u:".repeat(sized / 2)}`],
    ["Authorizations", "authorization: basic ".repeat(sized / 21)],
    ["line ends", "\n".repeat(sized)],
    ["spaces", " ".repeat(sized)],
  ];

  test.each(texts)("200 kB of %s take some milliseconds, at once and in writes of 1 kB", (_, text) => {
    plant(`${"a".repeat(300)}b`);
    plant("secret_secret_secret_!");
    for (const act of [
      () => redact(text),
      () => streamed(Array.from({ length: Math.ceil(text.length / 1_024) }, (_, at) => text.slice(at * 1_024, (at + 1) * 1_024))),
    ]) {
      const began = workedMs();
      act();
      // 10 to 30 ms by itself; the rest is for the compiler and the collector, which work meanwhile, and for a slow host.
      expect(workedMs(began)).toBeLessThan(500);
    }
  });

  test("the time grows with the length of the text, and not with its square", () => {
    const known = new KnownSecrets();
    for (let length = 1; length <= 400; length += 1) known.add(`${"a".repeat(length)}b`);
    const timeOf = (length: number): number => {
      const text = "a".repeat(length);
      return Math.min(
        ...Array.from({ length: 5 }, () => {
          const began = workedMs();
          known.find(text);
          return workedMs(began);
        }),
      );
    };
    timeOf(100_000);
    // 16 times the text: about 16 times the time, and 256 times if each place cost what the whole text does.
    expect(timeOf(1_600_000) / Math.max(0.5, timeOf(100_000))).toBeLessThan(100);
  });

  test("a word without an end costs what as many short ones do", () => {
    const timeOf = (text: string): number =>
      Math.min(
        ...Array.from({ length: 3 }, () => {
          const began = workedMs();
          findShapes(text);
          return workedMs(began);
        }),
      );
    expect(timeOf("x".repeat(1_000_000)) / Math.max(5, timeOf("x ".repeat(500_000)))).toBeLessThan(8);
  });

  test("against any text the one pass finds what a search for each value finds", () => {
    const letters = fc.string({ unit: fc.constantFrom("a", "b", "c", "\n"), minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(
        fc.array(letters, { minLength: 1, maxLength: 6 }),
        fc.string({ unit: fc.constantFrom("a", "b", "c", "d"), maxLength: 60 }),
        (values, text) => {
          const known = new KnownSecrets();
          for (const value of values) known.add(value);
          const masked = new Set<number>();
          for (const { start, end } of known.find(text).spans) for (let at = start; at < end; at += 1) masked.add(at);
          const expected = new Set<number>();
          for (const value of values.map((value) => value.replaceAll("\n", "")).filter((value) => value !== "")) {
            for (let at = text.indexOf(value); at >= 0; at = text.indexOf(value, at + 1))
              for (let n = 0; n < value.length; n += 1) expected.add(at + n);
          }
          expect([...masked].sort((a, b) => a - b)).toEqual([...expected].sort((a, b) => a - b));
        },
      ),
    );
  });
});

test("a key's name is a secret's by one list", () => {
  for (const name of ["DB_PASSWORD", "secretKey", "api-key", "access_key", "GITEA_TOKEN", "private_key"])
    expect(isSecretName(name), name).toBe(true);
  for (const name of ["DOMAIN", "TYPE", "key", "author", "state"]) expect(isSecretName(name), name).toBe(false);
});
