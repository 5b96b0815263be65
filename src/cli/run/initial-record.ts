import type { RunRecordFile } from "../../effects/record/run-record.js";
import type { RunSettings } from "../settings/run-settings.js";

/** A run's record before anything has happened. `leftMs`: time until its deadline. */
export const initialRecord = (settings: RunSettings, runId: string, cookie: RunRecordFile["cookie"], leftMs: number): RunRecordFile => ({
  schema: 1,
  runId,
  recipe: settings.recipe,
  ref: settings.ref,
  pr: settings.pr,
  domain: null,
  stack: null,
  cookie,
  pid: process.pid,
  link: settings.link,
  startedAt: new Date().toISOString(),
  finishedAt: null,
  state: "prepare",
  deadline: new Date(Date.now() + leftMs).toISOString(),
  verdict: null,
  cause: null,
  failure: null,
  cleanliness: null,
  residue: [],
  unasked: [],
  exitCode: null,
  deploys: 0,
  phases: [],
});
