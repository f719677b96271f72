import { text, texts } from '../../base/json.js';
import { isWithin } from '../../base/within.js';
import { at } from './model.js';

/** An inbound rule of a network security group, for TCP. */
export interface NsgRule {
  name: string;
  priority: number;
  isAllowing: boolean;
  /** Ranges, addresses, or the names of groups of addresses. */
  sources: readonly string[];
  ports: readonly Ports[];
}

interface Ports {
  from: number;
  to: number;
}

/** Empty if it is no rule for inbound TCP. */
export function toRules(answer: unknown): NsgRule[] {
  const properties = at(answer, 'properties');
  const is = (key: string, values: RegExp) => values.test(text(at(properties, key)) ?? '');
  if (!is('direction', /^inbound$/i) || !is('protocol', /^(?:tcp|\*)$/i)) return [];
  const both = (one: string, many: string) => [text(at(properties, one)) ?? [], texts(at(properties, many))].flat();
  return [
    {
      name: text(at(answer, 'name')) ?? '',
      priority: Number(at(properties, 'priority')),
      isAllowing: is('access', /^allow$/i),
      sources: both('sourceAddressPrefix', 'sourceAddressPrefixes'),
      ports: both('destinationPortRange', 'destinationPortRanges').map((range) => {
        const [from = '0', to = from] = range === '*' ? ['0', '65535'] : range.split('-');
        return { from: Number(from), to: Number(to) };
      }),
    },
  ];
}

/**
 * The ports that clients in the VNet can't reach, and the rules that close them. Rules for only some clients are read as
 * if they closed nothing and, if an own address is among them, opened something.
 */
export function blockedPorts(
  rules: readonly NsgRule[],
  { from, to, own }: Ports & { own: readonly string[] },
): (Ports & { by: string })[] {
  const blocked: (Ports & { by: string })[] = [];
  let open: Ports[] = [{ from, to }];
  for (const { isAllowing, sources, ports, name } of rules.toSorted((a, b) => a.priority - b.priority)) {
    const isForAll = sources.some((each) => /^(?:\*|any|VirtualNetwork|0\.0\.0\.0\/0)$/i.test(each));
    const isForOwn = sources.some((source) =>
      own.some((address) => isWithin(address, source.includes('/') ? source : `${source}/32`)),
    );
    if (!isForAll && !isForOwn) continue;
    for (const range of ports) {
      if (!isAllowing)
        blocked.push(...open.flatMap((each) => overlap(each, range)).map((each) => ({ ...each, by: name })));
      open = open.flatMap((each) => without(each, range));
    }
  }
  return blocked;
}

function overlap(a: Ports, b: Ports): Ports[] {
  const common = { from: Math.max(a.from, b.from), to: Math.min(a.to, b.to) };
  return common.from <= common.to ? [common] : [];
}

function without({ from, to }: Ports, gone: Ports): Ports[] {
  const parts = [
    { from, to: Math.min(to, gone.from - 1) },
    { from: Math.max(from, gone.to + 1), to },
  ];
  return parts.filter((each) => each.from <= each.to);
}
