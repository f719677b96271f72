import { BlockList } from 'node:net';

/** IPv4 ranges that are not routed on the internet. RFC 6598's are for carriers, but VPCs may use them too. */
const privateRanges: readonly [string, number][] = [
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['100.64.0.0', 10],
];

/** VPCs are not larger. */
const networkBits = 16;

export function isPrivate(address: string): boolean {
  return isWithin(address, privateRanges);
}

/** Whether two machines may be in one VPC. */
export function isNear(address: string, other: string): boolean {
  return isWithin(address, [[other, networkBits]]);
}

function isWithin(address: string, ranges: readonly [string, number][]): boolean {
  const list = new BlockList();
  for (const [net, prefix] of ranges) list.addSubnet(net, prefix);
  return list.check(address);
}
