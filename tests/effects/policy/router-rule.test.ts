import { expect, test } from "vitest";
import { isBoundTo } from "../../../src/effects/policy/router-rule.js";

const ours = (host: string): boolean => host === "a.test" || host === "www.a.test";

test.each([
  "Host(`a.test`)",
  "Host(`a.test`,`www.a.test`)",
  'Host("a.test") && PathPrefix(`/api`)',
  "PathPrefix(`/api`) && (Host(`a.test`) || Host(`www.a.test`))",
  "Host(`a.test`) && (Path(`/x`) || Path(`/y`))",
  "HostSNI(`a.test`)",
  " Host( `a.test` ) ",
  "Host(`a.test`) || HostRegexp(`{subdomain:\\w+}.a.test`)",
  "HostRegexp(`{any:.+}.a.test`, `{any:[a-z0-9-]+}.www.a.test`)",
])("%s takes requests for our hosts alone", (rule) => {
  expect(isBoundTo(rule, ours)).toBe(true);
});

test.each([
  "Host(`b.test`)",
  "Host(`a.test`,`b.test`)",
  "Host(`a.test`) || PathPrefix(`/`)",
  "(Host(`a.test`) || PathPrefix(`/`)) && Method(`GET`)",
  "!Host(`a.test`)",
  "Host()",
  "HostSNI(`*`)",
  "HostRegexp(`.*`)",
  "HostRegexp(`{subdomain:\\w+}.b.test`)",
  "HostRegexp(`{subdomain:x)|(?:.*}.a.test`)",
  "HostRegexp(`{subdomain:.*}a.test`)",
  "HostRegexp(`{host:.*}`)",
  "HostRegexp(`.+\\.a\\.test`)",
  "PathPrefix(`/`)",
  "",
  "Host(`a.test`",
  "Host(`a.test`) garbage",
  "Host(`a.test`) || ",
  "Host(`a.test`))",
  "(".repeat(60) + "Host(`a.test`)" + ")".repeat(60),
  `Host(\`a.test\`)${" ".repeat(5_000)}`,
])("%s may take somebody else's", (rule) => {
  expect(isBoundTo(rule, ours)).toBe(false);
});

test("a rule made to be slow is answered at once", () => {
  const slow = [
    "Host(" + "`a`".repeat(1_300),
    "Host(" + "`a` ,".repeat(800),
    "Host(" + "`a` ".repeat(900) + "!",
    "(".repeat(4_000),
    "a".repeat(4_000),
  ];
  const since = performance.now();
  for (const rule of slow) expect(isBoundTo(rule, ours)).toBe(false);
  // On a busy host: a way that tries each part of such a rule again takes minutes.
  expect(performance.now() - since).toBeLessThan(5_000);
});
