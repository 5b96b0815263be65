import type { Plan } from "../../../machines/plan.js";
import { parseReach, reachFailure, shortName } from "../../../machines/reach.js";
import type { Health } from "../../../machines/recipe-settings.js";
import type { App, RecipeSettings } from "../../../machines/vocabulary.js";
import type { CheckedApp } from "../../policy/judge-app.js";
import { programNamed, testsOf, type OwnFolders } from "../../tier/own/programs.js";

interface RemarksOn {
  readonly app: App;
  readonly settings: RecipeSettings;
  readonly checked: Pick<CheckedApp, "services" | "names">;
  readonly plan: Plan;
  readonly folders: OwnFolders;
}

const reachRemarks = ({ app, settings: { reach }, checked }: RemarksOn): readonly string[] => {
  const failure = reachFailure(app, reach, { services: checked.services.map((name) => ({ name })) });
  if (failure !== null) return [`${failure.message}. ${failure.hint}`];
  const wanted = parseReach(reach);
  return wanted?.kind === "url" && !wanted.url.includes("{domain}")
    ? [`reach is ${reach}, the same address for every app: it needs {domain}, or another app may answer`]
    : [];
};

const portRemarks = ({ checked: { services } }: RemarksOn, key: string, health: Health): readonly string[] =>
  health.kind !== "tcp" || services.includes(health.service)
    ? []
    : [`${key} asks ${health.service}:${health.port}, and the recipe has no service ${health.service}: it has ${services.join(", ")}`];

const volumeRemarks = ({ app, settings, checked: { names } }: RemarksOn): readonly string[] => {
  const known = names.volume.map((name) => shortName(app, name));
  return settings.clearedVolumes.flatMap((name) =>
    known.includes(name) || names.volume.includes(name)
      ? []
      : [`clearedVolumes names ${name}, and the recipe has no such volume: it has ${known.length === 0 ? "none" : known.join(", ")}`],
  );
};

const programRemarks = ({ settings: { backupVerify }, plan, folders }: RemarksOn): readonly string[] => {
  const isEntered = plan.rounds.some(({ tiers }) => tiers.includes("custom"));
  return [
    ...(backupVerify === null || programNamed(folders, backupVerify) !== null
      ? []
      : [`backupVerify is ${backupVerify}, and beside recipe.yml is no executable of that name`]),
    ...(isEntered && testsOf(folders, "custom").length === 0
      ? [
          "the custom tier has no test, so this run would be red (tier-unverified): put an executable into tests/custom, or leave it out by --stages or stages in recipe.yml",
        ]
      : []),
  ];
};

/** Remarks on what recipe.yml names but neither the recipe nor the operator's folder has: a run would notice only late. */
export const settingsRemarks = (on: RemarksOn): readonly string[] => [
  ...reachRemarks(on),
  ...portRemarks(on, "health", on.settings.health),
  ...on.settings.ready.flatMap((ready) => portRemarks(on, "ready", ready)),
  ...volumeRemarks(on),
  ...programRemarks(on),
];
