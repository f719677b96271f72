import { Writable } from 'node:stream';
import type { Host } from '../../base/host.js';
import { longName } from '../../base/shell.js';
import type { Option, Source } from '../../command.js';
import type { createContext, HostParts } from '../../context.js';
import { ignoreErrors, write } from '../../ui/streams.js';
import { asLines } from '../../ui/view.js';
import { type Line, LineError, optionsOfLine, withoutValue } from '../line.js';
import { createProgram } from '../parser.js';
import { type Candidate, type CompletionRequest, files, inCaseOf, sources } from './sources.js';

/** Milliseconds since the start of the process. A later response from Atlas is useless. */
const limitMs = 300;

/** A process that is still blocked then, for example by a keychain, is killed after this many milliseconds. */
const graceMs = 100;

/** As in cobra: a line for each candidate (word, tab, description), then `:0` if file names fit, otherwise `:4`. No errors. */
export async function complete(words: readonly string[], host: Host, parts: HostParts | undefined) {
  ignoreErrors(host.stdout);
  // PowerShell before 7.3 can't pass an empty word.
  const typed = readTyped(words.at(-1) === '""' ? [...words.slice(0, -1), ''] : words);
  if (!typed) {
    await write(host.stdout, asLines([':4']));
    return;
  }
  const tooLate = new AbortController();
  const { signal } = tooLate;
  const ended = new Promise<[]>((resolve) => signal.addEventListener('abort', () => resolve([])));

  const partsOf = async () => parts ?? (await import('../../context.js')).hostParts;
  let opened: ReturnType<typeof createContext> | undefined;
  const open = async () => {
    const { createContext } = await import('../../context.js');
    const used = await partsOf();
    // A slow local read, for example from a pipe instead of a file, must not block the process either.
    await used.killAfter(leftMs(used) + graceMs);
    const options = {
      project: typed.given.get('project')?.at(-1),
      profile: typed.given.get('profile')?.at(-1),
      sandbox: typed.given.has('sandbox'),
      // The output setting may be invalid, and doesn't matter here.
      json: true,
    };
    return createContext(mute(host), used, signal, { options });
  };
  const context = () => {
    opened ??= open();
    return opened;
  };
  const online = async () => {
    const used = await partsOf();
    used.clock.timeout(leftMs(used)).addEventListener('abort', () => tooLate.abort(new Error('The time is up.')));
    return context();
  };
  const found = await Promise.race([completionsFor({ ...typed, context, online }), ended]).catch(() => []);
  const lines = found === files ? [':0'] : [...linesOf(found, typed), ':4'];
  await write(host.stdout, asLines(lines));
  await (await opened?.catch(() => undefined))?.close();
}

function leftMs({ clock, startedAt }: HostParts) {
  return startedAt + limitMs - clock.now();
}

/** Words that every shell reads unchanged. Some shells evaluate the candidates, and names come from outside. */
const safe = /^[\w./@+-][\w.:/@=+,-]*$/;

function linesOf(found: readonly Candidate[], { head, current }: Typed) {
  const isSafe = (value: string) => safe.test(value) && safe.test(`${head}${value}`);
  const fitting = found.filter(({ value }) => value.startsWith(current) && isSafe(value));
  const notes = new Map(fitting.map(({ value, note }) => [value, note]));
  return [...notes].map(([value, note = '']) => {
    const plain = note.replaceAll(/[^\w .:;/@=+,()|…-]/g, '').trim();
    return plain === '' ? `${head}${value}` : `${head}${value}\t${plain}`;
  });
}

function mute({ env, platform, stdin, stdout, pid }: Host): Host {
  const nothing = () => undefined;
  const stderr = new Writable({ write: (_chunk, _encoding, done) => done() });
  const events = { on: nothing, off: nothing, listenerCount: () => 0, removeAllListeners: nothing };
  return { env, platform, stdin, stdout, stderr, pid, kill: nothing, ...events };
}

async function completionsFor(request: CompletionRequest) {
  const { option, line, current } = request;
  if (option === undefined && current.startsWith('-')) return optionsFor(request);
  const isCommand = option === undefined && line.definition === undefined;
  const below = isCommand ? line.commands.map((each) => ({ value: each.name(), note: each.description() })) : [];
  const source = sourceOf(request);
  if (source === undefined) return below;
  const found =
    typeof source === 'string'
      ? await sources[source](request)
      : source.map((value) => ({ value: inCaseOf(current, value) }));
  return found === files ? files : unnamed([...below, ...found], request);
}

/** Removes values that the same option already has: --fields id,… or --fields id --fields … */
function unnamed(found: readonly Candidate[], { option, head, given }: Typed) {
  if (option?.spec.kind !== 'values') return [...found];
  const named = [...(given.get(option.name) ?? []), head.slice(head.indexOf('=') + 1)].join().split(',');
  return found.filter(({ value }) => !named.includes(value));
}

function optionsFor({ line, given }: Typed) {
  const known = Object.entries(optionsOfLine(line))
    .filter(([name, { kind }]) => kind === 'values' || !given.has(name))
    .map(([name, { help }]) => ({ value: longName(name), note: help }));
  const version = line.branch === undefined ? [{ value: '--version', note: 'print the version' }] : [];
  return [...known, { value: '--help', note: 'show help' }, ...version];
}

export interface Typed {
  /** The command so far: a command, a group, or the program itself. */
  line: Line;
  args: readonly string[];
  given: ReadonlyMap<string, readonly string[]>;
  option: { name: string; spec: Exclude<Option, { kind: 'flag' }> } | undefined;
  /** The part of the word before that value: `--output=`, `-o`, or up to the last comma. */
  head: string;
  current: string;
}

function sourceOf({ option, line, args }: Typed): Source | undefined {
  if (option) return option.spec.from;
  const declared = Object.values(line.definition?.args ?? {});
  const argument = declared[args.length] ?? declared.at(-1);
  return args.length < declared.length || argument?.kind === 'several' ? argument?.from : undefined;
}

/** Reads the words after the program's name. The last word is being typed. Undefined if there is no such command. */
function readTyped(words: readonly string[]): Typed | undefined {
  const complete = words.slice(0, -1);
  const last = words.at(-1) ?? '';
  let read = readLine(complete);
  const word = complete.at(-1) ?? '';
  // The last complete word is an option, and the current word is its value.
  let awaiting = typeof read === 'string' ? read : undefined;
  if (typeof read === 'object' && !last.startsWith('-') && optionCalled(read.line, word)?.spec.optionalValue)
    awaiting = word;
  if (awaiting !== undefined) read = readLine(complete.slice(0, -1));
  if (read === undefined || typeof read === 'string') return undefined;
  const { line } = read;
  const typed = { ...read, option: undefined, head: '', current: last };
  if (awaiting !== undefined) return withValue(typed, optionCalled(line, awaiting), '', last);
  const [, name = '', value] = /^(--[^=]+=|-\w=?)(.*)$/s.exec(last) ?? [];
  const option = value === undefined ? undefined : optionCalled(line, name.replace('=', ''));
  return option && (name.startsWith('--') || value !== '') ? withValue(typed, option, name, value ?? '') : typed;
}

function withValue(typed: Typed, option: Typed['option'], head: string, text: string) {
  if (!option) return typed;
  // Only the last of several values is being typed.
  const before = option.spec.kind === 'values' ? text.slice(0, text.lastIndexOf(',') + 1) : '';
  return { ...typed, option, head: head + before, current: text.slice(before.length) };
}

function optionCalled(line: Line, word: string) {
  for (const [name, spec] of Object.entries(optionsOfLine(line))) {
    if (spec.kind !== 'flag' && (longName(name) === word || `-${spec.short}` === word)) return { name, spec };
  }
  return undefined;
}

/** Reads what is there. Returns the last option if only its value is missing, and undefined for wrong input. */
function readLine(words: readonly string[]) {
  const program = createProgram();
  program.isLenient = true;
  try {
    const { line } = program.reach(words);
    const given = new Map<string, readonly string[]>();
    for (const name of Object.keys(optionsOfLine(line))) {
      const found = line.wordsOf(name);
      if (found && found[0] !== withoutValue) given.set(name, found);
    }
    return { line, args: line.args.filter((word) => !word.startsWith('-')), given };
  } catch (thrown) {
    return thrown instanceof LineError && thrown.problem.kind === 'missingValue' ? thrown.problem.option : undefined;
  }
}
