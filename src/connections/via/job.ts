import { CliError, UsageError } from '../../base/errors.js';
import { at, objects, text, texts } from '../../base/json.js';
import { shortened } from '../../ui/streams.js';
import type { Category, Checked, Finding, Result } from '../doctor/check.js';
import type { PathFacts, Vantage } from '../doctor/path.js';
import { pathCategories } from '../doctor/run-checks.js';
import type { StringSubject } from '../doctor/strings.js';

/* What goes to the other machine, and what comes back: each a line of JSON. */

/** One round of checks. It has no secret. */
export interface Errand {
  /** Stands in front of each answer. */
  word: string;
  /** One of three: the variable with the connection string, the string itself, or what Atlas knows. */
  variable?: string;
  string?: { text: string; faults: readonly Finding[] };
  known?: {
    strings: readonly (Omit<StringSubject, 'options'> & { options: string })[];
    /** Interface endpoints with the address that Atlas has on record. */
    recorded: readonly { id: string; address: string }[];
    earlier: readonly Checked[];
  };
  place: Omit<Vantage, 'ownAddresses'>;
}

/** What Atlas knows of these strings, as data. `earlier`: the checks made here, of which those there need some. */
export async function knownOf(path: PathFacts, earlier: readonly Checked[]): Promise<NonNullable<Errand['known']>> {
  const checks = pathCategories.flatMap(({ groups }) => groups.flatMap((group) => group.checks));
  const needs = checks.flatMap((check) => check.needs);
  const strings = await path.strings();
  const recorded = strings.map(async ({ services, endpointIds }) => {
    const each = endpointIds.map((id) => path.recorded({ services, endpointIds: [id] }));
    return (await Promise.all(each)).flatMap((all, index) =>
      all.map((address) => ({ id: endpointIds[index] ?? '', address })),
    );
  });
  return {
    strings: strings.map((string) => ({ ...string, options: String(string.options) })),
    recorded: (await Promise.all(recorded)).flat(),
    earlier: earlier.filter(({ id }) => needs.includes(id)),
  };
}

/** The other machine. */
export type Machine = NonNullable<Reply['machine']>;

export type Reply = ReturnType<typeof readReply>;

/** Reads an answer, which comes from outside: whatever it says, only checks that exist have a result. Undefined if it is none. */
export function readReply(value: unknown, categories: readonly Category<never>[] = pathCategories) {
  const machine = at(value, 'machine');
  const checks = at(value, 'checks');
  const error = at(value, 'error');
  return {
    machine: machine === undefined ? undefined : machineOf(machine),
    begun: text(at(value, 'begun')),
    checks: checks === undefined ? undefined : objects(checks).map((each) => checkedOf(each, categories)),
    error: error === undefined ? undefined : errorOf(error),
  };
}

const wordOf = (value: unknown, name: string) => shortened(text(at(value, name)) ?? '');
const listOf = (value: unknown, name: string) => texts(at(value, name)).slice(0, 50).map(shortened);

function machineOf(value: unknown) {
  return {
    version: wordOf(value, 'version'),
    host: wordOf(value, 'host'),
    /** `Linux x86_64, glibc 2.36`. */
    system: wordOf(value, 'system'),
    node: wordOf(value, 'node'),
    addresses: listOf(value, 'addresses'),
    dnsServers: listOf(value, 'dnsServers'),
  };
}

function errorOf(value: unknown): CliError {
  const [message, hint] = [wordOf(value, 'message'), wordOf(value, 'hint') || undefined];
  return at(value, 'exit') === 'usage' ? new UsageError(message, hint) : new CliError('unexpected', message, { hint });
}

const results: readonly Result[] = ['success', 'warning', 'error', 'skipped'];

/** Throws if there is no such check or result: to drop it could hide an error. */
function checkedOf(value: Record<string, unknown>, categories: readonly Category<never>[]): Checked {
  const category = categories.find(({ name }) => name === value.category);
  const check = category?.groups.flatMap(({ checks }) => checks).find(({ id }) => id === value.id);
  const result = results.find((each) => each === value.result);
  if (!category || !check || !result) throw new CliError('unexpected', 'The other machine gave an unknown result.');
  const subject = text(value.subject);
  const hint = text(at(value.hint, 'text'));
  return {
    category: category.name,
    id: check.id,
    title: check.title,
    result,
    key: wordOf(value, 'key'),
    subject: subject === null ? null : shortened(subject),
    short: subject === null ? null : wordOf(value, 'short'),
    detail: wordOf(value, 'detail'),
    common: wordOf(value, 'common'),
    brief: wordOf(value, 'brief'),
    problem: wordOf(value, 'problem'),
    items: listOf(value, 'items'),
    // No commands: these would be pasted.
    hint: hint === null ? undefined : { text: shortened(hint), commands: [] },
    blocks: value.blocks === true,
    isFinal: value.isFinal === true,
    isUnknown: value.isUnknown === true,
  };
}
