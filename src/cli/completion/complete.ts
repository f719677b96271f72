import { Writable } from 'node:stream';
import type { System } from '../../base/host.js';
import { longName } from '../../base/shell.js';
import type { Context, Machine } from '../../context.js';
import { ignoreErrors, write } from '../../ui/streams.js';
import { type Candidate, type Completions, files, inCaseOf, sources } from './sources.js';
import { optionsOf, readTyped, sourceOf, type Typed } from './typed.js';

/** Milliseconds since the start of the process. A later response from Atlas is useless. */
const limitMs = 300;

/**
 * If something still blocks the process then, for example a keychain that doesn't respond, it is killed after this many
 * milliseconds.
 */
const graceMs = 100;

/**
 * Answers a completion request from a shell: what can the last of these words become? Prints one line for each
 * candidate: the whole word, a tab, and its description. The last line is `:0` if file names fit, otherwise `:4`, as in
 * cobra. If something fails or takes too long, there are no candidates. It prints no errors, never prompts, and changes
 * nothing except the cache.
 */
export async function complete(words: readonly string[], system: System, machine: Machine | undefined): Promise<void> {
  // PowerShell before 7.3 can't pass an empty word.
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
    // A slow local read, for example from a pipe instead of a file, must not block the process either.
    await used.killAfter(leftMs(used) + graceMs);
    // json: the output setting may be invalid, and doesn't matter here.
    const globals = {
      project: given.get('project')?.at(-1),
      profile: given.get('profile')?.at(-1),
      sandbox: given.has('sandbox'),
      json: true,
    };
    return createContext(mute(system), used, { signal: end, end: () => undefined }, { globals });
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
      completionsFor(
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

/**
 * Words that every shell reads unchanged. Some shells evaluate the candidates, and names come from Atlas and from
 * files.
 */
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

/** The same system without stderr and signals: no warnings and no prompts. */
function mute({ env, platform, stdin, stdout, pid }: System): System {
  const nothing = () => undefined;
  const stderr = new Writable({ write: (_chunk, _encoding, done) => done() });
  const events = { on: nothing, off: nothing, listenerCount: () => 0, removeAllListeners: nothing };
  return { env, platform, stdin, stdout, stderr, pid, kill: nothing, ...events };
}

/** The completions of the current word. They may include words that don't start like it. */
async function completionsFor(
  typed: Typed,
  context: () => Promise<Context>,
  online: () => Promise<Context>,
): Promise<Completions> {
  const { option, line, current } = typed;
  if (option === undefined && current.startsWith('-')) return optionsFor(typed);
  const isCommand = option === undefined && line.definition === undefined;
  const below = !isCommand ? [] : line.commands.map((each) => ({ value: each.name(), note: each.description() }));
  const source = sourceOf(typed);
  if (source === undefined) return below;
  const found =
    typeof source === 'string'
      ? await sources[source]({ ...typed, context, online })
      : source.map((value) => ({ value: inCaseOf(current, value) }));
  if (found === files) return files;
  return unnamed([...below, ...found], typed);
}

/** Removes values that the same option already has: --fields id,… or --fields id --fields … */
function unnamed(found: readonly Candidate[], { option, head, given }: Typed): Candidate[] {
  if (option?.spec.kind !== 'values') return [...found];
  const named = [...(given.get(option.name) ?? []), head.slice(head.indexOf('=') + 1)].join().split(',');
  return found.filter(({ value }) => !named.includes(value));
}

/** The options that are not given yet or can be repeated. */
function optionsFor({ line, given }: Typed): Candidate[] {
  const known = Object.entries(optionsOf(line))
    .filter(([name, { kind }]) => kind === 'values' || !given.has(name))
    .map(([name, { help }]) => ({ value: longName(name), note: help }));
  const version = line.branch === undefined ? [{ value: '--version', note: 'print the version' }] : [];
  return [...known, { value: '--help', note: 'show help' }, ...version];
}
