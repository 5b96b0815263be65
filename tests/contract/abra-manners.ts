import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import type { Chapter } from "./expectation.js";
import { expectDone, expectFatal, jsonIn } from "./expect-said.js";

const escape = String.fromCodePoint(27);

/** How abra behaves whatever it is asked, and before there is any app. */
export const abraManners: Chapter = {
  title: "abra's manners",
  rows: [
    {
      title: "--version says `abra version …`",
      mark: "V",
      check: async ({ abra }) => {
        const said = await abra("--version");
        expectDone(said);
        expect(said.stdout).toMatch(/^abra version \S/m);
      },
    },
    {
      title: "what it cannot do is a FATA on stdout with exit code 1, and stderr has no FATA",
      mark: "V",
      question: 11,
      check: async ({ abra }) => {
        const said = await abra("app", "undeploy", "none-000000.contract.localhost", "--no-input", "--offline");
        expectFatal(said, /./);
        expect(said.stderr).not.toContain("FATA");
      },
    },
    {
      title: "a flag that it does not know is refused by its name, before anything is done",
      mark: "B",
      check: async ({ abra }) => {
        const { code, stdout, stderr } = await abra("app", "ls", "--machine", "--no-such-flag", "--no-input", "--offline");
        expect(`${stdout}\n${stderr}`).toMatch(/unknown flag: --no-such-flag\b/);
        expect(code).not.toBe(0);
      },
    },
    {
      title: "an app without an .env is one that it cannot find",
      mark: "B",
      question: 8,
      check: async ({ abra }) => {
        expectFatal(
          await abra("app", "remove", "none-000000.contract.localhost", "--no-input", "--offline"),
          /(cannot|unable to) find app|no such app|not found/i,
        );
      },
    },
    {
      title: "NO_COLOR keeps its output free of colour codes",
      mark: "assumed",
      question: 11,
      check: async ({ abra }) => {
        const said = await abra("app", "undeploy", "none-000000.contract.localhost", "--no-input", "--offline");
        expect(said.stdout + said.stderr).not.toContain(escape);
      },
    },
    {
      title: "app ls --machine is an object by server, under pipes and without a terminal, with ABRA_CI",
      mark: "V",
      question: 1,
      check: async ({ abra }) => {
        const said = await abra("app", "ls", "--machine", "--no-input", "--offline");
        expectDone(said);
        expect(jsonIn(said)).toEqual(expect.objectContaining({}));
      },
    },
    {
      title: "app ls --machine needs no terminal even without ABRA_CI",
      mark: "assumed",
      question: 1,
      check: async ({ abraWith }) =>
        expectDone(await abraWith({ without: ["ABRA_CI"] }, "app", "ls", "--machine", "--no-input", "--offline")),
    },
    {
      title: "server ls --machine is a list of names and hosts",
      mark: "V",
      check: async ({ abra }) => {
        const said = await abra("server", "ls", "--machine", "--no-input");
        expectDone(said);
        expect(jsonIn(said)).toEqual(expect.arrayContaining([expect.objectContaining({ name: "default", host: expect.any(String) })]));
      },
    },
    {
      title: "recipe lint without a terminal gives up on the terminal's size, --no-input or not",
      mark: "V",
      check: async ({ abraWith }) => {
        expectFatal(
          await abraWith({ without: ["ABRA_CI"] }, "recipe", "lint", "contract", "--no-input", "--offline"),
          /inappropriate ioctl for device/,
        );
      },
    },
    {
      title: "recipe lint without a terminal prints its table with ABRA_CI, and exits 0 whatever the rules say",
      mark: "assumed",
      question: 2,
      check: async ({ abra }) => {
        const said = await abra("recipe", "lint", "contract", "--no-input", "--offline");
        expectDone(said);
        expect(said.stdout).toMatch(/R001/);
      },
    },
    {
      title: "app new --chaos --offline needs no catalogue",
      mark: "assumed",
      question: 3,
      check: async (world) => {
        rmSync(join(world.dir, "abra", "catalogue"), { recursive: true, force: true });
        expectDone(
          await world.abra("app", "new", "contract", "--no-input", "--offline", "--chaos", "--server=default", `--domain=${world.domain}`),
        );
        rmSync(world.envFile, { force: true });
      },
    },
    {
      title: "ABRA_DIR wins over an abra.yml in the working directory",
      mark: "assumed",
      question: 12,
      check: async (world) => {
        writeFileSync(join(world.dir, "abra.yml"), `abraDir: ${world.dir}/elsewhere\n`);
        const said = await world.abra("server", "ls", "--machine", "--no-input");
        rmSync(join(world.dir, "abra.yml"));
        expect(jsonIn(said)).toEqual(expect.arrayContaining([expect.objectContaining({ name: "default" })]));
      },
    },
    {
      title: "a recipe that is not there, with --offline, is a FATA and leaves no .env",
      mark: "B",
      check: async (world) => {
        expectFatal(
          await world.abra(
            "app",
            "new",
            "no-such-recipe",
            "--no-input",
            "--offline",
            "--chaos",
            "--server=default",
            "--domain=none-000001.contract.localhost",
          ),
          /./,
        );
        const apps = await world.abra("app", "ls", "--machine", "--no-input", "--offline");
        expect(apps.stdout).not.toContain("none-000001");
      },
    },
  ],
};
