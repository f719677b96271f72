import type { Json } from '../base/json.js';
import type { Words } from '../base/shell.js';

/** A region in the spelling of the cloud and of Atlas. */
export interface RegionNames {
  region: string;
  atlasRegion: string;
}

/** Recorded times from the response to create until ready, in seconds. */
export interface ReadyTimes {
  least: number;
  /** 95 of 100 services are ready by then. */
  p95: number;
}

type Reads = Readonly<Record<string, (value: unknown) => Json>>;
type Values = Readonly<Record<string, Json>>;

export interface InterfaceOptions {
  id?: string | undefined;
  ip?: string | undefined;
  gcpProject?: string | undefined;
  group?: string | undefined;
  /** Forwarding rules, each `name@ip`. */
  endpoint?: readonly string[] | undefined;
}

export interface InterfaceRequest {
  id: string;
  body: Readonly<Record<string, unknown>>;
}

/** An interface endpoint in the user's cloud, with the keys of the API that are known. */
interface InCloud {
  id: string;
  region: string;
  gcpProjectId?: Json | undefined;
  endpoints?: Json;
}

interface Service {
  id: string;
  region: string;
  [key: string]: Json;
}

/** Something in the user's cloud as a resource of that cloud's Terraform provider. A list of objects is nested blocks. */
export interface TerraformResource {
  type: string;
  id: string;
  importId: string;
  values: Readonly<Record<string, unknown>>;
  /** What others call it, and the attribute with that. Default: its id. */
  refs?: Readonly<Record<string, string>>;
  /** What Atlas calls it, if it is an interface endpoint. */
  atlasId?: string;
  /** The settings of a provider for its account, with an alias, if its values don't name the account. */
  provider?: Readonly<Record<string, unknown>> & { alias: string };
}

/** An option that a cloud adds to a command, as `command.ts` declares it. `mark`: the start of its values, if nothing else has it. */
type CloudOption =
  | { kind: 'flag'; help: string }
  | { kind: 'value' | 'values'; term: string; help: string; from?: 'awsRegions'; mark?: RegExp };

type CloudFlags = Readonly<Record<string, CloudOption>>;

/* The options of several clouds. Each cloud checks the values itself. */
const subnetHelp = 'AWS: ids, one in each zone; GCP, Azure: one subnet';
export const subnet = {
  kind: 'values',
  term: '<subnet>',
  help: subnetHelp,
  mark: /^subnet-/,
} as const satisfies CloudOption;
const tagHelp = 'tags for the new resources (AWS, Azure)';
export const tag = { kind: 'values', term: '<key=value>', help: tagHelp } as const satisfies CloudOption;

/** A step of `connect` and `disconnect`, titled by what it creates or removes: `VPC endpoint`. */
export interface CloudStep {
  id: string;
  title: string;
}

export interface CloudFacts {
  title: string;
  /** What holds the user's resources there: `AWS account`. */
  account: string;
  cli: string;
  /** What filters traffic to an interface endpoint there, and what else clients may need. */
  firewalls: string;
  /** The regions that Atlas is known to support. Atlas adds regions, so others are allowed. */
  regions: readonly RegionNames[];
  /** The format of a region, in lower case with dashes. */
  regionShape: RegExp;
  /** Both spellings of an unknown region, if one follows from the other. */
  newRegion(text: string): RegionNames;
  readyTimes: ReadyTimes;
  hasRemoteRegions?: boolean;
  /** The kind without port mapping: one attachment for each node. Atlas disables it at `endsAt`, in milliseconds since 1970. */
  older?: { endsAt: number; day: string };
  service: {
    /** The keys that only services of this cloud have, named as in the API. */
    keys: Reads;
    /** The key of the API that lists the interface endpoints. */
    attached: string;
    label(values: Values): string | null;
    /** How the cloud and Atlas write the name of a service. The group is its label. */
    written?: RegExp;
    brief?: Readonly<Record<string, (values: Values) => Json>>;
    /** What an interface endpoint connects to; null until Atlas has it. */
    target(service: Service): string | null;
    /** The TCP ports from clients to an interface endpoint. Atlas may use any of them, and changes them. */
    ports(service: Service): { from: number; to: number };
  };
  interfaces: {
    /** The keys that only interface endpoints of this cloud have, named as in the API. */
    keys: Reads;
    statuses: string;
    /** The format of an id: a pattern, a description, a shorter one for help, and an example. */
    shape: { pattern: RegExp; what: string; inHelp: string; example: string };
    /** The start of its ids, if no other cloud has such ids. */
    mark?: RegExp;
    /** Another way to write an id. The group is the id. */
    written?: RegExp;
    /** The id at the start of the name that a connection string's host is an alias of, if it is one. */
    inHostName?: RegExp;
    /** What it consists of, with the addresses that Atlas has on record. Empty if Atlas has none. */
    parts(keys: Values): readonly { name: string | null; address: string | null; status: string | null }[];
    /** The options of `interface add` in addition to the id, with the help for each. */
    options: Readonly<Partial<Record<keyof Omit<InterfaceOptions, 'id'>, string>>>;
    /** Checks the given options. Throws usage errors. */
    read(options: InterfaceOptions): InterfaceRequest;
    /** The cloud's own provider of Terraform. `target`: the attribute of Atlas's resource that its endpoints connect to. */
    terraform: { source: string; version: string; target: string };
    /** The options that sign in to the account that it is in, if it names one. */
    signIn?(attached: Pick<InCloud, 'id' | 'gcpProjectId'>): Readonly<Record<string, string | undefined>>;
    /** The commands of the cloud's CLI that remove what an interface endpoint used there. */
    cleanUp(attached: InCloud): readonly Words[];
    /** Whether a request fits this kind of service, to choose between two kinds in one region. */
    suits?(service: Service, request: InterfaceRequest): boolean;
    /** A warning if a request lacks something. Throws a usage error if this kind of service cannot take it. */
    check?(service: Service, request: InterfaceRequest): string | undefined;
  };
  /** What commands know of the user's end of a connection without loading the rest. */
  setup: {
    /** The options of `connect` that describe the user's network. */
    network: CloudFlags;
    /** The options of `disconnect` that say where else to look. */
    search?: CloudFlags;
    /** The options of `doctor` that say what connects. */
    client?: CloudFlags;
    signIn: CloudFlags;
    /** What finds the account in the id of a subnet or an endpoint, if it names one. */
    accountInId?: RegExp;
    /** The option with the region of a network that is not in the region of the service. */
    elsewhere?: string;
    networkTitle: string;
    /** Whether signing in may ask the user for a secret. */
    mayAsk?: boolean;
    placeholder: string;
    /** In the order of `disconnect`: the endpoint, then what it used. */
    steps: readonly [CloudStep, ...CloudStep[]];
    /** The checks of `doctor` on an endpoint, beside its state and its addresses. `needs`: those that must find no problem. */
    checks: readonly { id: string; title: string; needs?: readonly string[] }[];
  };
}
