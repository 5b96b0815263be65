import { existsSync, mkdirSync, rmSync, symlinkSync } from "node:fs";
import { basename, join } from "node:path";
import { findImage, type Image } from "./images.js";
import type { ContainerRecord } from "../world/records.js";
import type { Place } from "../world/place.js";
import { asEnvironment } from "./program.js";

type Programs = Readonly<Record<string, string>>;

/** The programs in /bin of the examples' images, with their files on this machine. `node` is the node that runs the sandbox. */
const withoutShell: Programs = { node: process.execPath };
const withShell: Programs = { ...withoutShell, sh: "/bin/sh" };

const programsOf = (image: string): Programs => (findImage(image)?.hasShell === true ? withShell : withoutShell);

/** The folder of the image's own program. */
export const appFolder = "/app";

/** Whether the image has a file at that path. */
export const isFileOf = ({ reference, folder }: Image, path: string): boolean =>
  path === `/bin/${basename(path)}`
    ? Object.hasOwn(programsOf(reference), basename(path))
    : path === `${appFolder}/${basename(path)}` && existsSync(join(folder, basename(path)));

const folderOf = (place: Place, programs: Programs): string => place.path("programs", Object.keys(programs).join("-"));

/** Creates the folders that stand for the images' /bin. */
export const layOutPrograms = (place: Place): void => {
  for (const programs of [withoutShell, withShell]) {
    const folder = folderOf(place, programs);
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder);
    for (const [name, file] of Object.entries(programs)) symlinkSync(file, join(folder, name));
  }
};

type Inside = Pick<ContainerRecord, "image" | "env">;

/** Whether a program without a path is looked for in the image's /bin, which is so unless the service sets another PATH. */
const looksInBin = (pairs: readonly string[]): boolean =>
  (asEnvironment(pairs)["PATH"] ?? "/bin").split(":").some((folder) => /^\/bin\/*$/.test(folder));

/** The PATH of programs in the container, which finds no program of this machine. */
export const pathIn = (place: Place, { image, env }: Inside): string =>
  looksInBin(env) ? folderOf(place, programsOf(image)) : place.path("programs");

/** The file on this machine for a container's program, or the engine's message if there is none. */
export const findProgram = (name: string, { image, env }: Inside): { readonly file: string } | { readonly missing: string } => {
  const programs = programsOf(image);
  const [, bare = name] = /^\/bin\/([^/]+)$/.exec(name) ?? [];
  const isFound = Object.hasOwn(programs, bare) && (name !== bare || looksInBin(env));
  if (isFound) return { file: programs[bare] ?? "" };
  return {
    missing: `unable to start container process: exec: "${name}": ${name.includes("/") ? `stat ${name}: no such file or directory` : "executable file not found in $PATH"}: unknown`,
  };
};
