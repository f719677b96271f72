import type { Endpoint, Project } from '../../atlas/model.js';
import { type Provider, parseProvider, providers } from '../../atlas/provider.js';
import { isRegion, knownRegions } from '../../atlas/regions.js';
import { apiStatuses, untils } from '../../atlas/status.js';
import type { Filter } from '../../endpoints/find.js';
import { secretStores, setting, settingNames } from '../../config/settings.js';
import type { Context } from '../../context.js';
import { formats } from '../../ui/formats.js';
import { topicNames } from '../help/names.js';
import { shells } from './shells.js';
import type { Typed } from './typed.js';

/** What the word that is being typed may become. */
export interface Candidate {
  value: string;
  /** What it is, for those shells that show it. */
  note?: string;
}

/** Stands for the names of files, which the shell knows best. */
export const files = 'files';

/** What is asked for, and what it takes to answer. */
interface Asked extends Typed {
  /** For what this machine knows. */
  context(): Promise<Context>;
  /** For what Atlas knows: from then on the time is short. */
  online(): Promise<Context>;
  /** The commands of a group; '' is the program itself. */
  commands(group: string): readonly Candidate[];
}

export type Candidates = readonly Candidate[] | typeof files;
export type Source = (asked: Asked) => Candidates | Promise<Candidates>;

/** What each option takes, by its name. What is not here is for its user to know. */
export const optionSources: Record<string, Source> = {
  provider: () => plain(lower(providers)),
  region: async (asked) => regionsOf(await cloudsOf(asked)),
  'remote-region': () => regionsOf(['AWS']),
  add: () => regionsOf(['AWS']),
  remove: () => regionsOf(['AWS']),
  until: (asked) => statuses(asked, untils),
  status: (asked) => statuses(asked, ['ready', ...apiStatuses]),
  'ready-status': (asked) => statuses(asked, ['WAITING_FOR_USER', 'AVAILABLE']),
  output: ({ path }) => plain(path === 'get' || path === 'list' ? formats : usualFormats),
  profile: profiles,
  fields: async (asked) => {
    const { fieldsOf } = await import('./fields.js');
    return plain(await fieldsOf(asked));
  },
  // Of a sandbox it says which are to exist.
  project: (asked) => (asked.path === 'sandbox serve' ? [] : projects(asked)),
  // Of `interface add` it is a forwarding rule.
  endpoint: (asked) => (asked.path === 'connection-strings' ? endpointsAndInterfaces(asked) : []),
  faults: () => files,
};

/** What the arguments of each command are. */
export const argumentSources: Record<string, Source> = {
  get: first(endpoints),
  delete: first(endpoints),
  update: first(endpoints),
  wait: async (asked) => {
    const isUntil = asked.args[0]?.toLowerCase() === 'until';
    if (isUntil && asked.args.length === 1) return statuses(asked, untils);
    if (asked.args.length > 0) return endpoints(asked);
    const keyword = { value: 'until', note: 'a status, then endpoints' };
    // No region begins like it for long, so that Atlas need not be asked.
    const isKeyword = /^unt?i?l?$/.test(asked.current);
    return [keyword, ...(isKeyword ? [] : await endpoints(asked).catch(() => []))];
  },
  'interface add': first(endpoints),
  'interface list': first(endpoints),
  'interface get': interfaces,
  'interface remove': interfaces,
  // A secret is not printed.
  'config get': first(() => plain(settingNames.filter((name) => !setting(name).secret))),
  'config unset': first(() => plain(settingNames)),
  'config set': (asked) => {
    if (asked.args.length === 0) return plain(settingNames);
    return asked.args.length === 1 ? (valueSources[asked.args[0] ?? '']?.(asked) ?? []) : [];
  },
  'profile use': first(profiles),
  'profile delete': first(ownProfiles),
  'profile rename': first(ownProfiles),
  completion: first(() => plain(shells)),
  help: ({ args, commands }) => [
    ...commands(args.join(' ')),
    ...(args.length === 0 ? Object.entries(topicNames).map(([value, note]) => ({ value, note })) : []),
  ],
};

const usualFormats = formats.filter((name) => name !== 'terraform');

const valueSources: Record<string, Source> = {
  project: projects,
  provider: () => plain(lower(providers)),
  output: () => plain(usualFormats),
  'secret-store': () => plain(secretStores),
};

/** Only the first argument. */
function first(source: Source): Source {
  return (asked) => (asked.args.length === 0 ? source(asked) : []);
}

function plain(values: readonly string[]): Candidate[] {
  return values.map((value) => ({ value }));
}

function lower(values: readonly string[]): string[] {
  return values.map((value) => value.toLowerCase());
}

/** Any case will do, so what is begun in small letters goes on in them. */
function statuses({ current }: Asked, all: readonly string[]): Candidate[] {
  return plain(current !== '' && current === current.toLowerCase() ? lower(all) : all);
}

async function cloudsOf({ path, given, context }: Asked): Promise<readonly Provider[]> {
  const named = given.get('provider')?.at(-1);
  if (named !== undefined) return [parseProvider(named)];
  if (path !== 'create') return providers;
  const usual = await (await context()).setting('provider');
  return [parseProvider(usual?.value ?? 'aws')];
}

function regionsOf(clouds: readonly Provider[]): Candidate[] {
  return clouds.flatMap((cloud) => knownRegions(cloud).map((value) => ({ value, note: cloud })));
}

/** Those that can be changed. */
async function ownProfiles({ context }: Asked): Promise<Candidate[]> {
  const { profiles: ours } = await (await context()).config();
  return plain(Object.keys(ours));
}

async function profiles(asked: Asked): Promise<Candidate[]> {
  const theirs = await (await asked.context()).atlasCli.profiles().catch(() => []);
  return [
    // A name that both have is ours.
    ...theirs.map((value) => ({ value, note: 'of the Atlas CLI' })),
    ...(await ownProfiles(asked).catch(() => [])),
    { value: 'sandbox', note: 'the built-in Atlas' },
  ];
}

async function projects({ online }: Asked): Promise<Candidate[]> {
  const atlas = await (await online()).atlas();
  const all: Project[] = await atlas.listProjects();
  return all.flatMap(({ id, name }) => [
    { value: name, note: id },
    { value: id, note: name },
  ]);
}

function filterOf({ given }: Asked): Filter {
  return { provider: given.get('provider')?.at(-1), region: given.get('region')?.at(-1) };
}

async function listed(asked: Asked): Promise<Endpoint[]> {
  const { listEndpoints } = await import('../../endpoints/find.js');
  return listEndpoints(await asked.online(), filterOf(asked));
}

async function endpoints(asked: Asked): Promise<Candidate[]> {
  return named(await listed(asked), asked.args);
}

/** By id, and by region where that names one alone; without those that are there already. */
function named(all: readonly Endpoint[], args: readonly string[]): Candidate[] {
  return all.flatMap(({ id, provider, region, status }) => {
    if (args.some((arg) => arg === id || arg === region)) return [];
    const isAlone = all.filter((each) => isRegion(each, region)).length === 1;
    return [
      ...(isAlone ? [{ value: region, note: `${provider} ${status}` }] : []),
      { value: id, note: `${provider} ${region} ${status}` },
    ];
  });
}

async function endpointsAndInterfaces(asked: Asked): Promise<Candidate[]> {
  const all = await listed(asked);
  const attached = all.flatMap(({ interfaceEndpoints, provider, region }) =>
    interfaceEndpoints.map((value) => ({ value, note: `interface endpoint, ${provider} ${region}` })),
  );
  return [...named(all, []), ...attached];
}

/** `[ENDPOINT] [INTERFACE]`. */
async function interfaces(asked: Asked): Promise<Candidate[]> {
  const [endpoint, ...more] = asked.args;
  if (endpoint === undefined) return endpointsAndInterfaces(asked);
  if (more.length > 0) return [];
  const { listAttached } = await import('../../interfaces/find.js');
  const attached = await listAttached(await asked.online(), { endpoint }, filterOf(asked));
  return attached.map(({ id, service }) => ({ value: id, note: `${service.provider} ${service.region}` }));
}
