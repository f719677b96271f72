import { open, readFile } from 'node:fs/promises';
import { isSea } from 'node:sea';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { version } from '../../../package.json';
import { CliError, toHint, UsageError } from '../../base/errors.js';
import type { Context } from '../../endpoints/context.js';
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
    title: () => machine && `In ${shown} (${machine.system})`,
    close: () => close(machine !== undefined),
  };
}

/** Sends the executable to a machine that has answered the probe, and starts it. */
async function bring({ io, clock }: Context, connection: Connection, probed: string, named: string | undefined) {
  const { shown, inTime, next, write } = connection;
  const cannot = (why: string, hint: CliError['hint'] = adviceOnImage) =>
    new CliError('unexpected', `atlas-pe cannot run there: ${why}.`, { hint });
  const adviceOnLimit = toHint('Raise the limit there: in the prefix, for the user, or for the container.');
  const [answer, , processor = '', packer, kind, ...memory] = probed.split(' ');
  const adviceOnTerminal = 'Leave out what asks for one: ssh -tt, docker exec -t, kubectl exec -t.';
  if (answer === 'terminal')
    throw new UsageError(`${shown} reads from a terminal, and that changes bytes.`, adviceOnTerminal);
  if (answer === 'limit') throw cannot(`it may have ${probed.replace('limit ', '')}`, adviceOnLimit);
  if (answer !== 'probed') throw cannot(probed.replace('no ', ''));
  const [available = 0, limit = 0, used = 0, cached = 0] = memory.map(Number);
  // In a container, what is cached can be dropped. What is not known is not a number.
  const free = [available / 1e3, (limit - used + cached) / 1e6].filter((each) => !Number.isNaN(each));
  const needed = kind === 'tmpfs' ? inMemory : onDisk;
  if (Math.min(...free) < needed)
    throw cannot(`only ${Math.round(Math.min(...free))} of ${needed} MB of memory are free, and it could be killed`);

  const file = await executableFor(processor, named);
  let [doing, noted] = ['Compressing the executable', clock.monotonic()];
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
    const plain = await readFile(file);
    const pack = () => promisify(gzip)(plain, { level: 1 });
    const bytes = packer === 'gzip' ? await inTime(pack, 'The compression of the executable') : plain;
    await write([runScript(bytes.length, plain.length)]);
    await next('cannot write the executable');
    await write(chunksOf(bytes));
    await next('did not take the executable');
  } finally {
    progress.stop();
  }
}

/** By what uname says: the system in names of a release, and the number in the header of an executable. https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html */
const processors: Readonly<Record<string, { system: string; machine: number }>> = {
  x86_64: { system: 'linux_amd64', machine: 62 },
  aarch64: { system: 'linux_arm64', machine: 183 },
};

/** The file with this program for Linux on a processor: the named one, or this program if it is one. */
async function executableFor(processor: string, named: string | undefined) {
  const { system, machine } = processors[processor] ?? { system: processor, machine: 0 };
  const file = named ?? (isSea() ? process.execPath : undefined);
  if (file !== undefined && (await machineOf(file)) === machine) return file;
  const release = `https://github.com/atlas-pe/atlas-pe/releases/download/v${version}`;
  const fault =
    named === undefined
      ? `The other machine needs an executable of atlas-pe for Linux on ${processor}.`
      : `${named} is missing, or no executable for Linux on ${processor}.`;
  throw new UsageError(fault, {
    text: 'Name one with --executable. A clone makes it with npm run build:executable, and a release has it:',
    commands: [`curl -fsSL ${release}/atlas-pe_${system}.tar.gz | tar -xz ./atlas-pe`],
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
