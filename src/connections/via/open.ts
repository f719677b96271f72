import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { version } from '../../../package.json';
import { CliError, UsageError } from '../../base/errors.js';
import type { Context } from '../../endpoints/context.js';
import type { CheckStrings } from '../doctor/check-strings.js';
import type { Vantage } from '../doctor/path.js';
import { adviceOnImage, type Connection, openConnection, otherVersion } from './connection.js';
import { readReply, writeErrand } from './errand.js';
import { packedExecutable } from './executable.js';
import { readPrefix } from './prefix.js';
import { probeScript, runScript } from './script.js';

/** Milliseconds between lines about the transfer in a pipe, and bytes that are sent at once. */
const [noteMs, chunkBytes] = [10_000, 256 * 1024];
/** Megabytes of memory that the checks need: with the executable on a disk, or in memory too. */
const [onDisk, inMemory] = [80, 140];

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
    /** Returns a function that checks strings there. */
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
    const packed = await inTime(find, 'The download of the executable');
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
