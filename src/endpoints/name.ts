import { isAtlasId, parseImportId } from '../atlas/ids.js';
import { type Endpoint, interfaceKind } from '../atlas/model.js';
import { CliError, UsageError } from '../base/errors.js';
import { cmd } from '../base/shell.js';
import { listed, oneOf } from '../base/words.js';
import { clouds, type Provider, parseProvider, providers, remoteProvider } from '../clouds/all.js';
import type { RegionNames } from '../clouds/facts.js';
import { checkRegionOfAnyCloud, isRegion, parseRegion, type Region, regionsNamed } from '../clouds/regions.js';
import { hasId } from '../clouds/shapes.js';
import type { Context } from './context.js';
import { isOlder } from './port-mapping.js';

export interface Filter {
  provider?: string | undefined;
  region?: string | undefined;
}

export interface Named {
  id?: string;
  region?: string;
  projectId?: string;
  provider?: Provider;
}

export function readFilter({ provider, region }: Filter) {
  const cloud = provider === undefined ? undefined : parseProvider(provider);
  if (region !== undefined) cloud ? parseRegion(cloud, region) : checkRegionOfAnyCloud(region);
  return { clouds: cloud ? [cloud] : providers, region };
}

/** With --provider, regions must be of that cloud. Throws usage errors. */
export function readNames(args: readonly (string | undefined)[], { provider }: Filter): Named[] {
  const given = args.filter((arg) => arg !== undefined);
  const likely = provider === undefined ? undefined : [parseProvider(provider)];
  const named = given.map((arg) => readName(arg, likely));
  if (provider === undefined) return named;
  const cloud = parseProvider(provider);
  return named.map((name) => {
    if (name.id !== undefined || name.region === undefined) return name;
    parseRegion(cloud, name.region);
    return { ...name, provider: cloud };
  });
}

/** Returns Atlas's spelling, which it requires here. Throws a usage error for the service's own region, which it would reject. */
export function readRemoteRegions(context: Pick<Context, 'io'>, texts: readonly string[], own: RegionNames) {
  const regions = texts.map(parseRemoteRegion);
  if (regions.some(({ atlasRegion }) => atlasRegion === own.atlasRegion)) {
    throw new UsageError(
      `${own.region} is the endpoint's own region and cannot be a remote region.`,
      'Remove it from the list.',
    );
  }
  for (const each of regions) warnIfUnknown(context, remoteProvider, each);
  return [...new Set(regions.map(({ atlasRegion }) => atlasRegion))];
}

export function warnIfUnknown(
  { io }: Pick<Context, 'io'>,
  provider: Provider,
  { known, region }: Region,
  text = region,
) {
  if (!known) io.warn(`Unknown ${clouds[provider].title} region '${text}'. Sending it to Atlas anyway.`);
}

/** Reads an AWS region, the only kind that can be remote. Throws a usage error. */
export function parseRemoteRegion(text: string): Region {
  return parseRegion(remoteProvider, text, { isOnlyCloud: true });
}

/** Throws a usage error for a region name that several clouds have, such as US_EAST_2. */
export function checkOneCloud({ settings }: Pick<Context, 'settings'>, text: string) {
  const regions = regionsNamed(text);
  if (regions.length < 2) return;
  const meanings = regions.map(({ provider, region }) => `${region} on ${clouds[provider].title}`);
  const commands = regions.map(({ provider }) => settings.again(cmd`--provider ${provider.toLowerCase()}`));
  const hint = { text: 'Choose one of them:', commands };
  throw new UsageError(`${text.trim()} is ${oneOf(meanings, 'and')}.`, hint);
}

/** Whether the text names an endpoint: an id, an import id, the name of a service, or a region, even a misspelled one. */
export function namesEndpoint(text: string) {
  try {
    readName(text);
    return true;
  } catch (error) {
    return error instanceof CliError && error.reason === 'misspelled';
  }
}

const ofInterface = 'It is the id of an interface endpoint. Use the id or region of its private endpoint service.';

function readName(text: string, likely?: Provider[]): Named {
  const id = text.trim().toLowerCase();
  if (isAtlasId(id)) return { id };
  const written = parseImportId(text.trim()) ?? parseServiceName(id);
  if (written) return written;
  if (text.trim() === '') throw new UsageError('The endpoint argument is empty.', 'Check for an unset variable.');
  try {
    checkRegionOfAnyCloud(text, likely);
  } catch (error) {
    const near = error instanceof CliError && error.reason === 'misspelled' ? error : undefined;
    throw new UsageError(
      `'${text}' is not an endpoint id, region or Terraform import id.`,
      near?.hint ??
        (interfaceKind(id) ? ofInterface : 'An id has 24 hex digits. A region looks like us-east-1 or US_EAST_1.'),
      near?.reason ?? 'otherWord',
    );
  }
  return { region: text.trim() };
}

/** A name that consoles show: com.amazonaws.vpce.us-east-1.vpce-svc-… or pls_…. It is as good as an id. */
function parseServiceName(text: string): Named | undefined {
  const named = providers.map((provider) => ({ provider, id: clouds[provider].service.written?.exec(text)?.[1] }));
  const [name] = named.flatMap(({ provider, id }) => (id ? { provider, id } : []));
  return name;
}

export function isWanted(endpoint: Endpoint, clouds: readonly Provider[], region: string | undefined) {
  return clouds.includes(endpoint.provider) && (region === undefined || isRegion(endpoint, region));
}

export function isNamed({ id, region, provider }: Named, endpoint: Endpoint) {
  const names = [endpoint.id, clouds[endpoint.provider].service.label(endpoint) ?? ''];
  const isSame = id === undefined || hasId(names, id);
  return isSame && isWanted(endpoint, provider ? [provider] : providers, region);
}

/** The only one, or of several the only one with `prefer`; undefined for none. Otherwise throws a usage error. */
export function theOnly(
  fitting: readonly Endpoint[],
  where: string,
  prefer: (endpoint: Endpoint) => boolean = () => true,
): Endpoint | undefined {
  if (fitting.length <= 1) return fitting[0];
  const preferred = fitting.filter(prefer);
  if (preferred.length === 1) return preferred[0];
  throw new UsageError(
    `There are ${fitting.length} private endpoint services${where}.`,
    `Choose one: ${listed(fitting.map(endpointText))}`,
  );
}

/** `6a79… (AWS us-east-1, AVAILABLE)`. The note distinguishes the two kinds of services that a region can have. */
export function endpointText(endpoint: Endpoint) {
  const { id, provider, region, status } = endpoint;
  const place = [clouds[provider].title, region].join(' ').trim();
  return `${id} (${place}, ${status}${isOlder(endpoint) ? ', no port mapping' : ''})`;
}

/** Returns how hinted command lines name an endpoint: by its id, or by project and id if it isn't in the usual project. */
export async function referrer(context: Pick<Context, 'settings'>) {
  const usual = await context.settings.usualProject();
  return ({ projectId, id }: Pick<Endpoint, 'projectId' | 'id'>) => (usual === projectId ? id : `${projectId}-${id}`);
}

export async function referTo(context: Pick<Context, 'settings'>, endpoint: Endpoint) {
  return (await referrer(context))(endpoint);
}
