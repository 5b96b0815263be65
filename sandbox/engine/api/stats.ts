import { usageOf } from "../container/usage.js";
import { refuse } from "../refusal.js";
import { findContainer } from "./containers.js";
import { ok, type Route } from "./route.js";

/** A container that does not run has figures too, which are all zero. */
export const statsRoutes: readonly Route[] = [
  {
    method: "GET",
    path: "/containers/:id/stats",
    words: ["stats", "container stats"],
    answer: (ask) => {
      const { id, name, pid, state } = findContainer(ask);
      if (ask.query.get("stream") === null || ask.is("stream"))
        refuse(501, "the sandbox does not know a stream of stats; ask with stream=false");
      const usage = pid === null || state !== "running" ? null : usageOf(pid);
      return ok({
        id,
        name: `/${name}`,
        read: new Date().toISOString(),
        cpu_stats: usage === null ? {} : { cpu_usage: { total_usage: usage.cpuNs } },
        precpu_stats: {},
        memory_stats: usage === null ? {} : { usage: usage.memoryBytes, stats: {} },
        pids_stats: usage === null ? {} : { current: usage.processes },
        networks: {},
      });
    },
  },
];
