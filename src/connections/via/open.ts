import { randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { version } from '../../../package.json';
import { isTimeout } from '../../base/clock.js';
import { formatDuration } from '../../base/duration.js';
import { CliError, codeOf, reasonOf, UsageError } from '../../base/errors.js';
import { parseJson } from '../../base/json.js';
import type { Context } from '../../endpoints/context.js';
import type { Checked } from '../doctor/check.js';
import type { Asked } from '../doctor/check-strings.js';
import type { Vantage } from '../doctor/path.js';
import { errandFor, readReply } from './errand.js';
import { packedExecutable } from './executable.js';
import { withoutValues, wordsOf } from './prefix.js';
import { probeScript, runScript } from './script.js';
import { startShell } from './shell.js';

interface ViaOptions {
  prefix: string;
  executable: string | undefined;
  /** Milliseconds from the first answer on. */
  timeoutMs: number;
}

/** Milliseconds until the first answer, in which somebody may have to type a password; and between lines about the transfer in a pipe. */
const [firstMs, noteMs] = [120_000, 10_000];
const chunkBytes = 256 * 1024;
/** Free memory that the checks need, in bytes: with the executable on a disk, or in memory too. */
const [onDisk, inMemory] = [80e6, 140e6];

/** The other machine, where this program runs until `close`. */
export type Via = Awaited<ReturnType<typeof openVia>>;

/** Brings this program to another machine, and leaves nothing there. Throws usage errors and other failures. */
export async function openVia(context: Context, options: ViaOptions) {
  const connection = connect(context, options);
  const { word, next, write, close, shown } = connection;
  let machine: ReturnType<typeof readReply>['machine'];
  try {
    await write([probeScript(word)]);
    const probed = await next('gave no answer');
    connection.startLimit(options.timeoutMs);
    await bring(context, probed, options.executable, connection);
  } catch (error) {
    await close(false);
    throw error;
  }
  return {
    /** Known after the first checks. */
    title: () => machine && `In ${shown} (${machine.system})`,
    about: () => machine?.about,
    close: () => close(machine !== undefined),
    /** Returns a function that checks strings there. */
    checking:
      ({ ownAddresses: _, ...vantage }: Vantage) =>
      async (asked: Asked, onCategory: (title: string) => void): Promise<Checked[]> => {
        await write([`${JSON.stringify({ word, vantage, ...(await errandFor(asked)) })}\n`]);
        for (;;) {
          const reply = readReply(parseJson(await next('did not end the checks')));
          machine ??= reply.machine;
          if (machine?.version !== version) throw otherVersion();
          if (reply.fault) throw new UsageError(`In ${shown}: ${reply.fault.message}`, reply.fault.hint);
          if (reply.checks) return reply.checks;
          onCategory(reply.begun);
        }
      },
  };
}

/** Sends the executable to the machine that has answered the probe. */
async function bring(
  context: Context,
  probed: string,
  named: string | undefined,
  { next, write, shown }: ReturnType<typeof connect>,
) {
  const { io, clock } = context;
  const [answer, , processor = '', gzip, kind, ...numbers] = probed.split(' ');
  if (answer === 'terminal')
    throw new UsageError(
      `${shown} uses a terminal, which changes what is sent.`,
      'Leave out ssh -tt, docker exec -t, kubectl exec -t.',
    );
  if (answer !== 'probed') throw cannotRun(probed.slice(3));
  const [available = 0, limit = 0, used = 0, cached = 0] = numbers.map(Number);
  // A container is limited. What is cached can be dropped. What is not known is not a number.
  const [free = Number.POSITIVE_INFINITY] = [available * 1024, limit - used + cached]
    .filter((each) => each >= 0)
    .sort((a, b) => a - b);
  const needed = kind === 'tmpfs' ? inMemory : onDisk;
  if (free < needed)
    throw cannotRun(
      `it has only ${Math.round(free / 1e6)} MB of memory free, of ${needed / 1e6} MB that it takes. The container could be killed`,
    );
  let doing = 'Looking for the executable';
  let noted = clock.monotonic();
  const progress = await io.progress(() => [[doing]]);
  const chunksOf = function* (bytes: Buffer) {
    for (let at = 0; at < bytes.length; at += chunkBytes) {
      yield bytes.subarray(at, at + chunkBytes);
      doing = `Sent ${Math.round(at / 1e6)} of ${Math.round(bytes.length / 1e6)} MB`;
      if (io.isInteractive || clock.monotonic() - noted < noteMs) continue;
      noted = clock.monotonic();
      io.note(`${doing}.`);
    }
  };
  try {
    const packed = await packedExecutable(context, processor, named);
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

/** Starts the prefix with sh, and says how it ended if it does not answer. */
function connect({ clock, settings, signal: interruption }: Context, { prefix }: ViaOptions) {
  const words = wordsOf(prefix);
  const shown = withoutValues(prefix);
  const word = randomBytes(8).toString('hex');
  const shell = startShell([...words, 'sh'], word, settings.env, clock);
  let limitMs = firstMs;
  let signal = AbortSignal.any([interruption, clock.timeout(limitMs)]);
  const inTime = async <T>(step: Promise<T>): Promise<T> => {
    try {
      return await step;
    } catch (error) {
      if (!isTimeout(error)) throw error;
      const hint = 'Check the connection, or allow more time with --timeout.';
      throw new CliError('timedOut', `${shown} was not done within ${formatDuration(limitMs)}.`, { hint });
    }
  };
  return {
    word,
    shown,
    startLimit: (ms: number) => {
      limitMs = ms;
      signal = AbortSignal.any([interruption, clock.timeout(ms)]);
    },
    /** `what` is what the other side did if it gives no answer. */
    next: async (what: string) => {
      const answer = await inTime(shell.next(signal));
      const [end, ended] = answer?.split(' ') ?? [];
      if (answer !== undefined && end !== 'end') return answer;
      // The same program of another version does not know what it is asked for.
      if (ended === '2') throw otherVersion();
      const { fault, exitCode, said } = await shell.outcome();
      if (codeOf(fault) === 'ENOENT') throw new UsageError(`Command not found: ${words[0]}`, adviceOnPrefix);
      if (fault !== undefined) throw new UsageError(`Cannot run ${words[0]}: ${reasonOf(fault)}.`, adviceOnPrefix);
      const code = ended ?? exitCode;
      const how = code === null ? 'The connection was lost' : `Exit code ${code}`;
      const hint = code === 126 || code === 127 ? adviceOnImage : adviceOnPrefix;
      throw new CliError('unexpected', `${shown} ${what}. ${how}: ${withoutValues(said)}`, { hint });
    },
    write: (chunks: Iterable<string | Buffer>) => inTime(shell.write(chunks, signal)),
    close: shell.close,
  };
}

const adviceOnPrefix =
  'The prefix must run a program there with stdin, as kubectl exec -i POD -- or docker exec -i NAME do.';
const adviceOnImage =
  'Without sh, glibc or libstdc++, run the image of atlas-pe beside it, in Kubernetes with kubectl debug: see docs/containers.md.';

function cannotRun(why: string) {
  return new CliError('unexpected', `atlas-pe cannot run there: ${why}.`, { hint: adviceOnImage });
}

function otherVersion() {
  return new UsageError(`The executable is not atlas-pe ${version}.`, 'Pass one of this version with --executable.');
}
