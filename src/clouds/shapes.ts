import { isIPv4 } from 'node:net';
import { UsageError } from '../base/errors.js';
import type { CloudFacts, RegionNames } from './facts.js';

/** Reads a table of regions: `us-central1=CENTRAL_US`, or only `us-east-1` or `us-east4` if the other name has its words. */
export function regionTable(table: string): RegionNames[] {
  return table
    .trim()
    .split(/\s+/)
    .map((entry) => {
      const [region = '', atlasRegion] = entry.split('=');
      const words = region.toUpperCase().match(/[A-Z]+|\d+/g) ?? [];
      return { region, atlasRegion: atlasRegion ?? words.join('_') };
    });
}

/** A region in lower case with dashes: `US_EAST_1` becomes `us-east-1`. */
export function dashed(region: string) {
  return region.trim().toLowerCase().replaceAll('_', '-');
}

export function checkId(shape: Omit<CloudFacts['interfaces']['shape'], 'inHelp'>, id: string) {
  const { pattern, what, example } = shape;
  if (pattern.test(id)) return id;
  throw new UsageError(`'${id}' is not ${what}.`, `Example: ${example}`);
}

const ipv6 = /^(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}$/i;

/** Throws a usage error if it is no IPv4 address and no IPv6 address with all eight groups. Atlas accepts no other. */
export function checkIp(ip: string) {
  if (isIPv4(ip) || ipv6.test(ip)) return ip;
  throw new UsageError(`'${ip}' is not a valid IP address.`, 'Example: 10.0.0.4');
}

/** Whether two ids name the same interface endpoint. Azure changes the case of resource ids; all others are in lower case. */
export function isSameId(a: string, b: string) {
  return a.toLowerCase() === b.toLowerCase();
}

export function hasId(ids: readonly string[], id: string) {
  return ids.some((each) => isSameId(each, id));
}

/** The id, or the last part of a path. */
export function shortName(id: string) {
  return id.split('/').at(-1) ?? id;
}

export type Tags = Readonly<Record<string, string>>;

/** What a cloud allows. Every cloud with tags allows 50, and this program adds up to three. */
interface TagRules {
  cloud: string;
  reserved: RegExp;
  invalid?: RegExp;
  longest: { key: number; value: number };
}

/** Reads tags, each `key=value`. Throws usage errors. */
export function parseTags(given: readonly string[], { cloud, reserved, invalid, longest }: TagRules): Tags {
  if (given.length > 47)
    throw new UsageError('There are more than 47 tags.', `${cloud} allows 50 tags, and atlas-pe adds three.`);
  const tags = given.map((each, index) => {
    const [key = '', ...rest] = each.split('=');
    const value = rest.join('=');
    if (key.trim() === '' || rest.length === 0 || invalid?.test(key))
      throw new UsageError(`'${each}' is not a valid tag.`, 'Example: team=data');
    const [start] = reserved.exec(key) ?? [];
    if (start !== undefined) throw new UsageError(`A tag cannot start with ${start}.`, 'Choose another key.');
    if (key.length > longest.key || value.length > longest.value)
      throw new UsageError(
        `The tag ${key.slice(0, 128)} is too long.`,
        `Limits: ${longest.key} characters (key), ${longest.value} (value).`,
      );
    if (given.slice(0, index).some((other) => other.startsWith(`${key}=`)))
      throw new UsageError(`The tag ${key} is given twice.`, 'Remove one of them.');
    return [key, value] as const;
  });
  return Object.fromEntries(tags);
}
