import { parseWords } from "../../shared/words.js";
import { unframe } from "../api.js";
import { refuse } from "../refusal.js";
import type { Run } from "./command.js";

/** `exec [-i] CONTAINER COMMAND…`; what it prints comes when it has ended. */
export const exec: Run = async ({ api, out, err, caller }) => {
  const isLong = caller.argv[0] === "container";
  const line = parseWords(caller.argv, new Set(["-t", "-d"]), isLong ? 3 : 2);
  const [name = "", ...argv] = line.words.slice(isLong ? 2 : 1);
  if (line.flag("-t", "--tty", "-it", "-ti").length > 0) refuse("the sandbox does not know exec with a terminal (-t)");
  const wantsInput = line.flag("-i", "--interactive").length > 0;
  if (wantsInput) refuse("the sandbox's docker does not know exec -i: its API does");
  const { Id } = await api.ask<{ Id: string }>("POST", `/containers/${encodeURIComponent(name)}/exec`, {
    body: {
      Cmd: argv,
      Env: line.flag("--env", "-e"),
      WorkingDir: line.flag("--workdir", "-w").at(-1) ?? "",
      AttachStdout: true,
      AttachStderr: true,
    },
  });
  const text = unframe(await api.ask<Buffer>("POST", `/exec/${Id}/start`, { body: { Detach: false, Tty: false } }));
  out(text.out);
  err(text.err);
  return (await api.ask<{ ExitCode: number | null }>("GET", `/exec/${Id}/json`)).ExitCode ?? 0;
};
