import { fromAtlasRegion } from '../../clouds/regions.js';
import { networkInterfacesOf } from '../aws/interfaces.js';
import { digits } from '../chance.js';
import { sandboxClouds } from '../clouds/all.js';
import type { Node } from '../connection-strings.js';
import type { World } from '../world.js';

/* What the hosts of connection strings resolve to. */

export interface HostRecords {
  /** The name that the host is an alias of. Null if it has the addresses itself. */
  alias: string | null;
  addresses: readonly string[];
}

/** `isOther`: the records of another interface endpoint than the attached one. */
export function hostRecords(world: World, now: number, { host, index, way }: Node, isOther = false): HostRecords {
  if (way === null) return { alias: null, addresses: [publicAddress(host)] };
  const { service, attachment } = way;
  const { names, ownSide } = sandboxClouds[service.provider];
  const own = ownSide?.endpoint(world, attachment.id);
  const region = own?.region ?? fromAtlasRegion(service.provider, service.atlasRegion);
  const id = isOther ? otherId(attachment.id) : attachment.id;
  return { alias: names.alias(id, service.id, region), addresses: isOther ? [madeUpAddress(id)] : addressesOf() };

  function addressesOf(): readonly string[] {
    const chosen = names.addresses(attachment);
    if (chosen.length > 0) return [chosen[index % chosen.length] ?? ''];
    const interfaces = own ? networkInterfacesOf(world, own, now) : [];
    return interfaces.length > 0 ? interfaces.map(({ ip }) => ip) : [madeUpAddress(id)];
  }
}

/** Ids of endpoints end in hex digits, or in a name. */
function otherId(id: string): string {
  return id.replace(/[0-9a-z]+$/, (end) => digits(`other ${end}`, end.length));
}

/** A private address for an endpoint that the sandbox's cloud does not have. */
function madeUpAddress(name: string): string {
  return `10.${[0, 2, 4].map((at) => byteOf(name, at, 200) + 10).join('.')}`;
}

/** From the range for documentation (RFC 5737). */
export function publicAddress(name: string): string {
  return `203.0.113.${byteOf(name, 0, 254) + 1}`;
}

function byteOf(name: string, at: number, count: number): number {
  return Number.parseInt(digits(name, at + 2).slice(at), 16) % count;
}
