import { BlockList, isIPv4 } from 'node:net';

/** Whether an IPv4 address is in a range such as `10.0.0.0/8`. False for what is neither. */
export function isWithin(address: string, cidr: string): boolean {
  const [net = '', bits = ''] = cidr.split('/');
  if (!isIPv4(net) || !/^(?:\d|[12]\d|3[0-2])$/.test(bits)) return false;
  const list = new BlockList();
  list.addSubnet(net, Number(bits));
  return list.check(address);
}
