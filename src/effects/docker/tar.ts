/**
 * As much of the tar format (POSIX ustar and pax) as the Engine's archive calls need: writing a few small files and
 * reading the first entry. The packages for this depend on a dozen others, or read an owner's number in the wrong base.
 */

const block = 512;

export interface FileToPut {
  readonly name: string;
  readonly content: string;
  readonly uid: number;
  readonly gid: number;
  readonly mode: number;
}

export interface TarEntry {
  readonly kind: "file" | "directory" | "other";
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  /** As much of a file's content as was read. */
  readonly content: Buffer;
}

/** Thrown for what is not a tar archive, or has a form that nobody uses for such small ones. */
export class NoTar extends Error {}

/** A number as octal digits. One that is too large for the field is written in binary, like GNU tar and Go do. */
const numberField = (value: number, width: number): Buffer => {
  const octal = value.toString(8);
  if (octal.length < width) return Buffer.from(`${octal.padStart(width - 1, "0")}\0`, "latin1");
  const field = Buffer.alloc(width);
  field.writeUInt8(0x80, 0);
  field.writeUIntBE(value, width - 6, 6);
  return field;
};

const padded = (content: Buffer): Buffer => Buffer.concat([content, Buffer.alloc((block - (content.length % block)) % block)]);

const checksumAt = 148;

const headerOf = ({ name, content, uid, gid, mode }: FileToPut, nowMs: number): Buffer => {
  const header = Buffer.alloc(block);
  header.write(name, 0, 100, "utf8");
  numberField(mode, 8).copy(header, 100);
  numberField(uid, 8).copy(header, 108);
  numberField(gid, 8).copy(header, 116);
  numberField(Buffer.byteLength(content), 12).copy(header, 124);
  numberField(Math.floor(nowMs / 1_000), 12).copy(header, 136);
  header.write("        0", checksumAt, "latin1");
  header.write("ustar\x0000", 257, "latin1");
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, checksumAt, "latin1");
  return header;
};

/** An archive of these files. A name has at most 100 bytes. */
export const tarOf = (files: readonly FileToPut[], nowMs = Date.now()): Buffer =>
  Buffer.concat([...files.flatMap((file) => [headerOf(file, nowMs), padded(Buffer.from(file.content))]), Buffer.alloc(2 * block)]);

const numberAt = (header: Buffer, at: number, width: number): number => {
  const field = header.subarray(at, at + width);
  if (((field[0] ?? 0) & 0x80) !== 0) {
    if (field.subarray(1, -6).some((byte) => byte !== 0)) throw new NoTar("a number of the archive is too great");
    return field.readUIntBE(width - 6, 6);
  }
  const text = field.toString("latin1").replaceAll("\0", " ").trim();
  if (!/^[0-7]*$/.test(text)) throw new NoTar("the archive has no number where one must stand");
  return text === "" ? 0 : Number.parseInt(text, 8);
};

/** Parses `LENGTH key=value\n` records, and keeps the numbers that do not fit into a header. */
const paxOf = (content: Buffer): Readonly<Record<string, number>> => {
  const found: Record<string, number> = {};
  for (let at = 0; at < content.length;) {
    const space = content.indexOf(0x20, at);
    const length = space === -1 ? 0 : Number(content.toString("latin1", at, space));
    if (!Number.isSafeInteger(length) || length <= space - at) break;
    const [, key, value] = /^(uid|gid|size)=(\d{1,15})$/.exec(content.toString("latin1", space + 1, at + length - 1)) ?? [];
    if (key !== undefined) found[key] = Number(value);
    at += length;
  }
  return found;
};

const kinds: Readonly<Record<string, TarEntry["kind"]>> = { "0": "file", "\0": "file", "7": "file", "5": "directory" };

/** Types of entries that only describe the next one. */
const extensions = new Set(["x", "g", "L", "K"]);

const sizeInBlocks = (size: number): number => Math.ceil(size / block) * block;

/**
 * The first entry of an archive that begins with these bytes; null if more are needed. A file's content is complete, or has
 * `contentMax` bytes. `upTo`: longer extensions are refused, because no answer to our questions has them.
 */
export const firstEntry = (bytes: Buffer, contentMax: number, upTo = 64 * 1024): TarEntry | null => {
  let pax: Readonly<Record<string, number>> = {};
  for (let at = 0; ;) {
    if (at > upTo) throw new NoTar(`the archive's first entry does not begin within ${upTo} bytes`);
    if (bytes.length < at + block) return null;
    const header = bytes.subarray(at, at + block);
    if (header.toString("latin1", 257, 262) !== "ustar") throw new NoTar("the archive has no entry");
    const type = header.toString("latin1", 156, 157);
    const size = pax["size"] ?? numberAt(header, 124, 12);
    const begin = at + block;
    if (!extensions.has(type)) {
      const wanted = kinds[type] === "file" ? Math.min(size, contentMax) : 0;
      if (bytes.length < begin + wanted) return null;
      return {
        kind: kinds[type] ?? "other",
        uid: pax["uid"] ?? numberAt(header, 108, 8),
        gid: pax["gid"] ?? numberAt(header, 116, 8),
        size,
        content: bytes.subarray(begin, begin + wanted),
      };
    }
    if (size > upTo) throw new NoTar(`the archive's first entry does not begin within ${upTo} bytes`);
    if (bytes.length < begin + size) return null;
    if (type === "x") pax = { ...pax, ...paxOf(bytes.subarray(begin, begin + size)) };
    at = begin + sizeInBlocks(size);
  }
};
