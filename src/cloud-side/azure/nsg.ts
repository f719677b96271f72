import { text, texts } from '../../base/json.js';
import { isWithin } from '../../base/within.js';
import type { PortRule } from '../ports.js';
import { at } from './model.js';

/** An inbound rule of a network security group, for a range of TCP ports. */
type NsgRule = PortRule & { name: string };

/**
 * The inbound rules that hold for clients in the VNet, in their order. Rules for only some clients count if an own address
 * is among these.
 */
export function toNsgRules(answers: readonly unknown[], own: readonly string[]): NsgRule[] {
  const is = (rule: unknown, key: string, values: RegExp) => values.test(text(at(rule, 'properties', key)) ?? '');
  const both = (rule: unknown, one: string, many: string) =>
    [text(at(rule, 'properties', one)) ?? [], texts(at(rule, 'properties', many))].flat();
  const isForUs = (source: string) =>
    /^(?:\*|any|VirtualNetwork|0\.0\.0\.0\/0)$/i.test(source) ||
    own.some((address) => isWithin(address, source.includes('/') ? source : `${source}/32`));
  const priority = (rule: unknown) => Number(at(rule, 'properties', 'priority'));
  return answers
    .filter((rule) => is(rule, 'direction', /^inbound$/i) && is(rule, 'protocol', /^(?:tcp|\*)$/i))
    .filter((rule) => both(rule, 'sourceAddressPrefix', 'sourceAddressPrefixes').some(isForUs))
    .toSorted((a, b) => priority(a) - priority(b))
    .flatMap((rule) =>
      both(rule, 'destinationPortRange', 'destinationPortRanges').map((range) => {
        const [from = '', to = from] = range === '*' ? ['0', '65535'] : range.split('-');
        const name = text(at(rule, 'name')) ?? '';
        return { name, fromPort: Number(from), toPort: Number(to), isDenied: is(rule, 'access', /^deny$/i) };
      }),
    );
}
