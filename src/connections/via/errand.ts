import { CliError } from '../../base/errors.js';
import { at, objects, text, texts } from '../../base/json.js';
import { shortened } from '../../ui/streams.js';
import { type Category, type Checked, finding, type Result } from '../doctor/check.js';
import type { Asked } from '../doctor/check-strings.js';
import { stringCategory } from '../doctor/given-string.js';
import type { Vantage } from '../doctor/path.js';
import { pathCategories } from '../doctor/run-checks.js';
import type { StringSubject } from '../doctor/strings.js';

/* What goes to the other machine, and what comes back: each a line of JSON. */

/** A round of checks: of the string in a variable there, or of these. */
export type Errand = Omit<Asked, 'strings' | 'recorded'> & {
  /** Stands in front of each answer. */
  word: string;
  /** With the addresses that Atlas has on record for them. */
  strings: readonly (Omit<StringSubject, 'options'> & { options: string; recorded: readonly string[] })[];
  vantage: Omit<Vantage, 'ownAddresses'>;
};

/** The options that the checks need. No others are sent: they may be secrets. */
const sentOptions =
  /^(?:loadbalanced|replicaset|directconnection|srvmaxhosts|ssl|tls(?:insecure|allowinvalid\w+|cafile|certificatekeyfile)?|proxy(?:host|port))$/;

/** Makes data of strings, without secrets. Only those earlier results stay that the checks there need. */
export async function errandFor({ variable, strings, findings, earlier = [], recorded }: Asked) {
  const packed = strings.map(async (string) => {
    const options = [...string.options].filter(([name]) => sentOptions.test(name));
    return {
      ...string,
      options: String(new URLSearchParams(options)),
      recorded: (await recorded?.(string)) ?? [],
    };
  });
  const checks = pathCategories.flatMap(({ groups }) => groups.flatMap((group) => group.checks));
  const needs = checks.flatMap((check) => check.needs);
  return {
    variable,
    strings: await Promise.all(packed),
    findings,
    earlier: earlier.filter(({ id }) => needs.includes(id)),
  };
}

/** Reads an answer, which comes from outside. */
export function readReply(line: string | unknown) {
  const [machine, checks, fault] = ['machine', 'checks', 'fault'].map((name) => at(line, name));
  return {
    begun: text(at(line, 'begun')) ?? '',
    machine: machine === undefined ? undefined : readMachine(machine),
    fault: fault === undefined ? undefined : { message: wordIn(fault, 'message'), hint: wordIn(fault, 'hint') },
    checks: checks === undefined ? undefined : objects(checks).map(readChecked),
  };
}

function wordIn(value: unknown, name: string) {
  return shortened(text(at(value, name)) ?? '');
}

/** The version of this program there, `Linux x86_64, glibc 2.36`, and lines for the head of a report. */
function readMachine(value: unknown) {
  const about = texts(at(value, 'about')).slice(0, 10).map(shortened);
  return { version: wordIn(value, 'version'), system: wordIn(value, 'system'), about };
}

const results: readonly Result[] = ['success', 'warning', 'error', 'skipped'];
const categories: readonly Category<never>[] = [stringCategory, ...pathCategories];

/** Throws if there is no such check or result: to drop it could hide an error. */
function readChecked(value: Record<string, unknown>): Checked {
  const category = categories.find(({ name }) => name === value.category);
  const check = category?.groups.flatMap(({ checks }) => checks).find(({ id }) => id === value.id);
  const result = results.find((each) => each === value.result);
  if (!category || !check || !result) throw new CliError('unexpected', 'The other machine gave an unknown result.');
  const subject = value.subject === null ? null : wordIn(value, 'subject');
  const short = value.short === null ? null : wordIn(value, 'short');
  return {
    ...finding(result, {
      detail: wordIn(value, 'detail'),
      common: wordIn(value, 'common'),
      brief: wordIn(value, 'brief'),
      problem: wordIn(value, 'problem'),
      items: texts(value.items).slice(0, 100).map(shortened),
      // Without commands, which somebody would paste.
      hint: value.hint === undefined ? undefined : wordIn(value.hint, 'text'),
      blocks: value.blocks === true,
      isFinal: value.isFinal === true,
      isUnknown: value.isUnknown === true,
    }),
    ...{ category: category.name, id: check.id, title: check.title, key: '', subject, short },
  };
}
