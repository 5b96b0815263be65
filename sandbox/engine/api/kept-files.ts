import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { invalidArgument, refuse } from "../refusal.js";
import type { KeptFile, Labels, Service } from "../schema.js";
import { newId, now } from "../world/place.js";
import type { World } from "../world/world.js";
import { hasId, hasLabels, hasName, isOneOf, parseFilters } from "./filters.js";
import { created, done, ok, type Answer, type Ask, type Route } from "./route.js";

type Word = "secret" | "config";

const shelves = { secret: "secrets", config: "configs" } as const;

const limits = { secret: 500 * 1024, config: 1_000 * 1024 } as const;

const isTemplating = (value: unknown): value is { readonly Name: string } =>
  typeof value === "object" && value !== null && "Name" in value && typeof value.Name === "string";

const usersOf = (world: World, word: Word, { Spec: { Name } }: KeptFile): readonly string[] =>
  world.services.all().flatMap(({ Spec }: Service) => {
    const { Secrets = [], Configs = [] } = Spec.TaskTemplate.ContainerSpec;
    const names = word === "secret" ? Secrets.map(({ SecretName }) => SecretName) : Configs.map(({ ConfigName }) => ConfigName);
    return names.includes(Name) ? [Spec.Name] : [];
  });

/**
 * The calls that secrets and configs share: both have a name, labels, and a content that never changes. A secret's content is never
 * returned.
 */
const routesOf = (word: Word): readonly Route[] => {
  const kind = shelves[word];
  const fileOf = (world: World, name: string): string => world.place.path(`${word}-data`, name);
  const find = ({ engine: { world }, of }: Ask): KeptFile =>
    world[kind].get(of("id")) ??
    world[kind].all().find(({ ID }) => ID.startsWith(of("id"))) ??
    refuse(404, `${word} ${of("id")} not found`);
  /** Empty if an engine was killed between the two steps of a removal. */
  const contentOf = (world: World, { Spec: { Name } }: KeptFile): Buffer =>
    existsSync(fileOf(world, Name)) ? readFileSync(fileOf(world, Name)) : Buffer.alloc(0);
  const document = (world: World, thing: KeptFile): object =>
    word === "secret" ? thing : { ...thing, Spec: { ...thing.Spec, Data: contentOf(world, thing).toString("base64") } };

  const create = ({ engine: { world }, body }: Ask): Answer => {
    const name = String(body["Name"] ?? "");
    if (!/^[a-zA-Z0-9]+(?:[a-zA-Z0-9-_.]*[a-zA-Z0-9])?$/.test(name) || name.length > 64) {
      invalidArgument(`invalid name, only 64 [a-zA-Z0-9-_.] characters allowed, and the start and end character must be [a-zA-Z0-9]`);
    }
    const data = Buffer.from(String(body["Data"] ?? ""), "base64");
    if (data.length === 0 || data.length >= limits[word])
      invalidArgument(`${word} data must be larger than 0 and less than ${limits[word]} bytes`);
    if (world[kind].has(name)) refuse(409, `rpc error: code = AlreadyExists desc = ${word} ${name} already exists`);
    const at = now();
    const thing: KeptFile = {
      ID: newId(),
      Version: world.nextVersion(),
      CreatedAt: at,
      UpdatedAt: at,
      Spec: {
        Name: name,
        Labels: (body["Labels"] as Labels | null | undefined) ?? {},
        ...(isTemplating(body["Templating"]) ? { Templating: body["Templating"] } : {}),
      },
    };
    writeFileSync(fileOf(world, name), data, { mode: 0o600 });
    world[kind].put(thing);
    world.bulletin.say(word, "create", thing.ID, { name }, "swarm");
    return created({ ID: thing.ID });
  };

  const update = (ask: Ask): Answer => {
    const { world } = ask.engine;
    const thing = find(ask);
    const data = ask.body["Data"];
    const same = data === undefined || data === null || data === "" || contentOf(world, thing).equals(Buffer.from(String(data), "base64"));
    if (!same || ask.body["Name"] !== thing.Spec.Name) invalidArgument("only updates to Labels are allowed");
    world[kind].put({
      ...thing,
      Version: world.nextVersion(),
      UpdatedAt: now(),
      Spec: { ...thing.Spec, Labels: (ask.body["Labels"] as Labels | null | undefined) ?? {} },
    });
    world.bulletin.say(word, "update", thing.ID, { name: thing.Spec.Name }, "swarm");
    return { status: 200 };
  };

  const remove = (ask: Ask): Answer => {
    const { world } = ask.engine;
    const thing = find(ask);
    const users = usersOf(world, word, thing);
    if (users.length > 0)
      invalidArgument(`${word} '${thing.Spec.Name}' is in use by the following service${users.length > 1 ? "s" : ""}: ${users.join(", ")}`);
    rmSync(fileOf(world, thing.Spec.Name), { force: true });
    world[kind].drop(thing.Spec.Name);
    world.bulletin.say(word, "remove", thing.ID, { name: thing.Spec.Name }, "swarm");
    return done;
  };

  return [
    {
      method: "GET",
      path: `/${kind}`,
      words: [`${word} ls`],
      answer: ({ engine: { world }, query }) => {
        const filters = parseFilters(query, ["id", "label", "name", "names"]);
        return ok(
          world[kind]
            .all()
            .filter(
              ({ ID, Spec }) =>
                hasLabels(Spec.Labels, filters.of("label")) &&
                hasName(Spec.Name, filters.of("name")) &&
                isOneOf(Spec.Name, filters.of("names")) &&
                hasId(ID, filters.of("id")),
            )
            .map((thing) => document(world, thing)),
        );
      },
    },
    { method: "POST", path: `/${kind}/create`, words: [`${word} create`], answer: create },
    { method: "GET", path: `/${kind}/:id`, words: [`${word} inspect`], answer: (ask) => ok(document(ask.engine.world, find(ask))) },
    { method: "POST", path: `/${kind}/:id/update`, words: [`${word} update`], answer: update },
    { method: "DELETE", path: `/${kind}/:id`, words: [`${word} rm`], answer: remove },
  ];
};

export const keptFileRoutes: readonly Route[] = [...routesOf("secret"), ...routesOf("config")];
