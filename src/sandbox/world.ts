import { createHash } from 'node:crypto';
import { CliError, codeOf, reasonOf, unwritable } from '../base/errors.js';
import { readText, replaceFile, withLock } from '../base/files.js';
import { type Provider, providers } from '../clouds/all.js';
import type { AwsAccount } from './aws/account.js';
import type { AzureAccount } from './azure/account.js';
import type { AzureSetup, GcpSetup } from './faults-file.js';
import type { GcpAccount } from './gcp/account.js';
import type { ReadyStatus } from './option-values.js';

/* The sandbox's Atlas as a pure state machine: what is so follows from timestamps (milliseconds since 1970) and the time now. */

export interface WorldOptions {
  /** Milliseconds from create to ready. */
  readyAfter: number;
  readyStatus: ReadyStatus;
  /** The projects that exist. `any`: every project id exists. */
  projects: readonly string[] | 'any';
  clusters: readonly ClusterSpec[];
  /** Removing the last interface endpoint of a service also deletes the service, as Atlas may do. */
  lastTakesService: boolean;
  /** VPC endpoints that the AWS account of the sandbox doesn't have are attached too, as those of another account. */
  anyVpce: boolean;
  /** Milliseconds until the cloud finds a new resource. */
  awsLag: number;
  azureLag: number;
  gcpLag: number;
  azure: AzureSetup;
  gcp: GcpSetup;
}

export interface ClusterSpec {
  name: string;
  /** The size of a cluster on shared hosts. Default: a dedicated cluster. */
  tier?: 'M0' | 'FLEX';
  paused?: boolean;
  sharded?: boolean;
  regions: readonly { provider: Provider; atlasRegion: string }[];
}

export interface Service extends Lifetime {
  id: string;
  projectId: string;
  provider: Provider;
  atlasRegion: string;
  supportedRemoteRegions: string[] | null;
  portMappingEnabled: boolean;
  interfaces: readonly Attachment[];
}

export interface AttachRequest {
  /** AWS `vpce-…`, the resource id of an Azure private endpoint, the name of a GCP endpoint group. */
  id: string;
  [key: string]: unknown;
}

export interface Attachment extends AttachRequest, Lifetime {}

/** Attaches one. Returns the world after that, or why the cloud does not allow it: then the interface endpoint fails. */
export type Accept = (view: WorldView, service: Service, request: AttachRequest) => World | string;

export interface World {
  options: WorldOptions;
  services: readonly Service[];
  regionalMode: readonly string[];
  clouds: Accounts;
}

interface Accounts extends Record<Provider, object> {
  AWS: AwsAccount;
  AZURE: AzureAccount;
  GCP: GcpAccount;
}

export interface WorldView {
  world: World;
  now: number;
}

export const organization = digits('org', 24);

export const defaultProject = '64f0c2a7e1b2c3d4e5f60718';
const usualRegions = { AWS: 'US_EAST_1', AZURE: 'US_EAST_2', GCP: 'US_EAST_4' } satisfies Record<Provider, string>;

export const defaultWorldOptions: WorldOptions = {
  readyAfter: 2000,
  readyStatus: 'WAITING_FOR_USER',
  projects: 'any',
  clusters: providers.map((provider, index) => {
    return { name: `Cluster${index}`, regions: [{ provider, atlasRegion: usualRegions[provider] }] };
  }),
  lastTakesService: false,
  anyVpce: false,
  awsLag: 0,
  gcpLag: 0,
  gcp: {},
  azureLag: 0,
  azure: {},
};

/** Guess: a delete and an attachment are short, and never longer than a create. No recording has their times. */
export function briefly({ readyAfter }: WorldOptions): number {
  return Math.min(3000, readyAfter);
}

export function emptyWorld(options: Partial<WorldOptions> = {}): World {
  return {
    options: { ...defaultWorldOptions, ...options },
    services: [],
    regionalMode: [],
    clouds: {
      AWS: { vpcs: [], subnets: [], groups: [], endpoints: [], tags: {} },
      AZURE: { resources: [] },
      GCP: { resources: [], operations: [] },
    },
  };
}

export function projectsOf({ options, services }: World): string[] {
  if (options.projects !== 'any') return [...options.projects];
  return [...new Set([defaultProject, ...services.map(({ projectId }) => projectId)])];
}

export function withAccount<P extends Provider>(world: World, provider: P, account: Accounts[P]): World {
  return { ...world, clouds: { ...world.clouds, [provider]: account } };
}

export function replaceService(world: World, service: Service): World {
  return { ...world, services: world.services.map((other) => (other.id === service.id ? service : other)) };
}

/** Changes when the format of a world changes. Only this program writes the file, so the values are not checked. */
const version = 11;

/** Stores a world. `update` is atomic: no other update happens between its read and its write. */
export interface Store {
  read(): Promise<World>;
  update<T>(change: (world: World) => { world: World; answer: T }): Promise<T>;
}

export function memoryStore(world: World): Store {
  let current = world;
  return {
    read: async () => current,
    update: async (change) => {
      const { world: next, answer } = change(current);
      current = next;
      return answer;
    },
  };
}

export function fileStore(file: string): Store & { replace(world: World): Promise<void> } {
  function read(): string | null {
    try {
      return readText(file);
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return null;
      throw new CliError('unexpected', `Cannot read the saved sandbox: ${file} (${reasonOf(error)}).`, {
        hint: 'Check who owns that file, or set ATLAS_PE_DATA_DIR to another directory.',
        cause: error,
      });
    }
  }

  function parse(text: string | null): World {
    if (text === null) return emptyWorld();
    try {
      const saved = JSON.parse(text) as { version: number; sum: string; world: World };
      if (saved.version === version && saved.sum === sumOf(saved.world)) return saved.world;
    } catch {
      // It is not JSON, or null.
    }
    const what = `The saved sandbox is damaged or edited, or another version of atlas-pe wrote it: ${file}.`;
    throw new CliError('unexpected', what, { hint: { text: 'Start over:', commands: ['atlas-pe sandbox reset'] } });
  }

  // An edited file may hold a state that is not possible.
  const sumOf = (world: World) => digits(JSON.stringify(world), 16);

  const textOf = (world: World) => `${JSON.stringify({ version, sum: sumOf(world), world }, null, 1)}\n`;

  const written = <T>(work: Promise<T>) =>
    work.catch((error: unknown) => {
      // Only a system error is about the file. Other errors are the answer to a request.
      if (codeOf(error) === undefined) throw error;
      const hint = 'Check who owns that directory, or set ATLAS_PE_DATA_DIR to another one.';
      throw unwritable(`the saved sandbox: ${file}`, error, hint);
    });

  return {
    read: async () => parse(read()),
    update: (change) =>
      written(
        withLock(file, async () => {
          const { world, answer } = change(parse(read()));
          await replaceFile(file, textOf(world));
          return answer;
        }),
      ),
    replace: (world) => written(withLock(file, () => replaceFile(file, textOf(world)))),
  };
}

/** What happens instead when something would become ready. */
export type FaultOutcome = { kind: 'never-ready' } | { kind: 'vanishes' } | { kind: 'failed'; reason: string };

export interface Lifetime {
  createdAt: number;
  readyAt: number;
  /** When its deletion ends. Null until it is deleted. */
  goneAt: number | null;
  fate?: FaultOutcome | undefined;
}

/** Null if it is gone. */
export function stageOf({ readyAt, goneAt, fate }: Omit<Lifetime, 'createdAt'>, now: number) {
  if (goneAt !== null) return now < goneAt ? 'deleting' : null;
  if (now < readyAt || fate?.kind === 'never-ready') return 'pending';
  if (fate?.kind === 'vanishes') return null;
  return fate ? 'failed' : 'ready';
}

export interface Chance {
  now: number;
  random: () => number;
}

/** An id like those of Atlas: 8 hex digits for the seconds since 1970, then 16 random ones. */
export function newId({ now, random }: Chance): string {
  const seconds = Math.floor(now / 1000).toString(16);
  return seconds.padStart(8, '0') + hex(16, random);
}

/** Azure does not distinguish upper and lower case. No other ids differ only in that. */
export function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

export function hex(digits: number, random: () => number): string {
  return Array.from({ length: digits }, () => Math.floor(random() * 16).toString(16)).join('');
}

/** Hex digits derived from a text. They are always the same, so they need not be saved. */
export function digits(text: string, length: number): string {
  return createHash('sha256').update(text).digest('hex').slice(0, length);
}

export function uuid(name: string): string {
  return digits(name, 32).replace(/(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
