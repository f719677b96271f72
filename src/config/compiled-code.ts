import { closeSync, fsyncSync, openSync, readSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { besideOf, removeLeftovers, writeMs } from '../base/temporary-files.js';

/** One of our files in the file of compiled code. */
interface Part {
  name: string;
  length: number;
  /** V8 doesn't check the code, and damaged code crashes it or does something else. */
  checksum: number;
}

/** The first line of the file. After it comes the code of each part, in this order. */
interface Header {
  build: string;
  parts: readonly Part[];
}

/** The first line is not longer. */
const headBytes = 65_536;

/**
 * Opens the compiled code in a file. Each part is read when it is needed: the file has the code of all commands that were ever
 * used.
 */
export function openSavedCode(file: string, build: string) {
  const places = new Map<string, Part & { at: number }>();
  try {
    const head = read(file, 0, headBytes);
    const end = head.indexOf('\n');
    const header = JSON.parse(head.toString('utf8', 0, end)) as Header;
    let at = end + 1;
    for (const part of header.build === build ? header.parts : []) {
      places.set(part.name, { ...part, at });
      at += part.length;
    }
  } catch {
    // There is none, or it can't be used.
  }
  /** Undefined if there is none, or if it is damaged. */
  const get = (name: string) => {
    const place = places.get(name);
    if (!place) return undefined;
    try {
      const code = read(file, place.at, place.length);
      return checksumOf(name, code) === place.checksum ? code : undefined;
    } catch {
      return undefined;
    }
  };
  return {
    get,
    all: () => {
      const code = [...places.keys()].map((name) => [name, get(name)] as const);
      return new Map(code.filter((each): each is [string, Buffer] => each[1] !== undefined));
    },
  };
}

/** The name counts too: a damaged name could be that of another part. */
function checksumOf(name: string, code: Buffer): number {
  return crc32(code, crc32(name));
}

/** Reads at most this many bytes. The file doesn't stay open: Windows couldn't replace it. */
function read(file: string, at: number, length: number): Buffer {
  const handle = openSync(file, 'r');
  try {
    const buffer = Buffer.allocUnsafeSlow(length);
    return buffer.subarray(0, readSync(handle, buffer, 0, length, at));
  } finally {
    closeSync(handle);
  }
}

/** Replaces the file. The code is made only if it can be written. If anything fails, the next run compiles again. */
export function saveCode(file: string, build: string, make: () => ReadonlyMap<string, Buffer>): void {
  const beside = besideOf(file);
  try {
    const handle = openSync(beside, 'wx', 0o600);
    try {
      const code = make();
      const parts = [...code].map(([name, each]) => ({ name, length: each.length, checksum: checksumOf(name, each) }));
      const header: Header = { build, parts };
      writeFileSync(handle, Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n`), ...code.values()]));
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(beside, file);
    removeLeftovers(file, writeMs);
  } catch {
    rmSync(beside, { force: true });
  }
}
