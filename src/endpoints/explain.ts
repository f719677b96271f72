import type { Endpoint } from '../atlas/model.js';
import { NotFoundError, UsageError } from '../base/errors.js';
import type { Advice } from '../base/hint.js';
import { listed } from '../base/listed.js';
import { cmd, option, type Words } from '../base/shell.js';
import { guessed } from '../base/suggest.js';
import { defaultProvider, parseProvider } from '../clouds/all.js';
import { cloudsOf } from '../clouds/regions.js';
import { describeService, isNamed } from './match.js';
import type { Filter, Named } from './name.js';
import type { Session } from './session.js';

/** What the user searched for, and everything that exists. */
export interface Search {
  projectId: string;
  /** The project is not the one that a command line without --project uses. */
  isForeign: boolean;
  args: readonly string[];
  named: readonly Named[];
  filter: Filter;
  everything: readonly Endpoint[];
}

/** Throws a usage error if an endpoint exists but doesn't match --region or --provider. */
export function checkNotElsewhere(
  { named, filter: { region, provider }, everything }: Search,
  found: readonly (Endpoint | undefined)[],
): void {
  for (const [index, name] of named.entries()) {
    if (found[index] !== undefined) continue;
    const elsewhere = everything.find(
      (endpoint) =>
        endpoint.id === name.id || (region !== undefined && name.id === undefined && isNamed(name, endpoint)),
    );
    if (!elsewhere) continue;
    // The region and provider may be those of an import id.
    const isByOption = region !== undefined || provider !== undefined;
    const { projectId, id, atlasRegion } = elsewhere;
    throw new UsageError(
      `${describeService(elsewhere)} exists, but it does not match the given region or provider.`,
      isByOption
        ? 'Use only the id, without --region and --provider.'
        : guessed(`${projectId}-${id}-${elsewhere.provider}-${atlasRegion}`),
    );
  }
}

/**
 * The error for an argument that matches nothing. If the project has no endpoints at all, the hint is `instead`, by
 * default to create one.
 */
export function notFound(
  { commandLine }: Pick<Session, 'commandLine'>,
  search: Search,
  index: number,
  instead?: Advice,
): NotFoundError {
  const { projectId, args, filter, everything } = search;
  const wanted = args[index] ?? filter.region;
  const where = wanted === undefined ? '' : ` '${wanted}'`;
  const what = `No private endpoint${where} found in project ${projectId}.`;
  if (everything.length > 0)
    return new NotFoundError(what, `Existing endpoints: ${listed(everything.map(describeService))}`);
  const create = { text: 'Create one:', commands: [commandLine(creating(search, index))] };
  return new NotFoundError(what, instead ?? create, 'noneAtAll');
}

/** The command that creates the endpoint an argument names. */
function creating({ projectId, isForeign, named, filter }: Search, index: number): Words {
  const { region = filter.region, provider } = named[index] ?? {};
  const [likely] = region === undefined ? [] : cloudsOf(region);
  const cloud = provider ?? (filter.provider === undefined ? likely : parseProvider(filter.provider));
  const more = [
    ...option('--provider', cloud === defaultProvider ? undefined : cloud?.toLowerCase()),
    ...option('--project', isForeign ? projectId : undefined),
  ];
  return cmd`create --region ${region ?? 'REGION'} ${more}`;
}
