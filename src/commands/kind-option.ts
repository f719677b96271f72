import { UsageError } from '../base/errors.js';
import { oneOf } from '../base/lists.js';
import { longName } from '../base/shell.js';
import type { Family } from '../endpoints/family.js';
import { allKinds, kinds, kindWords, readKind } from '../endpoints/kinds/all.js';
import { type Kind, type KindOptions, kindFlags } from '../endpoints/kinds/kind.js';
import { familyOf } from '../endpoints/kinds/requests.js';
import { services } from '../endpoints/services.js';
import type { Io } from '../ui/io.js';

/** What only services have. */
const ownOptions = ['cascade', 'check', 'interface', 'remoteRegion', 'portMapping', 'noPortMapping'];
const ownFormats = ['terraform', 'mermaid'];

interface Options {
  kind?: string | undefined;
}

/** Reads --kind, one of these words: which endpoints a command handles. Throws a usage error, also for what they don't have. */
export function readFamily(io: Pick<Io, 'format'>, options: Options, words = kindWords): Family {
  const kind = readKind(options.kind, words);
  if (!kind) return services;
  checkNotOwn(io, options);
  return familyOf(kind);
}

export function readFamilies(io: Pick<Io, 'format'>, options: Options): readonly Family[] {
  if (options.kind?.toLowerCase() !== allKinds) return [readFamily(io, options, [...kindWords, allKinds])];
  checkNotOwn(io, options);
  return [services, ...kinds.map(familyOf)];
}

/** Throws a usage error for an option or an output format that only services have. */
function checkNotOwn({ format }: Pick<Io, 'format'>, options: object): void {
  const option = Object.entries(options).find(([name, given]) => given && ownOptions.includes(name));
  if (!option && !ownFormats.includes(format)) return;
  const what = option ? longName(option[0]) : `--output ${format}`;
  throw new UsageError(`${what} cannot be combined with --kind.`, 'Use only one of them.');
}

/** Throws a usage error for an option that only other kinds have. Without a kind, the endpoint is a cluster's. */
export function checkKindOptions(options: KindOptions, kind?: Kind): void {
  const names = Object.keys(kindFlags) as (keyof KindOptions)[];
  const foreign = names.find((name) => options[name] !== undefined && !kind?.create.options.includes(name));
  if (foreign === undefined) return;
  const owners = kinds.filter(({ create }) => create.options.includes(foreign)).map(({ name }) => name);
  throw new UsageError(`${longName(foreign)} is only for --kind ${oneOf(owners)}.`, 'Remove it, or check --kind.');
}
