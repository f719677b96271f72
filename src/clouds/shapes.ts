import { UsageError } from '../base/errors.js';
import type { CloudFacts, RegionNames } from './facts.js';

/* Helpers for the files of the clouds. */

/** Reads a table of regions: `us-central1=CENTRAL_US`, or only `us-east-1` if the other name follows by a rule. */
export function regionTable(table: string): RegionNames[] {
  return table
    .trim()
    .split(/\s+/)
    .map((entry) => {
      const [region = '', atlasRegion = region.toUpperCase().replaceAll('-', '_')] = entry.split('=');
      return { region, atlasRegion };
    });
}

/** A region in lower case with dashes: `US_EAST_1` becomes `us-east-1`. */
export function dashed(region: string): string {
  return region.trim().toLowerCase().replaceAll('_', '-');
}

/** Checks an id. Throws a usage error. */
export function checkId(shape: Omit<CloudFacts['interfaces']['shape'], 'inHelp'>, id: string): string {
  const { pattern, what, example } = shape;
  if (pattern.test(id)) return id;
  throw new UsageError(`'${id}' is not ${what}.`, `Example: ${example}`);
}

const ipv4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;
const ipv6 = /^(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}$/i;

/** Throws a usage error if it is no IPv4 address and no IPv6 address with all eight groups. Atlas accepts no other. */
export function checkIp(ip: string): string {
  if (ipv4.test(ip) || ipv6.test(ip)) return ip;
  throw new UsageError(`'${ip}' is not a valid IP address.`, 'Example: 10.0.0.4');
}

/** Whether two ids name the same interface endpoint. Azure changes the case of resource ids; all others are in lower case. */
export function isSameId(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

/** Whether one of these ids names the same interface endpoint. */
export function hasId(ids: readonly string[], id: string): boolean {
  return ids.some((each) => isSameId(each, id));
}
