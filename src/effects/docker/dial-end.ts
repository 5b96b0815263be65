import type { ChildEnd } from "../children/child.js";
import { redact } from "../redact.js";

interface Cause {
  readonly says: RegExp;
  /** `ssh`: the command that leads to the host, as the docker client used it. */
  readonly hint: (ssh: string) => string;
}

/** ssh's message if the far end hung up before its banner. */
const beforeBanner = /(?:kex|ssh)_exchange_identification/;

/** The docker client's message if its ssh was gone before it could pass on what it had read from us. ssh's own message is then lost. */
const nobodyRead = /\(stdin to stream\): write \|1: broken pipe/;

const accept = "as the user that recipe-ci runs as";

/** Messages of ssh and of the docker clients at both ends, the specific before the general. */
const causes: readonly Cause[] = [
  {
    says: /REMOTE HOST IDENTIFICATION HAS CHANGED/,
    hint: (ssh) =>
      `That host has another key than known_hosts has for it. If it was installed anew, remove the old key (ssh-keygen -R) and connect once by hand, ${accept}: ${ssh} docker version`,
  },
  {
    says: /Host key verification failed/,
    hint: (ssh) => `Nobody has confirmed that host's key yet. Connect once by hand, ${accept}: ${ssh} docker version`,
  },
  {
    says: /Permission denied \(|Too many authentication failures/,
    hint: (ssh) =>
      `That host accepts no key that needs no passphrase. Add one to its authorized_keys, or load yours into an agent (SSH_AUTH_SOCK). Try, ${accept}: ${ssh} docker version`,
  },
  {
    says: /exec: "ssh": executable file not found|: ssh resolves to executable in current directory/,
    hint: () => "The docker client needs ssh on PATH: apt-get install openssh-client",
  },
  {
    says: /docker: (?:command )?not found|docker: No such file|has exited with exit status 127/,
    hint: (ssh) => `A shell without a login must find docker there. Try: ${ssh} docker version`,
  },
  {
    says: /raw stream connection: .*permission denied|permission denied while trying to connect/i,
    hint: (ssh) => `The user there may not use docker: add it to the group docker on that host. Try: ${ssh} docker version`,
  },
  {
    says: /raw stream connection: .*(?:no such file|connection refused)|Cannot connect to the Docker daemon/i,
    hint: (ssh) => `Docker does not run on that host. Start it there: systemctl start docker. Try: ${ssh} docker version`,
  },
  { says: /Could not resolve hostname/, hint: () => "Is the host's name right, in DOCKER_HOST or in the context (docker context ls)?" },
  { says: /^ssh: connect to host/m, hint: (ssh) => `Is that host up, and does sshd listen on that port? Try: ${ssh} docker version` },
  {
    says: /(?:kex|ssh)_exchange_identification|^Connection (?:reset|closed) by /m,
    hint: (ssh) =>
      `If this happens now and then, sshd there drops what connects at the same time: raise MaxStartups in its sshd_config. Try: ${ssh} docker version`,
  },
  {
    says: /closed by remote host|Connection reset|Broken pipe|Timeout, server/,
    hint: () => "The connection to that host broke. Did it or its sshd restart? Run it again.",
  },
];

const byHand = "Try the same by hand: docker version";

/** The docker client puts ssh's message after a sentence of its own, with the command and how it ended. */
const wrapping = /command \[(ssh [^\]\n]*)\] has exited with ([^,\n]*),.*?stderr=/;

/** The command without what is run on the host, so only what leads to it. */
const withoutRemote = (command: string): string => command.replace(/( -- \S+) .*$/, "$1");

interface DialEnd {
  readonly why: string;
  readonly hint: string;
  /** The last lines that it printed. */
  readonly details: readonly string[];
  /** Whether the far end hung up before its banner: then nothing was run there, and nothing of ours was read. */
  readonly isDropped: boolean;
  /** Whether the last write to it got no further; earlier ones may have. */
  readonly isLastUnread: boolean;
}

/** Why a dialled connection ended and what to do about it, by the last output of its process. */
export const describeDialEnd = ({ stderr, exitCode, signal }: ChildEnd): DialEnd => {
  const said = redact(stderr.replaceAll("\r", ""));
  const [wrapped, ssh, sshEnd] = wrapping.exec(said) ?? [];
  const own = wrapped === undefined ? said : said.slice(said.indexOf(wrapped) + wrapped.length);
  const lines = own
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  const how = exitCode === null ? `was killed by ${signal ?? "a signal"}` : `ended with exit code ${exitCode}`;
  const cause = causes.find(({ says }) => says.test(own)) ?? causes.find(({ says }) => says.test(said));
  return {
    why: lines.at(-1) ?? (sshEnd === undefined ? `docker system dial-stdio ${how}` : `ssh ended with ${sshEnd}`),
    hint: cause?.hint(ssh === undefined ? "ssh HOST" : withoutRemote(ssh)) ?? byHand,
    details: lines.slice(-5),
    isDropped: beforeBanner.test(own),
    isLastUnread: nobodyRead.test(own),
  };
};
