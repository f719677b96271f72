import { parse, YAMLError } from 'yaml';
import * as z from 'zod/mini';
import { parseDuration } from '../base/duration.js';
import { codeOf, reasonOf, UsageError } from '../base/errors.js';
import { readText } from '../base/files.js';
import type { Provider } from '../clouds/all.js';
import { knownRegions } from '../clouds/regions.js';
import { errorsByCode } from './errors-by-code.js';
import { roleNames } from './gate.js';
import { networkFaultNames } from './network/faults.js';
import type { FaultOutcome } from './world.js';

/** Reads a faults file: YAML with the keys below. Throws usage errors. */
export function readFaultsFile(file: string) {
  let document: unknown;
  try {
    document = parse(readText(file), { logLevel: 'error' });
    // Fails if an alias is within its own value.
    JSON.stringify(document);
  } catch (error) {
    const [reason = ''] = reasonOf(error).split('\n');
    const hint =
      codeOf(error) === undefined || error instanceof YAMLError ? 'The file must be YAML.' : 'Check the path.';
    throw new UsageError(`Cannot read the faults file: ${file} (${reason.replace(/[.:]$/, '')}).`, hint);
  }
  const { data, error } = fileKeys.safeParse(document, { error: z.locales.en().localeError });
  if (data) return data;
  const { path = [], message } = error.issues[0] ?? {};
  const key = path.length > 0 ? `${z.core.toDotPath(path)}: ` : '';
  throw new UsageError(`${file}: ${key}${message}.`, 'docs/sandbox.md lists all keys and values.');
}

type Shape = Record<string, z.ZodMiniType>;
type Values<S extends Shape> = { [K in keyof S]: z.output<S[K]> };

/** An object with no other keys. Those in `required` must be there. */
function keys<O extends Shape, R extends Shape = Record<never, never>>(optional: O, required = {} as R) {
  const all: z.ZodMiniType = z.extend(z.partial(z.strictObject(optional)), required);
  return all as z.ZodMiniType<Partial<Values<O>> & Values<R>>;
}

/** What `make` makes of a value. A usage error of it is one of this key. */
function read<S extends z.ZodMiniType, T>(schema: S, make: (value: z.output<S>) => T) {
  const made = z.transform((value: z.output<S>, { issues }) => {
    try {
      return make(value);
    } catch (error) {
      issues.push({ code: 'custom', message: reasonOf(error).replace(/\.$/, ''), input: value });
      return z.NEVER;
    }
  });
  return z.pipe(schema, made);
}

const list = z.transform((value) => [value].flat());
/** A list, or one value. */
const several = <S extends z.ZodMiniType>(each: S) => z.pipe(list, z.array(each));
const whole = (least: number, most: number) => z.int().check(z.minimum(least), z.maximum(most));
const written = (form: RegExp, why: string) => z.coerce.string().check(z.regex(form, why));
/** YAML takes 443 for a number. */
const text = z.pipe(z.union([z.string(), z.number()], 'Use a text'), z.transform(String));
const texts = several(text);
/** As the API writes them. */
const objects = several(z.record(z.string(), z.unknown()));
const duration = read(z.coerce.string(), parseDuration);
const region = (provider: Provider) => z.enum(knownRegions(provider), 'Use a region, in the spelling of the cloud');

const range = /^([1-9]\d*)(?:(\+)|-([1-9]\d*))?$/;

function readRange(written: string) {
  const [, first, more, last = first] = range.exec(written) ?? [];
  const to = more ? Number.POSITIVE_INFINITY : Number(last);
  if (to < Number(first)) throw new UsageError(`${written} has no numbers.`);
  return { from: Number(first), to };
}

const outcomes = [z.enum(['never-ready', 'vanishes']), z.strictObject({ failed: text })] as const;
const outcome = z.union(outcomes, 'Use never-ready, vanishes or failed: REASON');

function readOutcome(endpoint: z.output<typeof outcome>): FaultOutcome {
  return typeof endpoint === 'string' ? { kind: endpoint } : { kind: 'failed', reason: endpoint.failed };
}

const faultKeys = keys({
  /* Which requests. Default: all. */
  method: written(/^(?:GET|POST|PUT|PATCH|DELETE)$/, 'Use GET, POST, PUT, PATCH or DELETE'),
  /** A path, in which `*` matches anything. A pattern that does not start with a slash matches the end of a path. */
  path: text,
  action: text,
  nth: several(read(written(range, 'Use 1, 2-4, 5+ or a list of these'), readRange)),
  /** Responds with this status. The request has no effect unless `effect` is true. */
  status: whole(200, 599),
  effect: z.boolean(),
  code: text,
  /** With a status. Default: an error in the format of the API. */
  body: z.transform((body) => (typeof body === 'string' ? body : JSON.stringify(body))),
  headers: z.record(z.string(), z.coerce.string()),
  delay: duration,
  /** Closes the connection before or after the effect, without a response. */
  drop: z.enum(['before', 'after']),
  truncate: whole(0, 1_000_000),
  /** Rejects the credentials like Atlas does when they have expired. */
  auth: z.enum(['stale-nonce', 'expired-token']),
  endpoint: read(outcome, readOutcome),
});

/** Some codes imply a status. Throws for what counts only with one. */
const fault = read(faultKeys, ({ delay, endpoint, status: given, ...others }) => {
  const status = given ?? errorsByCode[others.code ?? '']?.status;
  const useless = (['code', 'body', 'headers', 'effect'] as const).find((name) => others[name] !== undefined);
  if (status === undefined && useless !== undefined) throw new UsageError(`${useless} needs a status.`);
  return { ...others, status, delayMs: delay, fate: endpoint };
});

export type FaultSetup = z.output<typeof fault>;

const azureRule = keys({
  access: z.enum(['Allow', 'Deny']),
  direction: z.enum(['Inbound', 'Outbound']),
  source: text,
  ports: text,
  priority: whole(100, 4096),
});

const azureSubnet = keys(
  {
    range: z.cidrv4(),
    delegation: text,
    policies: z.enum(['Disabled', 'Enabled', 'NetworkSecurityGroupEnabled', 'RouteTableEnabled']),
    /** No address is left. */
    full: z.boolean(),
    /** Those of its network security group. Default: it has no such group. */
    rules: several(azureRule),
  },
  { name: text },
);

export type AzureSubnetSetup = z.output<typeof azureSubnet>;

/** How the subscription differs from the usual one. */
const azure = keys({
  subscriptions: texts,
  /** Default: one in each region. */
  networks: several(
    keys({ group: text, dnsServers: texts, subnets: several(azureSubnet) }, { name: text, region: region('AZURE') }),
  ),
  without: texts,
  lock: z.enum(['CanNotDelete', 'ReadOnly']),
  policy: text,
  registered: z.boolean(),
});

export type AzureSetup = z.output<typeof azure>;

const gcpSubnet = keys({ range: z.cidrv4(), purpose: text, stackType: text }, { name: text, region: region('GCP') });

export type GcpSubnetSetup = z.output<typeof gcpSubnet>;

const limit = whole(0, 1_000_000);

/** How the Google projects differ from the usual one. */
const gcp = keys({
  /** The project of a shared VPC. It has the networks, and the other projects have none. */
  hostProject: text,
  projects: texts,
  /** Without `subnets`, a network has a subnet in each region, with its own name. */
  networks: several(keys({ subnets: several(gcpSubnet) }, { name: text })),
  /** Of all networks. */
  firewalls: objects,
  without: texts,
  quotas: keys({ INTERNAL_ADDRESSES: limit, PSC_INTERNAL_LB_FORWARDING_RULES: limit }),
  disabledApis: several(z.enum(['compute', 'cloudresourcemanager', 'servicedirectory'])),
});

export type GcpSetup = z.output<typeof gcp>;

const cloudKeys = {
  AWS: { awsLag: duration, anyVpce: z.boolean() },
  AZURE: { azureLag: duration, azure },
  GCP: { gcpLag: duration, gcp },
} satisfies Record<Provider, Shape>;

const address = z.union([z.ipv4(), z.cidrv4()], 'Use an IPv4 address or a CIDR block');

const fileKeys = keys({
  faults: several(fault),
  networkFaults: several(z.enum(networkFaultNames)),
  ...cloudKeys.AWS,
  ...cloudKeys.AZURE,
  ...cloudKeys.GCP,
  projects: whole(0, 2000),
  keyRole: several(z.enum(roleNames)),
  keyAccessList: several(address),
  lastTakesService: z.boolean(),
  rateLimit: read(written(/^[1-9]\d*(?:\/.+)?$/, 'Use a limit such as 100 (per minute) or 5/10s'), readLimit),
});

function readLimit(limit: string) {
  const [requests, window = '1m'] = limit.split('/');
  const perMs = parseDuration(window);
  if (perMs === 0) throw new UsageError(`${limit} has no time.`);
  return { requests: Number(requests), perMs };
}
