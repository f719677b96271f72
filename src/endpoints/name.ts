import { isAtlasId, parseImportId } from '../atlas/ids.js';
import { CliError, UsageError } from '../base/errors.js';
import { listed } from '../base/listed.js';
import { type Provider, parseProvider, providers } from '../clouds/all.js';
import { checkRegionOfAnyCloud, cloudsOf, isRegion, parseRegion } from '../clouds/regions.js';
import type { AnyEndpoint, Family } from './family.js';
import type { Session } from './session.js';

/** The options that filter endpoints. */
export interface Filter {
  provider?: string | undefined;
  region?: string | undefined;
}

/** A parsed ENDPOINT argument. */
export interface Named {
  id?: string;
  region?: string;
  projectId?: string;
  provider?: Provider;
}

/** Reads --provider and --region. Throws usage errors. */
export function readFilter({ provider, region }: Filter): { clouds: readonly Provider[]; region: string | undefined } {
  const cloud = provider === undefined ? undefined : parseProvider(provider);
  if (region !== undefined) cloud ? parseRegion(cloud, region) : checkRegionOfAnyCloud(region);
  return { clouds: cloud ? [cloud] : providers, region };
}

/** Reads ENDPOINT arguments. With --provider, regions must be regions of that cloud. Throws usage errors. */
export function readNames(args: readonly string[], { provider }: Filter): Named[] {
  const named = args.map(readName);
  if (provider === undefined) return named;
  const cloud = parseProvider(provider);
  for (const { id, region } of named) if (id === undefined && region !== undefined) parseRegion(cloud, region);
  return named;
}

/** Whether the text names an endpoint: an id, an import id, or a region, even a misspelled one. */
export function namesEndpoint(text: string): boolean {
  try {
    readName(text);
    return true;
  } catch (error) {
    return error instanceof CliError && error.reason === 'misspelled';
  }
}

/** Reads an id, an import id or a region. Throws a usage error for anything else. */
function readName(text: string): Named {
  const id = text.trim().toLowerCase();
  if (isAtlasId(id)) return { id };
  const importId = parseImportId(text.trim());
  if (importId) return importId;
  if (text.trim() === '') throw new UsageError('The endpoint argument is empty.', 'Check for an unset variable.');
  try {
    checkRegionOfAnyCloud(text);
  } catch (error) {
    const near = error instanceof CliError && error.reason === 'misspelled' ? error : undefined;
    throw new UsageError(
      `'${text}' is not an endpoint id, region or Terraform import id.`,
      near?.hint ?? 'An id has 24 hex digits. A region looks like us-east-1 or US_EAST_1.',
      near?.reason,
    );
  }
  return { region: text.trim() };
}

/** Whether an endpoint is in this region, in either spelling. */
export function isInRegion({ region, atlasRegion }: Pick<AnyEndpoint, 'region' | 'atlasRegion'>, wanted: string) {
  return region !== null && isRegion({ region, atlasRegion: atlasRegion ?? region }, wanted);
}

/** Whether an endpoint is on one of these clouds, and in this region if there is one. */
export function isWanted(endpoint: AnyEndpoint, clouds: readonly Provider[], region: string | undefined): boolean {
  return clouds.includes(endpoint.provider) && (region === undefined || isInRegion(endpoint, region));
}

/** Whether an endpoint on this cloud can have this name. */
export function isPossible({ provider, region }: Named, cloud: Provider): boolean {
  return provider === undefined ? region === undefined || cloudsOf(region).includes(cloud) : provider === cloud;
}

/**
 * The only one of these endpoints; undefined if there is none. If there are several, the only one with `prefer`. Throws a
 * usage error that lists several.
 */
export function theOnly<E extends AnyEndpoint>(
  { several, describe }: Pick<Family<E>, 'several' | 'describe'>,
  fitting: readonly E[],
  where: string,
  prefer: (endpoint: E) => boolean = () => true,
): E | undefined {
  if (fitting.length <= 1) return fitting[0];
  const preferred = fitting.filter(prefer);
  if (preferred.length === 1) return preferred[0];
  throw new UsageError(
    `There are ${fitting.length} ${several}${where}.`,
    `Choose one: ${listed(fitting.map((each) => describe(each)))}`,
  );
}

/**
 * Returns how hinted command lines name an endpoint: by its id, or by project and id if it is a service that isn't in the
 * usual project.
 */
export async function referrer(session: Pick<Session, 'usualProject'>, family?: Pick<Family, 'name'>) {
  const usual = await session.usualProject();
  const hasImportId = family?.name === undefined;
  return ({ projectId, id }: Pick<AnyEndpoint, 'projectId' | 'id'>) =>
    usual === projectId || !hasImportId ? id : `${projectId}-${id}`;
}

/** How a hinted command line names this endpoint. */
export async function referTo(
  session: Pick<Session, 'usualProject'>,
  endpoint: AnyEndpoint,
  family?: Pick<Family, 'name'>,
) {
  return (await referrer(session, family))(endpoint);
}
