import { expect, test } from "vitest";
import { describeDialEnd } from "../../../src/effects/docker/dial-end.js";

const ended = {
  exitCode: 1,
  signal: null,
  stdout: "",
  timedOut: false,
  aborted: false,
  durationMs: 1,
  killedBy: null,
  command: "docker system dial-stdio",
};

/** What the docker client prints when its ssh has ended. */
const bySsh = (said: string, how = "exit status 255"): string =>
  `error while Copy (stream to stdout): command [ssh -l ci -p 2222 -- far.test docker system dial-stdio] has exited with ${how}, please make sure the URL is valid, and Docker 18.09 or later is installed on the remote host: stderr=${said}\n`;

test.each([
  [
    "Host key verification failed.\r",
    "Host key verification failed.",
    /Nobody has confirmed .* ssh -l ci -p 2222 -- far\.test docker version$/,
  ],
  [
    "@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @\r\nHost key verification failed.\r",
    "Host key verification failed.",
    /another key than known_hosts/,
  ],
  ["ci@far.test: Permission denied (publickey).", /Permission denied \(publickey\)\.$/, /accepts no key/],
  ["ssh: Could not resolve hostname far.test: Name or service not known", /resolve hostname/, /host's name right/],
  ["ssh: connect to host far.test port 2222: Connection timed out", /timed out$/, /does sshd listen/],
  ["Connection to far.test closed by remote host.", /closed by remote host/, /connection to that host broke/],
  [
    "kex_exchange_identification: read: Connection reset by peer\r\nConnection reset by 10.0.0.1 port 22",
    /Connection reset by/,
    /MaxStartups/,
  ],
  ["sh: 1: docker: not found", "sh: 1: docker: not found", /must find docker there/],
  [
    "failed to open the raw stream connection: dial unix /var/run/docker.sock: connect: permission denied",
    /permission denied$/,
    /group docker/,
  ],
  [
    "failed to open the raw stream connection: dial unix /var/run/docker.sock: connect: no such file or directory",
    /no such file/,
    /systemctl start docker/,
  ],
])("when ssh says %j, the hint says what to do", (said, why, hint) => {
  const end = describeDialEnd({ ...ended, stderr: bySsh(said) });
  expect(end).toMatchObject({ why: expect.stringMatching(why) as string, hint: expect.stringMatching(hint) as string });
  expect(JSON.stringify(end)).not.toMatch(/error while Copy|\\r/);
});

test("when ssh ended and said nothing, the message has its signal or the hint its exit code's meaning", () => {
  expect(describeDialEnd({ ...ended, stderr: bySsh("", "signal: killed") })).toMatchObject({
    why: "ssh ended with signal: killed",
    details: [],
  });
  expect(describeDialEnd({ ...ended, stderr: bySsh("", "exit status 127") })).toMatchObject({
    hint: expect.stringContaining("must find docker there") as string,
  });
});

test("when the docker client finds no ssh, in the words of any version, the hint says to install it", () => {
  for (const said of ['exec: "ssh": executable file not found in $PATH', "ssh resolves to executable in current directory (./ssh)"]) {
    expect(describeDialEnd({ ...ended, stderr: `failed to open the raw stream connection: ${said}\n` }).hint).toContain("openssh-client");
  }
});

test("when the reason is unknown, the message has the client's own words or its exit code, with passwords masked", () => {
  expect(describeDialEnd({ ...ended, stderr: "x509: unknown authority\n" })).toEqual({
    why: "x509: unknown authority",
    hint: "Try the same by hand: docker version",
    details: ["x509: unknown authority"],
    isDropped: false,
    isLastUnread: false,
  });
  expect(describeDialEnd({ ...ended, stderr: "" }).why).toBe("docker system dial-stdio ended with exit code 1");
  expect(describeDialEnd({ ...ended, exitCode: null, signal: "SIGKILL", stderr: "" }).why).toBe(
    "docker system dial-stdio was killed by SIGKILL",
  );
  expect(JSON.stringify(describeDialEnd({ ...ended, stderr: "cannot reach https://bot:PLANTED@proxy\n" }))).not.toContain("PLANTED");
});
