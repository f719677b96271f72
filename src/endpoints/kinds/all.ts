import { clusterRoles } from '../../atlas/errors.js';
import { endpointKeys } from '../../atlas/keys.js';
import { listed, parseName } from '../../base/words.js';
import { dataFederation } from './data-federation.js';
import type { Kind } from './kind.js';
import { backup, encryption } from './made-by-atlas.js';
import { stream } from './stream.js';

/** The kinds of private endpoints besides those of clusters. */
export const kinds: readonly Kind[] = [dataFederation, encryption, backup, stream];

/** The default of --kind, and what stands for all kinds. */
export const [clusterKind, allKinds] = ['cluster', 'all'];

const kindNames = kinds.map(({ name }) => name);

export const kindWords = [clusterKind, ...kindNames];

/** The keys of every kind, in the order of the output. Each kind adds its own. */
export const sharedKindKeys = [
  ...['kind', 'id', 'projectId', 'provider', 'region', 'atlasRegion', 'status', 'errorMessage', 'createdAt'],
];

/** Reads --kind, one of these words. Undefined means a cluster's. Throws a usage error. */
export function readKind(word: string | undefined, words = kindWords) {
  if (word === undefined) return undefined;
  const name = parseName('kind', word, words);
  return kinds.find((kind) => kind.name === name);
}

/** What credentials can do that don't own the project: which kinds they can't read, and which ones they can create. */
export function allowedTo(roles: readonly string[]): string {
  const all = [{ name: clusterKind, roles: clusterRoles }, ...kinds];
  const namesOf = (some: readonly { name: string }[]) => `--kind ${listed(some.map(({ name }) => name))}`;
  const unread = all.filter(({ roles: { read, change } }) => change.includes(read));
  const changed = all.filter(({ roles: { change } }) => change.some((role) => roles.includes(role)));
  const others =
    changed.length === 0 ? 'but not create or delete them' : `and create and delete those of ${namesOf(changed)}`;
  return `can read private endpoints (except ${namesOf(unread)}), ${others}`;
}

export function keysOfKind(word: unknown, otherwise: readonly string[]) {
  const named = String(word).toLowerCase();
  const some = kinds.filter(({ name }) => named === allKinds || named === name);
  if (some.length === 0) return otherwise;
  const own = some.flatMap(({ keys }) => Object.keys(keys));
  return [...new Set([...sharedKindKeys, ...(named === allKinds ? endpointKeys : []), ...own])];
}
