import { createHash } from 'node:crypto';
import { closeSync, openSync, readFileSync, readSync, rmSync, statSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isSea } from 'node:sea';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { version } from '../../../package.json';
import { CliError, reasonOf, UsageError } from '../../base/errors.js';
import { createFolder, isOurs, replaceFile } from '../../base/files.js';

/** Linux on a processor: how uname and a release call it, and its number in the header of an executable (ELF). */
const processors = [
  { names: ['x86_64', 'amd64'], release: 'amd64', machine: 62 },
  { names: ['aarch64', 'arm64'], release: 'arm64', machine: 183 },
];

export type Processor = (typeof processors)[number];

export function processorCalled(name: string): Processor | undefined {
  return processors.find(({ names }) => names.includes(name));
}

interface Sources {
  /** --executable. */
  named: string | undefined;
  /** The folder to keep compressed ones in; null if there is none. */
  cache: string | null;
  /** Downloads a file of this version's release. */
  download(name: string): Promise<Buffer>;
}

/** The executable of this version for Linux on this processor, compressed by gzip. Throws a usage error if the named one does not fit. */
export async function packedExecutable(processor: Processor, { named, cache, download }: Sources): Promise<Buffer> {
  const built = join(import.meta.dirname, '../dist-executable/atlas-pe');
  const own = named === undefined ? [isSea() ? process.execPath : built] : [named];
  const file = own.find((each) => machineOf(each, named !== undefined) === processor.machine);
  if (file !== undefined) {
    const { size, mtimeMs } = statSync(file);
    const name = `${version}-${processor.release}-${size}-${Math.round(mtimeMs)}.gz`;
    return keptIn(cache, name, async () => readFileSync(file));
  }
  if (named !== undefined)
    throw new UsageError(
      `${named} is not an executable for Linux on ${processor.names[0]}, which the other machine has.`,
      `Take the file atlas-pe from atlas-pe_linux_${processor.release}.tar.gz of release ${version}.`,
    );
  return keptIn(cache, `${version}-${processor.release}.gz`, () => fromRelease(processor, download));
}

/** The processor that an executable for Linux is for: a number; undefined if it is none. Throws a usage error if it must be readable. */
function machineOf(file: string, mustExist: boolean) {
  const header = Buffer.alloc(20);
  try {
    const handle = openSync(file, 'r');
    try {
      readSync(handle, header);
    } finally {
      closeSync(handle);
    }
  } catch (error) {
    if (mustExist) throw new UsageError(`Cannot read ${file}: ${reasonOf(error)}.`, 'Check the path of --executable.');
  }
  return header.readUInt32BE(0) === 0x7f454c46 ? header.readUInt16LE(18) : undefined;
}

/** Compresses a file, or takes it from the folder, where only the newest is kept. Without a folder, it is compressed each time. */
async function keptIn(folder: string | null, name: string, read: () => Promise<Buffer>): Promise<Buffer> {
  try {
    if (folder !== null) createFolder(folder, isOurs);
    const kept = folder === null ? undefined : await readFile(join(folder, name));
    if (kept) return kept;
  } catch {
    // It is not there yet.
  }
  const packed = await promisify(gzip)(await read(), { level: 1 });
  if (folder === null) return packed;
  try {
    createFolder(folder, isOurs);
    for (const each of await readdir(folder)) rmSync(join(folder, each), { force: true });
    await replaceFile(join(folder, name), packed);
  } catch {
    // The next command compresses it again.
  }
  return packed;
}

async function fromRelease({ release }: Processor, download: Sources['download']): Promise<Buffer> {
  const archive = `atlas-pe_linux_${release}.tar.gz`;
  const sums = (await download('SHA256SUMS')).toString('latin1');
  const packed = await download(archive);
  const sum = createHash('sha256').update(packed).digest('hex');
  const found = sums.split('\n').includes(`${sum}  ${archive}`)
    ? fileIn(await promisify(gunzip)(packed, { maxOutputLength: 2 ** 29 }), 'atlas-pe')
    : undefined;
  if (found) return found;
  const hint = 'Try again. Otherwise pass the executable with --executable.';
  throw new CliError('unexpected', `${archive} of release ${version} is damaged, so nothing was sent.`, { hint });
}

/** A file of a tar archive, by its name. https://www.gnu.org/software/tar/manual/html_node/Standard.html */
function fileIn(archive: Buffer, name: string): Buffer | undefined {
  const block = 512;
  for (let at = 0; at < archive.length; ) {
    const header = archive.toString('latin1', at, at + block);
    const size = Number.parseInt(header.slice(124, 136), 8) || 0;
    const [path = ''] = header.slice(0, 100).split('\0');
    at += block;
    if (path === name || path === `./${name}`) return archive.subarray(at, at + size);
    at += Math.ceil(size / block) * block;
  }
  return undefined;
}
