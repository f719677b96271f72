import { Writable } from 'node:stream';
import type { System } from '../../base/host.js';
import type { Context, Machine } from '../../context.js';
import { ignoreErrors, write } from '../../ui/streams.js';
import { candidates } from './candidates.js';
import { type Candidate, files } from './sources.js';
import { readTyped, type Typed } from './typed.js';

/** From the start of the process until what Atlas answers is of no use any more. */
const limitMs = 300;

/** What still holds the process up then, such as a keychain that doesn't answer, has this long before it is killed. */
const graceMs = 100;

/**
 * Answers a shell that asks what the last of these words may become: with a line for each candidate, the whole word and,
 * after a tab, what it is. The last line is `:0` where the names of files fit, else `:4`, as with cobra. Whatever
 * goes wrong or takes too long is no candidate: nobody is told, asked, or kept waiting, and nothing is changed but the cache.
 */
export async function complete(words: readonly string[], system: System, machine: Machine | undefined): Promise<void> {
  // PowerShell before 7.3 can pass no empty word.
  const typed = readTyped(words.at(-1) === '""' ? [...words.slice(0, -1), ''] : words);
  const tooLate = new AbortController();
  const end = tooLate.signal;
  const ended = new Promise<never>((_, reject) => end.addEventListener('abort', () => reject(end.reason)));
  ended.catch(() => undefined);

  const machineOf = async () => machine ?? (await import('../../context.js')).thisMachine;
  let opened: Promise<Context> | undefined;
  const open = async ({ given }: Typed) => {
    const { createContext } = await import('../../context.js');
    const used = await machineOf();
    // What this machine is slow to read, such as a pipe in the place of a file, must not keep the process either.
    await used.killAfter(leftMs(used) + graceMs);
    // The output that is set may be none that there is, and doesn't matter here.
    const globals = {
      project: given.get('project')?.at(-1),
      profile: given.get('profile')?.at(-1),
      sandbox: given.has('sandbox'),
      json: true,
    };
    return createContext(mute(system), used, end, { globals });
  };
  const context = (line: Typed) => {
    opened ??= open(line);
    return opened;
  };
  const online = async (line: Typed) => {
    const used = await machineOf();
    used.clock.timeout(leftMs(used)).addEventListener('abort', () => tooLate.abort(new Error('The time is up.')));
    return context(line);
  };
  let lines: string[] = [];
  try {
    const answer =
      typed &&
      candidates(
        typed,
        () => context(typed),
        () => online(typed),
      );
    const found = (await Promise.race([answer, ended])) ?? [];
    lines = found === files ? [':0'] : typed ? linesOf(found, typed) : [];
  } catch {
    // No candidates.
  }
  ignoreErrors(system.stdout);
  await write(system.stdout, [...lines, ...(lines[0] === ':0' ? [] : [':4'])].map((line) => `${line}\n`).join(''));
  await (await opened?.catch(() => undefined))?.close();
}

function leftMs({ clock, startedAt }: Machine): number {
  return startedAt + limitMs - clock.now();
}

/** What shells read back as it is. Theirs may evaluate what they are answered, and names come from Atlas and from files. */
const safe = /^[\w./@+-][\w.:/@=+,-]*$/;

function linesOf(found: readonly Candidate[], { head, current }: Typed): string[] {
  const isSafe = (value: string) => safe.test(value) && safe.test(`${head}${value}`);
  const fitting = found.filter(({ value }) => value.startsWith(current) && isSafe(value));
  const notes = new Map(fitting.map(({ value, note }) => [value, note]));
  return [...notes].map(([value, note = '']) => {
    const plain = note.replaceAll(/[^\w .:;/@=+,()|…-]/g, '').trim();
    return plain === '' ? `${head}${value}` : `${head}${value}\t${plain}`;
  });
}

/** This system without a voice: nobody is warned, and nobody can be asked. */
function mute({ env, platform, stdin, stdout, pid }: System): System {
  const nothing = () => undefined;
  const stderr = new Writable({ write: (_chunk, _encoding, done) => done() });
  const events = { on: nothing, off: nothing, listenerCount: () => 0, removeAllListeners: nothing };
  return { env, platform, stdin, stdout, stderr, pid, kill: nothing, ...events };
}
