import type { Story } from "../story.js";
import { app, base, cookie, failure, silentNode, volume } from "../samples.js";

const up = "done deploy up";

export const depsStories: readonly Story[] = [
  {
    title: "each dep is deployed in its turn, and then they are handed over",
    told: [up, up, "done handOver"],
    at: "up",
    started: ["deploy", "deploy", "handOver"],
    inputs: { deploy: { app: { recipe: "dep2" }, version: base } },
    output: { kind: "up", deploys: 2 },
  },
  {
    title: "what is handed over is where they answer",
    told: [up, up],
    at: "handingOver",
    context: {
      ups: [
        { app: { ...app, recipe: "dep1", domain: "dep1-00000a.ci.test", stack: "dep1-00000a_ci_test" }, url: "https://hello" },
        { app: { ...app, recipe: "dep2", domain: "dep2-00000a.ci.test", stack: "dep2-00000a_ci_test" }, url: "https://hello" },
      ],
    },
  },
  {
    title: "a dep that does not come up ends it, and is named",
    told: ["done deploy failed"],
    at: "failed",
    started: ["deploy"],
    output: { kind: "failed", failure: { ...failure, message: "the dep dep1 (dep1-00000a.ci.test) is not up: it went wrong" } },
  },
  {
    title: "a second one that does not come up ends it too",
    told: [up, "done deploy failed"],
    at: "failed",
    output: { kind: "failed", failure: { message: "the dep dep2 (dep2-00000a.ci.test) is not up: it went wrong" } },
  },
  {
    title: "a deploy that breaks ends it",
    told: ["error deploy"],
    at: "failed",
    output: { kind: "failed", failure: { code: "docker-unreachable" } },
  },
  {
    title: "deps that cannot be handed over are of no use",
    told: [up, up, "error handOver"],
    at: "failed",
    output: { kind: "failed", failure: { code: "docker-unreachable" } },
  },
  {
    title: "a handing over that overruns is told so",
    told: [up, up, "after configureBudget"],
    at: "failed",
    output: { kind: "failed", failure: { code: "deps-handover-overrun" } },
  },
];

const clean = "done teardown clean";
const unfinished = (stack: string) => ({ kind: "dirty", residue: [{ kind: "service", name: `${stack} (teardown did not finish)` }] });

export const teardownsStories: readonly Story[] = [
  {
    title: "the app goes first, then what it needed",
    told: [clean],
    at: "tearingDown",
    started: ["teardown", "teardown"],
    inputs: { teardown: { domain: "dep1-00000a.ci.test", cookies: [cookie] } },
  },
  { title: "all clean is clean", told: [clean, clean], at: "finished", output: { cleanliness: { kind: "clean" }, troubles: [] } },
  {
    title: "residue of one is residue of all, and keeps no other from going",
    told: ["done teardown dirty", clean],
    at: "finished",
    output: { cleanliness: { kind: "dirty", residue: [volume] }, troubles: ["remove: it went wrong"] },
  },
  {
    title: "a node that was not asked for one was not asked",
    told: [clean, "done teardown unverified"],
    at: "finished",
    output: { cleanliness: { kind: "unverified", nodes: [silentNode] } },
  },
  {
    title: "and is told once, though none of them could ask it",
    told: ["done teardown unverified", "done teardown unverified"],
    at: "finished",
    output: { cleanliness: { kind: "unverified", nodes: [silentNode] } },
  },
  {
    title: "residue counts for more than a node that was not asked",
    told: ["done teardown unverified", "done teardown dirty"],
    at: "finished",
    output: { cleanliness: { kind: "dirty", residue: [volume] } },
  },
  {
    title: "a teardown that breaks is not clean, and the next one is begun",
    told: ["error teardown", clean],
    at: "finished",
    started: ["teardown", "teardown"],
    output: { cleanliness: unfinished(app.stack), troubles: [`${app.domain}: the host went away`] },
  },
  {
    title: "a teardown that overruns is not clean, and the next one is begun",
    told: ["after shareOfBudget", clean],
    at: "finished",
    started: ["teardown", "teardown"],
    output: { cleanliness: unfinished(app.stack), troubles: [`${app.domain}: the teardown took too long`] },
  },
];
