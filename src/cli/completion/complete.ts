import { Writable } from 'node:stream';
import type { Host } from '../../base/host.js';
import { longName } from '../../base/shell.js';
import type { createContext, HostParts } from '../../context.js';
import { ignoreErrors, write } from '../../ui/streams.js';
import { asLines } from '../../ui/view.js';
import { optionsOfLine } from '../line.js';
import { type Candidate, type CompletionRequest, files, inCaseOf, sources, untilsIn } from './sources.js';
import { readTyped, sourceOf, type Typed } from './typed.js';

/** Milliseconds since the start of the process. A later response from Atlas is useless. */
const limitMs = 300;

/** A process that is still blocked then, for example by a keychain, is killed after this many milliseconds. */
const graceMs = 100;

/** As in cobra: a line for each candidate (word, tab, description), then `:0` if file names fit, otherwise `:4`. No errors. */
export async function complete(words: readonly string[], host: Host, parts: HostParts | undefined): Promise<void> {
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
  const source = option?.name === 'until' ? untilsIn(request) : sourceOf(request);
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
