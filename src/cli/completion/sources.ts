import { regionText } from '../../atlas/clusters.js';
import { columnsBeside } from '../../atlas/keys.js';
import { type Endpoint, untils } from '../../atlas/model.js';
import { listed } from '../../base/words.js';
import { defaultProvider, parseProvider, providers, providerWords, remoteProvider } from '../../clouds/all.js';
import { isRegion, knownRegions } from '../../clouds/regions.js';
import { fieldsOf, type SourceName } from '../../command.js';
import { secretStores, setting, settingNames } from '../../config/settings.js';
import type { Context } from '../../context.js';
import { formatNames } from '../../ui/formats.js';
import { topicNames } from '../tree.js';
import type { Typed } from './complete.js';

export interface Candidate {
  value: string;
  note?: string;
}

export const files = 'files';

export interface CompletionRequest extends Typed {
  context(): Promise<Context>;
  /** For data from Atlas. This starts the time limit. */
  online(): Promise<Context>;
}

type Completions = readonly Candidate[] | typeof files;
type Source = (request: CompletionRequest) => Completions | Promise<Completions>;

export const sources: Readonly<Record<SourceName, Source>> = {
  awsRegions: () => regionsOf([remoteProvider]),
  clusters,
  connectable: async (request) => {
    const [services, places] = await Promise.all(
      [endpoints, clusterRegions].map((read) => read(request).catch(() => [])),
    );
    const found = [...(services ?? []), ...(places ?? [])];
    return found.length > 0 ? found : regionsOf(cloudsIn(request.given) ?? providers);
  },
  commands: ({ line, args }) => {
    const at = args.reduce<typeof line | undefined>((parent, word) => parent?.child(word), line.root);
    const commands = at?.definition ? [] : (at?.declare().commands ?? []);
    return [
      ...commands.map((each) => ({ value: each.name(), note: each.description() })),
      ...(args.length === 0 ? Object.entries(topicNames).map(([value, note]) => ({ value, note })) : []),
    ];
  },
  endpoints,
  fields: (request) => plain(fieldsIn(request)),
  files: () => files,
  formats: ({ line }) => plain([...formatNames, ...Object.keys(line.definition?.formats ?? {})]),
  interfaces,
  newRegions: async ({ given, context }) => {
    const usual = async () => (await (await context()).settings.get('provider'))?.value ?? defaultProvider;
    return regionsOf(cloudsIn(given) ?? [parseProvider(await usual())]);
  },
  ownProfiles,
  profiles,
  projects,
  regions: ({ given }) => regionsOf(cloudsIn(given) ?? providers),
  // Secrets can't be printed.
  settings: ({ line }) => plain(settingNames.filter((name) => line.name() !== 'get' || !setting(name).secret)),
  settingValues: (request) => valueSources[request.args[0] ?? '']?.(request) ?? [],
  sortKeys: (request) => plain(fieldsIn(request).map((key) => (request.current.startsWith('-') ? `-${key}` : key))),
  waitables: async (request) => {
    const isUntil = request.args[0]?.toLowerCase() === 'until';
    if (isUntil && request.args.length === 1) return plain(untils.map((value) => inCaseOf(request.current, value)));
    if (request.args.length > 0) return endpoints(request);
    const keyword = { value: 'until', note: 'a status, then endpoints' };
    // No region starts like this, so there is no need to ask Atlas, which may take too long.
    const isKeyword = /^unt?i?l?$/.test(request.current);
    return [keyword, ...(isKeyword ? [] : await endpoints(request).catch(() => []))];
  },
};

const valueSources: Record<string, Source> = {
  project: projects,
  provider: () => plain(providerWords),
  output: () => plain(formatNames),
  'secret-store': () => plain(secretStores),
};

/** The keys and columns that the command can have with the options so far. An option without words is a flag. */
function fieldsIn({ line, given }: CompletionRequest) {
  const options = [...given].map(([name, values]) => [name, values.length === 0 || values]);
  const keys = line.definition ? fieldsOf(line.definition, Object.fromEntries(options)) : [];
  return [...keys, ...Object.keys(columnsBeside(keys))];
}

function plain(values: readonly string[]) {
  return values.map((value) => ({ value }));
}

/** Statuses can be typed in any case. If the user typed lower case, complete in lower case. */
export function inCaseOf(current: string, value: string) {
  return current !== '' && current === current.toLowerCase() ? value.toLowerCase() : value;
}

function cloudsIn(given: CompletionRequest['given']) {
  const named = given.get('provider')?.at(-1);
  return named === undefined ? undefined : [parseProvider(named)];
}

function regionsOf(clouds: typeof providers) {
  return clouds.flatMap((cloud) => knownRegions(cloud).map((value) => ({ value, note: cloud })));
}

async function ownProfiles({ context }: CompletionRequest) {
  const { profiles: ours } = await (await context()).settings.config();
  return plain(Object.keys(ours));
}

async function profiles(request: CompletionRequest) {
  const theirs = await (await request.context()).settings.atlasCli.profiles().catch(() => []);
  return [
    // If both have a profile with this name, ours is used.
    ...theirs.map((value) => ({ value, note: 'Atlas CLI profile' })),
    ...(await ownProfiles(request).catch(() => [])),
    { value: 'sandbox', note: 'built-in Atlas sandbox' },
  ];
}

async function projects({ online }: CompletionRequest) {
  const atlas = await (await online()).atlas();
  return (await atlas.listProjects()).flatMap(({ id, name }) => [
    { value: name, note: id },
    { value: id, note: name },
  ]);
}

async function clusters({ online }: CompletionRequest) {
  const context = await online();
  const all = await (await context.atlas()).listClusters(await context.settings.projectId());
  return all.map(({ name, regions }) => ({ value: name, note: listed(regions.map(regionText)) }));
}

/** The regions in which a cluster can use a private endpoint. */
async function clusterRegions({ online, given }: CompletionRequest) {
  const context = await online();
  const all = await (await context.atlas()).listClusters(await context.settings.projectId());
  const clouds = cloudsIn(given) ?? providers;
  return all.flatMap(({ name, shared, regions }) =>
    regions.flatMap(({ provider, region }) =>
      shared === null && clouds.includes(provider) ? [{ value: region, note: `nodes of ${name}` }] : [],
    ),
  );
}

function filterOf({ given }: CompletionRequest) {
  return { provider: given.get('provider')?.at(-1), region: given.get('region')?.at(-1) };
}

async function endpoints(request: CompletionRequest) {
  const { listEndpoints } = await import('../../endpoints/find.js');
  return named(await listEndpoints(await request.online(), undefined, filterOf(request)), request.args);
}

/** Candidates by id, and by region if only one endpoint is in it. Leaves out those that are arguments already. */
function named(all: readonly Endpoint[], args: readonly string[]) {
  return all.flatMap(({ id, provider, region, status }) => {
    if (args.some((arg) => arg === id || arg === region)) return [];
    const isAlone = all.filter((each) => isRegion(each, region)).length === 1;
    return [
      ...(isAlone ? [{ value: region, note: `${provider} ${status}` }] : []),
      { value: id, note: `${provider} ${region} ${status}` },
    ];
  });
}

/** `[ENDPOINT] [INTERFACE]`. The first argument may be an interface endpoint too. */
async function interfaces(request: CompletionRequest) {
  const [endpoint] = request.args;
  const { listEndpoints } = await import('../../endpoints/find.js');
  const services = await listEndpoints(await request.online(), endpoint, filterOf(request));
  const attached = services.flatMap(({ interfaceEndpoints, provider, region }) =>
    interfaceEndpoints.map((value) => ({ value, note: `interface endpoint, ${provider} ${region}` })),
  );
  return endpoint === undefined ? [...named(services, []), ...attached] : attached;
}
