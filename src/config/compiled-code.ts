import { closeSync, fstatSync, fsyncSync, openSync, readSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { besideOf, removeLeftovers } from '../base/temporary-files.js';

/** The first line of the file. After it comes the code of each of our files, in this order. */
interface Header {
  build: string;
  lengths: readonly (readonly [name: string, length: number])[];
}

/** The compiled code in a file. */
interface KeptCode {
  get(name: string): Buffer | undefined;
  all(): Map<string, Buffer>;
}

/** Milliseconds; no write takes longer. */
const writeMs = 60_000;

/** The first line is not longer. */
const headBytes = 65_536;

/** Each part is read when it is needed: the file has the code of all commands that were ever used. */
export function openKeptCode(file: string, build: string): KeptCode {
  const places = new Map<string, { at: number; length: number }>();
  let handle = -1;
  try {
    handle = openSync(file, 'r');
    const { size } = fstatSync(handle);
    const head = part(handle, 0, Math.min(size, headBytes));
    const end = head.indexOf('\n');
    const header = JSON.parse(head.toString('utf8', 0, end)) as Header;
    const total = header.lengths.reduce((sum, [, length]) => sum + length, end + 1);
    let at = end + 1;
    if (header.build === build && total === size) {
      for (const [name, length] of header.lengths) {
        places.set(name, { at, length });
        at += length;
      }
    }
  } catch {
    // There is none, or it can't be used.
  }
  const get = (name: string) => {
    const place = places.get(name);
    return place && part(handle, place.at, place.length);
  };
  return {
    get,
    all: () => new Map([...places].map(([name, { at, length }]) => [name, part(handle, at, length)])),
  };
}

/** Part of a file that nobody changes: a new one takes its place. */
function part(handle: number, at: number, length: number): Buffer {
  const buffer = Buffer.allocUnsafeSlow(length);
  readSync(handle, buffer, 0, length, at);
  return buffer;
}

/**
 * V8 doesn't check the code itself. So a file that wasn't completely written must never take the place of the old one. The
 * code is made only if it can be written.
 */
export function keepCode(file: string, build: string, make: () => ReadonlyMap<string, Buffer>): void {
  const beside = besideOf(file);
  let handle: number | undefined;
  try {
    handle = openSync(beside, 'wx', 0o600);
    const code = make();
    const header: Header = { build, lengths: [...code].map(([name, { length }]) => [name, length]) };
    writeFileSync(handle, Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n`), ...code.values()]));
    fsyncSync(handle);
    renameSync(beside, file);
    removeLeftovers(file, writeMs);
  } catch {
    // The next run compiles again.
    rmSync(beside, { force: true });
  } finally {
    if (handle !== undefined) closeSync(handle);
  }
}
