import os from 'node:os';
import { createInterface } from 'node:readline';
import { version } from '../../../package.json';
import type { Clock } from '../../base/clock.js';
import { CliError, hintText, isFailure } from '../../base/errors.js';
import type { Host } from '../../base/host.js';
import { at, objects, parseJson, text, texts } from '../../base/json.js';
import { shortened } from '../../ui/streams.js';
import { type Category, type Checked, good, type Result } from '../doctor/check.js';
import { readGivenString, readVariable, stringCategory } from '../doctor/given-string.js';
import type { Vantage } from '../doctor/path.js';
import { notSent } from '../doctor/reach.js';
import { type Asked, checkStrings, pathCategories } from '../doctor/run-checks.js';

/** What the other machine shall check. Each of its answers begins with `word`. */
interface Errand {
  word: string;
  vantage: Omit<Vantage, 'ownAddresses'>;
  asked: Asked;
}

/** The options of strings that the checks need. No others are sent: they may be secrets. */
const sentOptions =
  /^(?:loadbalanced|replicaset|directconnection|readpreference(?:tags)?|maxstalenessseconds|srvmaxhosts|ssl|tls(?:insecure|allowinvalid\w+|cafile|certificatekeyfile)?|proxy(?:host|port)|(?:connect|serverselection)timeoutms)$/;

export function writeErrand(errand: Errand) {
  const pack = (_: string, value: unknown) => (value instanceof URLSearchParams ? [...value].flatMap(sentOf) : value);
  return `${JSON.stringify(errand, pack)}\n`;
}

function sentOf([name, value]: [string, string]) {
  const isSecret =
    /^(?:proxy(?:username|password)|tls\w+password)$/.test(name) || (name === 'proxyhost' && value.includes('@'));
  // Without them, the proxy would seem to be at fault.
  if (isSecret) return [[name, notSent]];
  return sentOptions.test(name) ? [[name, value]] : [];
}

export function readErrand(line: string): Errand {
  return JSON.parse(line, (key, value) => (key === 'options' ? new URLSearchParams(value) : value));
}

/** Reads an answer, which comes from outside. `machine`: the version there, and `Linux x86_64, glibc 2.36`. */
export function readReply(line: string) {
  // There, it is the machine that the checks run on.
  const asHere = (said: string) => shortened(said).replaceAll('this machine', 'the other machine');
  const reply = parseJson(line, (_, value) => (typeof value === 'string' ? asHere(value) : value));
  const word = (...path: string[]) => text(at(reply, ...path)) ?? '';
  return {
    begun: word('begun'),
    fault: word('fault'),
    hint: word('hint'),
    machine: { version: word('machine', 'version'), system: word('machine', 'system') },
    checks: at(reply, 'checks') === undefined ? undefined : readChecks(at(reply, 'checks')),
  };
}

const results: readonly Result[] = ['success', 'warning', 'error', 'skipped'];
const categories: readonly Category<never>[] = [stringCategory, ...pathCategories];

function readChecks(value: unknown) {
  const checks = objects(value).map(readChecked);
  if (pathCategories.every(({ name }) => checks.some(({ category }) => category === name))) return checks;
  throw new CliError('unexpected', 'The other machine did not make all checks.');
}

/** Throws if there is no such check or result: to drop it could hide an error. */
function readChecked(value: Record<string, unknown>): Checked {
  const category = categories.find(({ name }) => name === value.category);
  const check = category?.groups.flatMap(({ checks }) => checks).find(({ id }) => id === value.id);
  const { hint: _, ...sample } = good('');
  const isWhole = Object.entries(sample).every(([name, usual]) => typeof value[name] === typeof usual);
  if (!check || !isWhole || !results.some((each) => each === value.result))
    throw new CliError('unexpected', 'The other machine gave an unknown result.');
  // Without its commands, which somebody would paste.
  const hint = value.hint === undefined ? undefined : { text: text(at(value.hint, 'text')) ?? '', commands: [] };
  const [subject, short] = [text(value.subject), text(value.short)];
  return { ...(value as unknown as Checked), title: check.title, items: texts(value.items), hint, subject, short };
}

type Parts = { clock: Clock; addresses(): readonly string[] };

/** The other side of `doctor --via`: answers each line of stdin with lines of JSON. The end of stdin ends it. */
export async function examine({ stdin, stdout, env }: Host, { clock, addresses }: Parts): Promise<number> {
  const ending = new AbortController();
  const lines = createInterface({ input: stdin }).once('close', () => ending.abort());
  stdout.once('error', () => ending.abort());
  const glibc = text(at(process.report.getReport(), 'header', 'glibcVersionRuntime'));
  const system = `${os.type()} ${os.machine()}${glibc === null ? '' : `, glibc ${glibc}`}`;
  const ownAddresses = addresses();
  for await (const line of lines) {
    const { word, vantage, asked } = readErrand(line);
    const say = (answer: object) => stdout.write(`${word} ${JSON.stringify(answer)}\n`);
    say({ machine: { version, system } });
    try {
      const { variable } = asked;
      const given = variable === undefined ? undefined : await readGivenString(readVariable(env, variable), false);
      const check = checkStrings({ clock, signal: ending.signal }, { ...vantage, ownAddresses });
      const what = given ? { strings: [given.string], findings: given.findings } : asked;
      say({ checks: await check(what, (begun) => say({ begun })) });
    } catch (error) {
      if (ending.signal.aborted) break;
      if (!isFailure(error)) throw error;
      say({ fault: error.message, hint: hintText(error.hint) });
    }
  }
  return 0;
}
