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

const fileOf = (world: World, word: Word, name: string): string => world.place.path(`${word}-data`, name);

const find = (word: Word, { engine: { world }, of }: Ask): KeptFile => {
  const shelf = world[shelves[word]];
  return shelf.get(of("id")) ?? shelf.all().find(({ ID }) => ID.startsWith(of("id"))) ?? refuse(404, `${word} ${of("id")} not found`);
};

/** Empty if an engine was killed between the two steps of a removal. */
const contentOf = (world: World, word: Word, { Spec: { Name } }: KeptFile): Buffer => {
  const file = fileOf(world, word, Name);
  return existsSync(file) ? readFileSync(file) : Buffer.alloc(0);
};

/** A secret's content is never returned. */
const document = (world: World, word: Word, thing: KeptFile): object =>
  word === "secret" ? thing : { ...thing, Spec: { ...thing.Spec, Data: contentOf(world, word, thing).toString("base64") } };

const assertName = (name: string): void => {
  if (!/^[a-zA-Z0-9]+(?:[a-zA-Z0-9-_.]*[a-zA-Z0-9])?$/.test(name) || name.length > 64)
    invalidArgument(`invalid name, only 64 [a-zA-Z0-9-_.] characters allowed, and the start and end character must be [a-zA-Z0-9]`);
};

const labelsIn = (body: Ask["body"]): Labels => (body["Labels"] as Labels | null | undefined) ?? {};

const list = (word: Word, { engine: { world }, query }: Ask): Answer => {
  const filters = parseFilters(query, ["id", "label", "name", "names"]);
  const isListed = ({ ID, Spec }: KeptFile): boolean =>
    hasLabels(Spec.Labels, filters.of("label")) &&
    hasName(Spec.Name, filters.of("name")) &&
    isOneOf(Spec.Name, filters.of("names")) &&
    hasId(ID, filters.of("id"));
  return ok(
    world[shelves[word]]
      .all()
      .filter(isListed)
      .map((thing) => document(world, word, thing)),
  );
};

const create = (word: Word, { engine: { world }, body }: Ask): Answer => {
  const name = String(body["Name"] ?? "");
  assertName(name);
  const data = Buffer.from(String(body["Data"] ?? ""), "base64");
  if (data.length === 0 || data.length >= limits[word])
    invalidArgument(`${word} data must be larger than 0 and less than ${limits[word]} bytes`);
  const shelf = world[shelves[word]];
  if (shelf.has(name)) refuse(409, `rpc error: code = AlreadyExists desc = ${word} ${name} already exists`);
  const at = now();
  const thing: KeptFile = {
    ID: newId(),
    Version: world.nextVersion(),
    CreatedAt: at,
    UpdatedAt: at,
    Spec: {
      Name: name,
      Labels: labelsIn(body),
      ...(isTemplating(body["Templating"]) ? { Templating: body["Templating"] } : {}),
    },
  };
  writeFileSync(fileOf(world, word, name), data, { mode: 0o600 });
  shelf.put(thing);
  world.bulletin.say(word, "create", thing.ID, { name }, "swarm");
  return created({ ID: thing.ID });
};

const update = (word: Word, ask: Ask): Answer => {
  const { world } = ask.engine;
  const thing = find(word, ask);
  const data = ask.body["Data"];
  const same =
    data === undefined || data === null || data === "" || contentOf(world, word, thing).equals(Buffer.from(String(data), "base64"));
  if (!same || ask.body["Name"] !== thing.Spec.Name) invalidArgument("only updates to Labels are allowed");
  world[shelves[word]].put({
    ...thing,
    Version: world.nextVersion(),
    UpdatedAt: now(),
    Spec: { ...thing.Spec, Labels: labelsIn(ask.body) },
  });
  world.bulletin.say(word, "update", thing.ID, { name: thing.Spec.Name }, "swarm");
  return { status: 200 };
};

const remove = (word: Word, ask: Ask): Answer => {
  const { world } = ask.engine;
  const thing = find(word, ask);
  const users = usersOf(world, word, thing);
  if (users.length > 0)
    invalidArgument(`${word} '${thing.Spec.Name}' is in use by the following service${users.length > 1 ? "s" : ""}: ${users.join(", ")}`);
  rmSync(fileOf(world, word, thing.Spec.Name), { force: true });
  world[shelves[word]].drop(thing.Spec.Name);
  world.bulletin.say(word, "remove", thing.ID, { name: thing.Spec.Name }, "swarm");
  return done;
};

/** The calls that secrets and configs share: both have a name, labels, and a content that never changes. */
const routesOf = (word: Word): readonly Route[] => {
  const path = `/${shelves[word]}`;
  return [
    { method: "GET", path, words: [`${word} ls`], answer: (ask) => list(word, ask) },
    { method: "POST", path: `${path}/create`, words: [`${word} create`], answer: (ask) => create(word, ask) },
    {
      method: "GET",
      path: `${path}/:id`,
      words: [`${word} inspect`],
      answer: (ask) => ok(document(ask.engine.world, word, find(word, ask))),
    },
    { method: "POST", path: `${path}/:id/update`, words: [`${word} update`], answer: (ask) => update(word, ask) },
    { method: "DELETE", path: `${path}/:id`, words: [`${word} rm`], answer: (ask) => remove(word, ask) },
  ];
};

export const keptFileRoutes: readonly Route[] = [...routesOf("secret"), ...routesOf("config")];
