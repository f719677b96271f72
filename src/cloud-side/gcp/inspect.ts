import { objects, text, texts } from '../../base/json.js';
import { listed } from '../../base/listed.js';
import { isWithin } from '../../base/within.js';
import type { CloudContext } from '../cloud-side.js';
import type { ClientPorts, CloudFinding, Inspector } from '../inspect.js';
import { opening, type PortRule } from '../ports.js';
import { type Compute, type GcpAccess, openCompute } from './compute.js';
import { isGcpDenied } from './explain.js';
import { canConnect, type GcpAnswer, nameIn, type PscRule } from './model.js';

/** Forwarding rules of one region, with what clients need to reach them. */
export function openGcpInspector(region: string, access: GcpAccess, line: CloudContext): Inspector {
  const compute = openCompute(region, access, line);
  return {
    inspect: async (name) => {
      const rule = await compute.rule(name);
      if (!rule) return null;
      const isConnected = ['ACCEPTED', 'NEEDS_ATTENTION'].includes(rule.state);
      return {
        ...rule,
        stage: isConnected ? 'connected' : canConnect(rule) ? 'pending' : 'ended',
        network: nameIn(rule.network),
        addresses: async () => (rule.ip === '' ? [] : [rule.ip]),
        check: async (id, ports) => {
          if (id === 'cloud-target') return checkTarget(rule, ports);
          if (id === 'cloud-firewall') return checkFirewall(compute, rule, ports);
          const reach = rule.hasGlobalAccess ? 'all regions of the network' : `${region} (no global access)`;
          return { result: 'success', detail: `for clients in ${reach}` };
        },
        resources: async () => [],
      };
    },
    close: () => undefined,
  };
}

function checkTarget({ id, target }: PscRule, { target: wanted }: ClientPorts): CloudFinding {
  if (wanted === null || target === wanted) return { result: 'success', detail: nameIn(target) };
  return {
    result: 'error',
    brief: `${id}: wrong target`,
    detail: `connects to ${target || 'no service attachment'}, but the Atlas service has ${wanted}`,
    hint: 'A forwarding rule cannot change its target. Create another one and attach it before you remove this one.',
  };
}

async function checkFirewall(
  compute: Compute,
  { id, ip, network }: PscRule,
  ports: ClientPorts,
): Promise<CloudFinding> {
  const needed = `TCP ${ports.from}-${ports.to} to ${ip}`;
  try {
    const all = egressOf(await compute.firewalls(network), ip);
    // Egress that no rule denies is allowed. What denies it only for some machines may not be for those that connect.
    const [forAll, forSome] = [
      all.filter((rule) => !rule.isTargeted),
      all.filter((rule) => !rule.isTargeted || rule.isDenied),
    ];
    const open = (rules: readonly PortRule[]) => opening([...rules, { fromPort: 0, toPort: 65_535 }], ports);
    if ((await open(forSome)) === 'success') return { result: 'success', detail: `${needed} is open` };
    const result = await open(forAll);
    const who = result === 'success' ? ' for some machines' : '';
    const names = listed([...new Set(all.flatMap((rule) => (rule.isDenied ? rule.name : [])))]);
    return {
      result: result === 'error' ? 'error' : 'warning',
      brief: `${id}: egress is blocked${who}`,
      detail: `${needed} is denied${who} by ${names}`,
      hint: `Allow egress ${needed} with a higher priority.`,
    };
  } catch (error) {
    if (!isGcpDenied(error)) throw error;
    return { result: 'skipped', detail: error.message.replace(/\.$/, '') };
  }
}

interface Egress extends PortRule {
  name: string;
  /** It is only for some machines. */
  isTargeted: boolean;
}

/** The rules for TCP to an address, in Google's order: policies of the organization, the network's rules, its policies. */
function egressOf({ firewalls, firewallPolicys }: GcpAnswer, ip: string): Egress[] {
  const policies = objects(firewallPolicys);
  const upper = policies.filter(({ type }) => type === 'HIERARCHY');
  const groups = [...upper, { rules: firewalls }, ...policies.filter((each) => !upper.includes(each))];
  return groups.flatMap(({ rules }) => {
    const rank = ({ priority, action, denied }: GcpAnswer) =>
      Number(priority) * 2 + (action === 'deny' || denied ? 0 : 1);
    const fitting = objects(rules).filter(({ direction, disabled, destinationRanges, match, action }) => {
      const ranges = [...texts(destinationRanges), ...texts(Object(match).destIpRanges)];
      // A policy can also name countries, domain names or the internet, which a private address is not in.
      const isElsewhere = Object.keys(Object(match)).some((key) => key.startsWith('dest'));
      const isFor = ranges.length === 0 ? !isElsewhere : ranges.some((range) => isWithin(ip, range));
      return direction === 'EGRESS' && disabled !== true && action !== 'goto_next' && isFor;
    });
    return fitting.toSorted((a, b) => rank(a) - rank(b)).flatMap((rule) => egressPorts(rule));
  });
}

function egressPorts(rule: GcpAnswer): Egress[] {
  const { denied, allowed, match } = rule;
  const isDenied = rule.action === 'deny' || denied !== undefined;
  const name = text(rule.name) ?? text(rule.ruleName) ?? `rule ${rule.priority} of a firewall policy`;
  const targets = [rule.targetTags, rule.targetServiceAccounts, rule.targetSecureTags];
  const isTargeted = targets.some((each) => Array.isArray(each) && each.length > 0);
  return objects(denied ?? allowed ?? Object(match).layer4Configs).flatMap(({ IPProtocol, ipProtocol, ports }) => {
    // 6 is TCP.
    if (!['tcp', '6', 'all'].includes(`${IPProtocol ?? ipProtocol}`)) return [];
    const ranges = texts(ports).length > 0 ? texts(ports) : ['0-65535'];
    return ranges.map((range) => {
      const [fromPort = 0, toPort = fromPort] = range.split('-').map(Number);
      return { fromPort, toPort, isDenied, name, isTargeted };
    });
  });
}
