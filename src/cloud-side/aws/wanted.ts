import { UsageError } from '../../base/errors.js';
import { listed } from '../../base/listed.js';
import { longName } from '../../base/shell.js';
import type { Tags } from './read.js';

/** What the command line says of the user's network in AWS. */
export interface Wanted {
  vpc?: string | undefined;
  subnets: readonly string[];
  groups: readonly string[];
  /** What the own security group lets in instead of the VPC's ranges: CIDRs and groups. */
  from: readonly string[];
  tags: Tags;
  /** The VPC endpoint to take, instead of creating one. */
  adopt?: string | undefined;
}

/** The options, as they are given. */
export type AwsFlags = { [Name in 'vpc' | 'adopt' | 'awsProfile' | 'client']?: string | undefined } & {
  [Name in 'subnet' | 'securityGroup' | 'from' | 'tag']?: readonly string[] | undefined;
};

/** A range as AWS writes it, which clears the bits of the host; undefined if it is none. */
function cidrOf(text: string): string | undefined {
  const [, address = '', bits = ''] = /^((?:\d{1,3}\.){3}\d{1,3})\/(\d{1,2})$/.exec(text) ?? [];
  const parts = address.split('.').map(Number);
  const length = Number(bits);
  if (address === '' || parts.some((part) => part > 255) || length > 32) return undefined;
  const kept = parts.map((part, index) => part & (0xff00 >> Math.min(8, Math.max(0, length - 8 * index))) & 0xff);
  return `${kept.join('.')}/${length}`;
}

/** Reads the options. Throws usage errors, before anything is sent. */
export function readWanted(flags: AwsFlags): Wanted {
  const { vpc, subnet = [], securityGroup = [], from = [], tag = [], adopt, client } = flags;
  if (vpc !== undefined) checkId('--vpc', vpc, 'vpc');
  for (const id of subnet) checkId('--subnet', id, 'subnet');
  for (const id of securityGroup) checkId('--security-group', id, 'sg');
  const sources = from.map((source) => {
    const range = cidrOf(source);
    if (range === undefined) checkId('--from', source, 'sg', '10.0.0.0/16 or ');
    return range ?? source;
  });
  if (adopt !== undefined) checkId('--adopt', adopt, 'vpce');
  if (client !== undefined) checkId('--client', client, /^(?:eni|sg)(?=-)/.exec(client)?.[0] ?? 'i');
  if (securityGroup.length > 0 && from.length > 0) {
    throw new UsageError(
      '--from applies only to a security group that atlas-pe creates.',
      'Remove --from or --security-group.',
    );
  }
  const given = { vpc, subnet, securityGroup, from, tag };
  const useless = Object.entries(given).flatMap(([name, value]) => (value?.length ? longName(name) : []));
  if (adopt !== undefined && useless.length > 0) {
    throw new UsageError(
      `--adopt changes nothing in AWS, so it cannot be combined with ${listed(useless)}.`,
      'Remove --adopt or the other options.',
    );
  }
  return {
    vpc,
    subnets: [...new Set(subnet)],
    groups: [...new Set(securityGroup)],
    from: [...new Set(sources)],
    tags: readTags(tag),
    adopt,
  };
}

/** Throws a usage error if the value is not the id of such a resource. `too`: an example of what else is valid. */
function checkId(option: string, value: string, kind: string, too = ''): void {
  if (new RegExp(`^${kind}-(?:[0-9a-f]{8}|[0-9a-f]{17})$`).test(value)) return;
  throw new UsageError(`'${value}' is not valid for ${option}.`, `Example: ${too}${kind}-0123456789abcdef0`);
}

function readTags(given: readonly string[]): Tags {
  if (given.length > 48)
    throw new UsageError('There are more than 48 tags.', 'AWS allows 50 tags, and atlas-pe adds two.');
  const tags = given.map((each, index) => {
    const [key = '', ...rest] = each.split('=');
    const value = rest.join('=');
    if (key.trim() === '' || rest.length === 0)
      throw new UsageError(`'${each}' is not a valid tag.`, 'Example: team=data');
    if (/^(?:aws|atlas-pe):/i.test(key))
      throw new UsageError(`A tag cannot start with ${key.split(':')[0]}:.`, 'Choose another key.');
    if (key.length > 128 || value.length > 256)
      throw new UsageError(`The tag ${key.slice(0, 128)} is too long.`, 'Limits: 128 characters (key), 256 (value).');
    if (given.slice(0, index).some((other) => other.startsWith(`${key}=`)))
      throw new UsageError(`The tag ${key} is given twice.`, 'Remove one of them.');
    return [key, value] as const;
  });
  return Object.fromEntries(tags);
}
