import { refuse } from "../refusal.js";
import type { TaskRecord } from "../world/records.js";
import { hasId, hasLabels, hasName, isOneOf, parseFilters } from "./filters.js";
import { logsOf } from "./log-stream.js";
import { ok, type Ask, type Route } from "./route.js";

const find = ({ engine: { world }, of }: Ask): TaskRecord => world.tasks.get(of("id")) ?? refuse(404, `task ${of("id")} not found`);

const nameOf = ({ task, service }: TaskRecord): string => `${service.name}.${task.Slot ?? task.NodeID ?? ""}.${task.ID}`;

export const taskRoutes: readonly Route[] = [
  {
    method: "GET",
    path: "/tasks",
    words: ["service ps", "stack ps"],
    answer: ({ engine: { world }, query }) => {
      const filters = parseFilters(query, ["id", "label", "name", "node", "service", "desired-state"], ["up-to-date", "runtime"]);
      const services = filters.of("service").map((handle) => world.findService(handle)?.ID ?? refuse(404, `service ${handle} not found`));
      const found = world.tasks.all().filter((record) => {
        const { task, service } = record;
        return (
          isOneOf(task.ServiceID, services) &&
          hasLabels(service.labels, filters.of("label")) &&
          hasId(task.ID, filters.of("id")) &&
          hasName(nameOf(record), filters.of("name")) &&
          isOneOf(task.DesiredState, filters.of("desired-state")) &&
          isOneOf(task.NodeID ?? "", filters.of("node"))
        );
      });
      return ok(found.map(({ task }) => task));
    },
  },
  { method: "GET", path: "/tasks/:id", words: ["task inspect"], answer: (ask) => ok(find(ask).task) },
  {
    method: "GET",
    path: "/tasks/:id/logs",
    words: ["service logs"],
    answer: (ask) => {
      const { task } = find(ask);
      return logsOf(ask, () => [task]);
    },
  },
];
