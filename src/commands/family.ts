import { UsageError } from '../base/errors.js';
import { oneOf } from '../base/listed.js';
import { cmd, longName } from '../base/shell.js';
import type { Context } from '../context.js';
import type { Family } from '../endpoints/family.js';
import { services } from '../endpoints/services.js';
import { allKinds, kinds, kindWords, readKind } from '../kinds/all.js';
import { familyOf } from '../kinds/family.js';
import { type Kind, type KindOptions, kindFlags } from '../kinds/kind.js';

/** What only services have. */
const ownOptions = ['cascade', 'check', 'watch', 'interface', 'remoteRegion', 'portMapping', 'noPortMapping'];
const ownFormats = ['terraform', 'mermaid'];

type Given = Pick<Context, 'io' | 'commandLine'>;

interface Options {
  kind?: string | undefined;
}

/** Reads --kind, one of these words: which endpoints a command handles. Throws a usage error, also for what they don't have. */
export function readFamily(context: Given, options: Options, words = kindWords): Family {
  const kind = readKind(options.kind, words);
  if (!kind) return services;
  checkNotOwn(context, options, kind.name);
  return familyOf(kind);
}

/** The same, for a command that can show all kinds. */
export function readFamilies(context: Given, options: Options): readonly Family[] {
  if (options.kind?.toLowerCase() !== allKinds) return [readFamily(context, options, [...kindWords, allKinds])];
  checkNotOwn(context, options, allKinds);
  return [services, ...kinds.map(familyOf)];
}

/** Throws a usage error for an option or an output format that only services have. */
function checkNotOwn({ io, commandLine }: Given, options: object, kind: string): void {
  const [option] = Object.entries(options).flatMap(([name, given]) =>
    given && ownOptions.includes(name) ? [name] : [],
  );
  if (option === undefined && !ownFormats.includes(io.format)) return;
  const what = option === undefined ? `--output ${io.format}` : longName(option);
  const wait = cmd`wait --kind ${kind === allKinds ? 'KIND' : kind} --all`;
  const isLook = option === 'check' || option === 'watch';
  const hint = isLook
    ? { text: 'To wait until they are ready:', commands: [commandLine(wait)] }
    : 'Use only one of them.';
  throw new UsageError(`${what} cannot be combined with --kind.`, hint);
}

/** Throws a usage error for an option that only other kinds have. Without a kind, the endpoint is a cluster's. */
export function checkKindOptions(options: KindOptions, kind?: Kind): void {
  const names = Object.keys(kindFlags) as (keyof KindOptions)[];
  const foreign = names.find((name) => options[name] !== undefined && !kind?.create.options.includes(name));
  if (foreign === undefined) return;
  const owners = kinds.filter(({ create }) => create.options.includes(foreign)).map(({ name }) => name);
  throw new UsageError(`${longName(foreign)} is only for --kind ${oneOf(owners)}.`, 'Remove it, or check --kind.');
}
