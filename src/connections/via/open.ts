import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { version } from '../../../package.json';
import { isTimeout } from '../../base/clock.js';
import { formatDuration } from '../../base/duration.js';
import { CliError, codeOf, reasonOf, UsageError } from '../../base/errors.js';
import { parseJson } from '../../base/json.js';
import { ownFolder } from '../../config/paths.js';
import type { Context } from '../../endpoints/context.js';
import type { Category, Checked } from '../doctor/check.js';
import type { Vantage } from '../doctor/path.js';
import { pathCategories } from '../doctor/run-checks.js';
import { download } from './download.js';
import { packedExecutable } from './executable.js';
import { type Errand, type Machine, readReply } from './job.js';
import type { readPrefix } from './prefix.js';
import { folderFor, processorOf, readProbe, refuseTerminal } from './probe.js';
import { probeScript, runScript } from './script.js';
import { startShell } from './shell.js';

interface ViaOptions {
  prefix: ReturnType<typeof readPrefix>;
  executable: string | undefined;
  /** Milliseconds from the first answer on, for the transfer and all checks. */
  timeoutMs: number;
}

/** Milliseconds until the first answer: somebody may have to type a password. */
const firstMs = 120_000;
/** In a pipe, a line says this often how much is sent. */
const noteMs = 10_000;

/** The checks on another machine. */
export type Via = Awaited<ReturnType<typeof openVia>>;

/** Brings this program to another machine, where it runs until `close`, and nothing stays. Throws usage errors and other failures. */
export async function openVia(context: Context, options: ViaOptions) {
  const connection = connect(context, options);
  const { word, next, write, close } = connection;
  try {
    const lines: string[] = [];
    await write(Buffer.from(probeScript(word)));
    for (let line = ''; line !== 'probed'; lines.push(line)) {
      line = await next('gave no answer');
      if (line === 'terminal') refuseTerminal(options.prefix.shown);
      if (lines.length === 0) connection.limit(options.timeoutMs);
    }
    await bring(context, readProbe(lines), options.executable, connection);
  } catch (error) {
    await close(false);
    throw error;
  }
  let machine: Machine | undefined;
  return {
    /** The other machine. Undefined until the first checks. */
    machine: () => machine && { ...machine, title: `In ${options.prefix.shown} (${machine.system})` },
    close: () => close(machine !== undefined),
    /** Returns a function that makes these checks there, with the network seen from there. */
    checking:
      (
        job: Omit<Errand, 'word' | 'place'>,
        { ownAddresses: _, ...place }: Vantage,
        categories: readonly Category<never>[] = pathCategories,
      ) =>
      async (onCategory: (title: string) => void): Promise<Checked[]> => {
        const line: Errand = { ...job, word, place: { ...place, isHere: true } };
        await write(Buffer.from(`${JSON.stringify(line)}\n`));
        for (;;) {
          const answer = readReply(parseJson(await next('did not end the checks')), categories);
          machine ??= answer.machine;
          if (machine?.version !== version) throw otherVersion(machine?.version);
          if (answer.begun) onCategory(answer.begun);
          if (answer.error) throw answer.error;
          if (answer.checks) return answer.checks;
        }
      },
  };
}

/** Sends the executable, so that it is about to run. */
async function bring(
  context: Context,
  probe: ReturnType<typeof readProbe>,
  named: string | undefined,
  { next, write }: ReturnType<typeof connect>,
) {
  const { io, clock, settings } = context;
  let doing = 'Looking for the executable';
  const progress = await io.progress(() => [[doing]]);
  try {
    const packed = await packedExecutable(processorOf(probe), {
      named,
      cache: join(ownFolder('cache', settings.env), 'executables'),
      download: (name) => {
        doing = `Downloading ${name}`;
        return download(context, name);
      },
    });
    // The end of a .gz has the size of what is packed (RFC 1952).
    const size = packed.readUInt32LE(packed.length - 4);
    const bytes = probe.has.includes('gzip') ? packed : await promisify(gunzip)(packed);
    const sending = { folder: folderFor(probe, size), sent: bytes.length, size };
    await write(Buffer.from(runScript(sending)));
    await next('cannot write the executable');
    let noted = clock.monotonic();
    await write(bytes, (count) => {
      doing = `Sent ${Math.floor(count / 1e6)} of ${Math.ceil(bytes.length / 1e6)} MB`;
      if (io.isInteractive || clock.monotonic() - noted < noteMs) return;
      noted = clock.monotonic();
      io.note(`${doing}.`);
    });
    await next('did not take the executable');
  } finally {
    progress.stop();
  }
}

/** The connection to the sh of the other machine. What it says last is in the error if it ends. */
function connect({ clock, settings, signal: interruption }: Context, { prefix }: ViaOptions) {
  const { words, shown, hide } = prefix;
  const word = randomBytes(8).toString('hex');
  const shell = startShell([...words, 'sh'], word, settings.env, clock);
  let limitMs = firstMs;
  let signal = AbortSignal.any([interruption, clock.timeout(limitMs)]);

  const inTime = async <T>(step: Promise<T>): Promise<T> => {
    try {
      return await step;
    } catch (error) {
      interruption.throwIfAborted();
      if (!isTimeout(error)) throw error;
      const message = `${shown} was not done within ${formatDuration(limitMs)}.`;
      throw new CliError('timedOut', message, { hint: 'Check the connection, or allow more time with --timeout.' });
    }
  };
  const lost = async (what: string, code: string | undefined) => {
    const { fault, exitCode, said } = await shell.outcome();
    if (fault !== undefined) throw cannotStart(words[0] ?? '', fault);
    const last = said === '' ? '' : ` ${hide(said)}`;
    // The program before this command says so of words that it doesn't know.
    if (code === '2') throw otherVersion(undefined);
    const how =
      code !== undefined
        ? `The executable ended with exit code ${code}`
        : exitCode === null
          ? 'It was ended'
          : `It ended with exit code ${exitCode}`;
    const hint = exitCode === 126 || exitCode === 127 ? adviceOnShell : adviceOnStdin;
    throw new CliError('unexpected', `${shown} ${what}. ${how}.${last}`, { hint });
  };
  return {
    word,
    /** Starts the time limit again. */
    limit: (ms: number) => {
      limitMs = ms;
      signal = AbortSignal.any([interruption, clock.timeout(ms)]);
    },
    next: async (what: string) => {
      const answer = await inTime(shell.next(signal));
      const [, code] = /^end (\d+)/.exec(answer ?? '') ?? [];
      if (answer === undefined || code !== undefined) throw await lost(what, code);
      return answer;
    },
    write: (bytes: Buffer, onWritten?: (count: number) => void) => inTime(shell.write(bytes, signal, onWritten)),
    close: shell.close,
  };
}

const adviceOnShell =
  'The other side has no sh. Run the image of atlas-pe beside it, with kubectl debug for example: see docs/containers.md.';
const adviceOnStdin = 'Check that the prefix runs a program there with stdin: kubectl exec -i, docker exec -i.';

function cannotStart(command: string, fault: unknown) {
  const isMissing = codeOf(fault) === 'ENOENT';
  const message = isMissing ? `Command not found: ${command}` : `Cannot run ${command}: ${reasonOf(fault)}.`;
  return new UsageError(message, '--via takes the words that run a program on the other machine.');
}

function otherVersion(found: string | undefined) {
  return new UsageError(
    `The executable is of ${found === undefined || found === '' ? 'another version' : `version ${found}`}, and this is atlas-pe ${version}.`,
    'Pass one of this version with --executable.',
  );
}
