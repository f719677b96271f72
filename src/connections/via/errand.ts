import { CliError } from '../../base/errors.js';
import { at, objects, parseJson, text, texts } from '../../base/json.js';
import { shortened } from '../../ui/streams.js';
import { type Category, type Checked, good, type Result } from '../doctor/check.js';
import type { Asked } from '../doctor/check-strings.js';
import { stringCategory } from '../doctor/given-string.js';
import type { Vantage } from '../doctor/path.js';
import { pathCategories } from '../doctor/run-checks.js';
import { notSent } from '../doctor/socks.js';

/** What the other machine shall check. Each of its answers begins with `word`. */
export interface Errand {
  word: string;
  vantage: Omit<Vantage, 'ownAddresses'>;
  asked: Asked;
}

/** The options of strings that the checks need. No others are sent: they may be secrets. */
const sentOptions =
  /^(?:loadbalanced|replicaset|directconnection|srvmaxhosts|ssl|tls(?:insecure|allowinvalid\w+|cafile|certificatekeyfile)?|proxy(?:host|port))$/;

export function writeErrand(errand: Errand): string {
  const pack = (_: string, value: unknown) => (value instanceof URLSearchParams ? [...value].flatMap(sentOf) : value);
  return `${JSON.stringify(errand, pack)}\n`;
}

function sentOf([name, value]: [string, string]) {
  const isSecret = /^proxy(?:username|password)$/.test(name) || (name === 'proxyhost' && value.includes('@'));
  // Without them, the proxy would seem to be at fault.
  if (isSecret) return [[name, notSent]];
  return sentOptions.test(name) ? [[name, value]] : [];
}

export function readErrand(line: string): Errand {
  return JSON.parse(line, (key, value) => (key === 'options' ? new URLSearchParams(value) : value));
}

/** Reads an answer, which comes from outside. `machine`: the version there, `Linux x86_64, glibc 2.36`, and the head of a report. */
export function readReply(line: string) {
  const reply = parseJson(line, (_, value) => (typeof value === 'string' ? shortened(value) : value));
  const word = (...path: string[]) => text(at(reply, ...path)) ?? '';
  const machine = { version: word('machine', 'version'), system: word('machine', 'system') };
  return {
    begun: word('begun'),
    fault: word('fault'),
    hint: word('hint'),
    machine: { ...machine, about: texts(at(reply, 'machine', 'about')).slice(0, 3) },
    checks: at(reply, 'checks') === undefined ? undefined : readChecks(at(reply, 'checks')),
  };
}

const results: readonly Result[] = ['success', 'warning', 'error', 'skipped'];
const categories: readonly Category<never>[] = [stringCategory, ...pathCategories];

function readChecks(value: unknown): Checked[] {
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
