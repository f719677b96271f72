import { UsageError } from '../base/errors.js';
import { longName } from '../base/shell.js';
import type { Family } from '../endpoints/family.js';
import { allKinds, kinds, kindWords, readKind } from '../endpoints/kinds/all.js';
import { familyOf } from '../endpoints/kinds/requests.js';
import { services } from '../endpoints/services.js';

/** What only services have. */
const ownOptions = ['cascade', 'check', 'interface', 'remoteRegion', 'portMapping', 'noPortMapping'];

/** Reads --kind: which endpoints a command handles. Throws a usage error, also for what those don't have. */
export function readFamily(_: unknown, options: { kind?: string | undefined }): Family {
  const [family] = readFamilies(_, options, kindWords);
  return family;
}

export function readFamilies(
  _: unknown,
  options: { kind?: string | undefined },
  words = [...kindWords, allKinds],
): [Family, ...Family[]] {
  const kind = readKind(options.kind, words);
  const isAll = options.kind?.toLowerCase() === allKinds;
  if (!kind && !isAll) return [services];
  const option = Object.entries(options).find(([name, given]) => given && ownOptions.includes(name));
  if (option) throw new UsageError(`${longName(option[0])} cannot be combined with --kind.`, 'Use only one of them.');
  return kind ? [familyOf(kind)] : [services, ...kinds.map(familyOf)];
}
