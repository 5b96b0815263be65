import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { root, StandIns, until, type Said } from "./stand-ins.js";
import { ask, must as run, startSilent } from "../support/children.js";

const layOut = join(root, "examples", "lay-out.sh");
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "examples-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const git = (repository: string, ...args: readonly string[]): string => run("git", ["-C", repository, ...args]).trim();

describe("laying out an example", () => {
  test("notes is a clean repository on main with two annotated version tags, the newer one last", () => {
    const target = join(folder, "notes");
    run(layOut, ["notes", target]);
    const tags = git(target, "tag", "--sort=v:refname").split("\n");
    expect(tags).toEqual(["0.1.0+1.0.0", "0.2.0+1.1.0"]);
    expect(tags.map((tag) => git(target, "cat-file", "-t", tag))).toEqual(["tag", "tag"]);
    expect(git(target, "rev-parse", "main")).toBe(git(target, "rev-list", "-n1", "0.2.0+1.1.0"));
    expect(git(target, "status", "--porcelain")).toBe("");
  });

  test("it creates the same commits every time, and a second time in the same place changes nothing", () => {
    const [one, other] = [join(folder, "one"), join(folder, "other")];
    for (const target of [one, other, one]) run(layOut, ["notes", target]);
    expect(git(one, "rev-parse", "main")).toBe(git(other, "rev-parse", "main"));
  });

  test("several layouts into one place at once all succeed and leave one repository", async () => {
    const target = join(folder, "shared");
    const started = Array.from({ length: 4 }, () => startSilent(layOut, ["echo", target]));
    const codes = await Promise.all(started.map(async ({ ended }) => (await ended).code));
    expect(codes).toEqual([0, 0, 0, 0]);
    expect(git(target, "fsck", "--no-progress")).toBe("");
    expect(readdirSync(folder).filter((name) => name.startsWith("shared"))).toEqual(["shared"]);
  });

  test("an example that does not exist is refused by name", () => {
    const { code, stderr } = ask(layOut, ["nothing", join(folder, "nothing")]);
    expect(code).toBe(2);
    expect(stderr).toContain("no example is called nothing");
  });
});

interface Compose {
  readonly services: Readonly<Record<string, { readonly image: string; readonly deploy?: { readonly labels?: readonly string[] } }>>;
}

describe.each([
  ["notes", "0.1.0+1.0.0"],
  ["notes", "0.2.0+1.1.0"],
  ["echo", "0.1.0+1.0.0"],
])("the recipe %s at %s", (recipe, version) => {
  const at = (name: string): string => readFileSync(join(root, "examples", "recipes", recipe, version, name), "utf8");

  test("names its own version in the label of the service app, and has release notes for it", () => {
    const { services } = parse(at("compose.yml")) as Compose;
    expect(services["app"]?.deploy?.labels?.join("\n")).toContain(`.version=${version}`);
    expect(at(`release/${version}`)).not.toBe("");
  });

  test("uses only images that the sandbox has and build.sh builds", () => {
    const { services } = parse(at("compose.yml")) as Compose;
    for (const { image } of Object.values(services)) {
      const [, name = "", tag = ""] = /^local\/([\w-]+):(.+)$/.exec(image) ?? [];
      const { tags } = JSON.parse(readFileSync(join(root, "examples", "images", name, "image.json"), "utf8")) as { tags: string[] };
      expect(tags).toContain(tag);
    }
  });
});

describe("the notebook on the stand-ins", () => {
  let world: StandIns;
  let base: string;
  const domain = "note-0a1b2c.sandbox.localhost";
  const stack = "note-0a1b2c_sandbox_localhost";

  const addressOf = async (): Promise<string> => {
    const [row] = (await world.rows("container", "ls", "--no-trunc")).filter(({ Names }) => Names?.startsWith(`${stack}_app.`) === true);
    const { NetworkSettings } = await world.inspect<{ NetworkSettings: { Ports: Record<string, { HostPort: string }[]> } }>(
      "container",
      "inspect",
      row?.["ID"] ?? "",
    );
    return `http://127.0.0.1:${NetworkSettings.Ports["8080/tcp"]?.[0]?.HostPort ?? "0"}`;
  };

  const must = (said: Said): string => {
    if (said.code !== 0) throw new Error(said.stdout + said.stderr);
    return said.stdout;
  };

  const deploy = async (version: string): Promise<void> => {
    git(join(world.abraDir, "recipes", "notes"), "checkout", "--quiet", "--force", version);
    must(await world.abra("app", "deploy", domain, "-n", "-o", "-C", "-D", "-c"));
  };

  let token = "";

  beforeAll(async () => {
    world = new StandIns();
    mkdirSync(join(world.abraDir, "recipes"), { recursive: true });
    run(layOut, ["notes", join(world.abraDir, "recipes", "notes")]);
    must(await world.abra("app", "new", "notes", "-n", "-o", "-C", "--server=default", `--domain=${domain}`));
    token = /admin_token\s+(\S+)/.exec(must(await world.abra("app", "secret", "generate", domain, "--all", "-n", "-o", "-C")))?.[1] ?? "";
    await deploy("0.1.0+1.0.0");
    await world.runs(`${stack}_app`);
    await world.runs(`${stack}_store`);
    base = await addressOf();
  });
  afterAll(() => world.close());

  const get = async (path: string, init: RequestInit = {}): Promise<{ status: number; text: string }> => {
    const answer = await fetch(`${base}${path}`, init);
    return { status: answer.status, text: await answer.text() };
  };

  test("its config, its generated secret and its volume are at the paths that a container has them at", async () => {
    expect((await get("/")).text).toContain("Write it down.");
    expect(token).toHaveLength(24);
    expect((await get("/admin", { headers: { authorization: `Bearer ${token}` } })).status).toBe(200);
    expect((await get("/admin")).status).toBe(401);
  });

  test("a note survives the update to the next version, and the app then shows the new config", async () => {
    const { id } = JSON.parse((await get("/notes", { method: "POST", body: "kept?" })).text) as { id: string };
    await deploy("0.2.0+1.1.0");
    await until("both updates are completed", async () => {
      const services = JSON.parse((await world.docker("service", "inspect", `${stack}_app`, `${stack}_store`)).stdout) as {
        UpdateStatus?: { State: string };
      }[];
      return services.every(({ UpdateStatus }) => UpdateStatus?.State === "completed");
    });
    base = await addressOf();
    expect((await get("/")).text).toContain("find it again");
    expect((await get(`/notes/${id}`)).text).toBe("kept?");
  });
});
