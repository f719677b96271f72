import { hash } from 'node:crypto';
import { once } from 'node:events';
import { open, readdir, readFile, rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { get } from 'node:https';
import { join } from 'node:path';
import { isSea } from 'node:sea';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { version } from '../../../package.json';
import { CliError, reasonOf, UsageError } from '../../base/errors.js';
import { bytesOf, createFolder, isOurs, replaceFile } from '../../base/files.js';
import { ownFolder } from '../../config/paths.js';
import type { Context } from '../../endpoints/context.js';
import { proxiedAgent } from '../../http/proxied-agent.js';
import type { Vantage } from '../doctor/path.js';
import type { CheckStrings } from '../doctor/run-checks.js';
import { adviceOnImage, type Connection, openConnection, otherVersion } from './connection.js';
import { readReply, writeErrand } from './errand.js';
import { readPrefix } from './prefix.js';
import { probeScript, runScript } from './script.js';

/** Milliseconds between lines about the transfer in a pipe, and bytes that are sent at once. */
const [noteMs, chunkBytes] = [10_000, 256 * 1024];
/** Megabytes of memory that the checks need: with the executable (132 MB with Node.js 24) on a disk, or in memory too. */
const [onDisk, inMemory] = [100, 175];

/** The other machine, where this program runs until `close`. */
export type Via = Awaited<ReturnType<typeof openVia>>;

/** Brings this program to another machine, and leaves nothing there. `timeoutMs`: from its first answer on. */
export async function openVia(context: Context, prefix: string, timeoutMs: number, executable: string | undefined) {
  const words = readPrefix(prefix);
  const { shown } = words;
  // No spinner: it would erase the question of ssh for a password, and what is typed. Nothing tells when ssh asks.
  if (context.io.givesHints) context.io.note(`Connecting: ${shown}`);
  const connection = openConnection(context, words, timeoutMs);
  const { word, next, write, close } = connection;
  try {
    await write([probeScript(word)]);
    await bring(context, connection, await next('gave no answer'), executable);
  } catch (error) {
    await close(false);
    throw error;
  }
  let machine: ReturnType<typeof readReply>['machine'] | undefined;
  return {
    checking: ({ ownAddresses: _, ...vantage }: Vantage): CheckStrings => {
      return async (asked, onCategory) => {
        await write([writeErrand({ word, vantage, asked })]);
        for (;;) {
          const reply = readReply(await next('did not end the checks'));
          machine ??= reply.machine;
          if (machine.version !== version) throw otherVersion();
          if (reply.fault) throw new UsageError(`In ${shown}: ${reply.fault}`, reply.hint);
          if (reply.checks) return reply.checks;
          onCategory(reply.begun);
        }
      };
    },
    /** Known after the first checks, like the head of a report. */
    title: () => machine && `In ${shown} (${machine.system})`,
    about: () => machine?.about,
    close: () => close(machine !== undefined),
  };
}

/** Sends the executable to a machine that has answered the probe, and starts it. */
async function bring({ io, clock, ...context }: Context, connection: Connection, probed: string, named?: string) {
  const { shown, inTime, next, write } = connection;
  const cannot = (why: string) =>
    new CliError('unexpected', `atlas-pe cannot run there: ${why}.`, { hint: adviceOnImage });
  const [answer, , processor = '', gzip, kind, ...memory] = probed.split(' ');
  const adviceOnTerminal = 'Leave out what asks for one: ssh -tt, docker exec -t, kubectl exec -t.';
  if (answer === 'terminal')
    throw new UsageError(`${shown} reads from a terminal, and that changes bytes.`, adviceOnTerminal);
  if (answer !== 'probed') throw cannot(probed.replace('no ', ''));
  const [available = 0, limit = 0, used = 0, cached = 0] = memory.map(Number);
  // In a container, what is cached can be dropped. What is not known is not a number.
  const free = [available / 1e3, (limit - used + cached) / 1e6].filter((each) => !Number.isNaN(each));
  const needed = kind === 'tmpfs' ? inMemory : onDisk;
  if (Math.min(...free) < needed)
    throw cannot(`only ${Math.round(Math.min(...free))} of ${needed} MB of memory are free, and it could be killed`);

  let [doing, noted] = ['Looking for the executable', clock.monotonic()];
  const progress = await io.progress(() => [[doing]]);
  const chunksOf = function* (bytes: Buffer) {
    for (let at = 0; at < bytes.length; at += chunkBytes) {
      doing = `Sent ${Math.round(at / 1e6)} of ${Math.round(bytes.length / 1e6)} MB`;
      yield bytes.subarray(at, at + chunkBytes);
      if (io.isInteractive || clock.monotonic() - noted < noteMs) continue;
      noted = clock.monotonic();
      io.note(`${doing}.`);
    }
  };
  try {
    const find = (signal: AbortSignal) => packedExecutable({ ...context, signal }, processor, named);
    const packed = await inTime(find, 'The download or compression of the executable');
    // At its end, a .gz has the size of what is packed (RFC 1952).
    const size = packed.readUInt32LE(packed.length - 4);
    const bytes = gzip === 'gzip' ? packed : await promisify(gunzip)(packed);
    await write([runScript(bytes.length, size)]);
    await next('cannot write the executable');
    await write(chunksOf(bytes));
    await next('did not take the executable');
  } finally {
    progress.stop();
  }
}

/** By what uname says: the name in a release, and the number in the header of an executable. https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html */
const processors: Readonly<Record<string, { name: string; machine: number }>> = {
  x86_64: { name: 'amd64', machine: 62 },
  aarch64: { name: 'arm64', machine: 183 },
};

const release = `https://github.com/atlas-pe/atlas-pe/releases/download/v${version}`;
const mostBytes = 200_000_000;

const hint = `A clone makes one: npm run build:executable. To pass one of version ${version}, use --executable.`;

type Where = Pick<Context, 'settings' | 'signal'>;

/** This program for Linux on a processor, compressed by gzip: the named one, this one, the built one, or that of the release. */
async function packedExecutable(context: Where, processor: string, named?: string) {
  const { name, machine } = processors[processor] ?? { name: processor, machine: 0 };
  const own = isSea() ? process.execPath : join(import.meta.dirname, '../dist-executable/atlas-pe');
  const file = named ?? own;
  if ((await machineOf(file)) === machine) {
    // Not its size and time: packages and images set the same time for all files.
    const bytes = await readFile(file);
    const key = `${version}-${name}-${hash('sha256', bytes)}.gz`;
    return kept(context, key, () => promisify(gzip)(bytes, { level: 1 }));
  }
  if (named !== undefined)
    throw new UsageError(`${named} is missing, or no executable for Linux on ${processor}.`, hint);
  const archive = `atlas-pe_via_${name}.gz`;
  return kept(context, `${version}-${archive}`, async () => {
    const [sums, packed] = [await download(context, 'SHA256SUMS'), await download(context, archive)];
    const line = `${hash('sha256', packed)}  ${archive}`;
    if (sums.toString('latin1').split('\n').includes(line)) return packed;
    throw new CliError('unexpected', `${archive} does not have the sum of the release. It was not sent.`, { hint });
  });
}

/** The processor in the header of an executable for Linux; undefined if the file is none. */
async function machineOf(file: string) {
  const header = Buffer.alloc(20);
  const read = open(file).then((handle) => handle.read(header).finally(() => handle.close()));
  // What is no file, or can't be read, has no such header.
  await read.catch(() => undefined);
  return header.readUInt32BE(0) === 0x7f454c46 ? header.readUInt16LE(18) : undefined;
}

/** A file of the cache, which has only one, or what `make` makes for it. */
async function kept({ settings }: Where, name: string, make: () => Promise<Buffer>) {
  let made: Buffer | undefined;
  try {
    const folder = join(ownFolder('cache', settings.env), 'executables');
    createFolder(folder, isOurs);
    const all = await readdir(folder);
    if (all.includes(name)) return await readFile(join(folder, name));
    made = await make();
    for (const other of all) await rm(join(folder, other));
    await replaceFile(join(folder, name), made);
  } catch (error) {
    // Without a cache, the next command makes it again.
    if (error instanceof CliError) throw error;
  }
  return made ?? make();
}

/** Downloads a file of the release, through the proxies of the environment. Node's https takes no other URLs. */
async function download({ settings, signal }: Where, name: string): Promise<Buffer> {
  const agent = proxiedAgent(settings.env, signal, undefined);
  let [url, reason] = [`${release}/${name}`, 'too many redirects'];
  try {
    for (let count = 0; count < 5; count++) {
      const [answer] = (await once(get(url, { agent, signal }), 'response')) as [IncomingMessage];
      const { statusCode, headers } = answer;
      const bytes = statusCode === 200 ? await bytesOf(answer, mostBytes) : undefined;
      if (bytes) return bytes;
      answer.destroy();
      reason = `HTTP ${statusCode}`;
      url = new URL(headers.location ?? '', url).href;
    }
  } catch (error) {
    signal.throwIfAborted();
    reason = reasonOf(error);
  } finally {
    agent.destroy();
  }
  throw new CliError('unexpected', `Cannot download ${url} (${reason}).`, { hint });
}
