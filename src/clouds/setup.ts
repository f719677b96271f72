import type { Agent } from 'node:https';
import type { Env } from '../base/host.js';
import type { Cloud, CloudContext, CloudTarget } from './cloud.js';
import type { Exchange } from './rest.js';

/* How commands open a cloud. */

/** What signing in to a cloud needs of a command. */
export interface SignInContext extends CloudContext {
  env: Env;
  /** The variables that lead to the sandbox's clouds. If they are given, nothing is read from the user's settings. */
  sandbox: Readonly<Record<string, string | null>> | undefined;
  /** The base URL of Atlas if it is on this machine. */
  localAtlas: string | undefined;
  isLocal(url: string): boolean;
  exchange: Exchange;
  /** Opens TLS connections, through the proxies. It trusts only the authorities in this file, if a setting names one. */
  agent(authorities: { setting: string; file?: string | undefined }): Promise<Agent>;
  /** Host and port of the proxy on the way to a URL. Throws if secrets must not go there. */
  proxyTo(url: string): string | undefined;
  /** Asks the user for a secret; undefined if nobody can answer. */
  readSecret: ((question: string) => Promise<string>) | undefined;
}

export type CloudOptions = Readonly<Record<string, unknown>>;

/** An option that a cloud adds to a command, as `command.ts` declares it. */
type CloudOption =
  | { kind: 'flag'; help: string }
  | { kind: 'value' | 'values'; term: string; help: string; from?: 'awsRegions' };

type CloudFlags = Readonly<Record<string, CloudOption>>;

/* The options of several clouds. Each cloud checks the values itself. */
export const subnet = {
  kind: 'values',
  term: '<subnet>',
  help: 'AWS: ids, one in each zone; GCP, Azure: one subnet',
} as const satisfies CloudOption;
export const tag = {
  kind: 'values',
  term: '<key=value>',
  help: 'tags for the new resources (AWS, Azure)',
} as const satisfies CloudOption;

/** What commands know of the user's end of a connection in a cloud without loading the rest. */
export interface CloudSetup {
  /** The options of `connect` that describe the user's network. */
  network: CloudFlags;
  /** The options of `disconnect` that say where else to look. */
  search?: CloudFlags;
  /** The options of every command that signs in. */
  signIn: CloudFlags;
  /** The option with the region of a network that is not in the region of the service. */
  elsewhere?: string;
  networkTitle: string;
  /** Whether signing in may ask the user for a secret. */
  mayAsk?: boolean;
  /** The id of an endpoint, as a placeholder in a command line. */
  placeholder: string;
  /** The steps of `connect` and `disconnect` in the cloud, in the order of `disconnect`: the endpoint, then what it used. */
  steps: readonly [CloudStep, ...CloudStep[]];
  /** The checks of `doctor` on an endpoint, beside its state and its addresses. `needs`: those that must find no problem. */
  checks: readonly { id: string; title: string; needs?: readonly string[] }[];
  load(): Promise<{
    /** Throws usage errors, before anything is sent. */
    checkOptions(options: CloudOptions): void;
    /** Finds out how to sign in. May ask the user for a secret. */
    open(context: SignInContext, options: CloudOptions): Promise<OpenCloud>;
  }>;
}

export interface CloudStep {
  id: string;
  /** What it creates or removes: `VPC endpoint`. */
  title: string;
}

/** Opens a region of an account. `left`: milliseconds until the deadline. */
export type OpenCloud = (target: CloudTarget, limits: Pick<CloudContext, 'left' | 'tries'>) => Cloud;
