import { isIPv4 } from 'node:net';

interface Range {
  first: number;
  bits: number;
}

/** Null if the text is not like `10.0.0.0/16`. Bits after the prefix are removed, as AWS does. */
export function parseCidr(text: string): Range | null {
  const [address = '', length = '', ...more] = text.split('/');
  const bits = Number(length);
  if (!isIPv4(address) || !/^\d{1,2}$/.test(length) || bits > 32 || more.length > 0) return null;
  const number = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  return { first: number - (number % 2 ** (32 - bits)), bits };
}

export function showCidr(range: Range): string {
  return `${addressIn(range, 0)}/${range.bits}`;
}

export function addressIn({ first }: Range, offset: number): string {
  const number = first + offset;
  return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.');
}

/** An address of a range that is not taken; undefined if there is none. The cloud needs the `first` and `last` ones. */
export function freeAddress(
  cidr: string,
  first: number,
  last: number,
  taken: readonly unknown[],
): string | undefined {
  const range = parseCidr(cidr);
  for (let offset = first; range && offset < sizeOf(range) - last; offset++) {
    const address = addressIn(range, offset);
    if (!taken.includes(address)) return address;
  }
  return undefined;
}

export function sizeOf({ bits }: Range): number {
  return 2 ** (32 - bits);
}

/** Whether an IPv4 address is in a range such as `10.0.0.0/8`. False for what is neither. */
export function isWithin(address: string, cidr: string) {
  const [range, one] = [parseCidr(cidr), parseCidr(`${address}/32`)];
  return range !== null && one !== null && one.first >= range.first && one.first < range.first + sizeOf(range);
}
