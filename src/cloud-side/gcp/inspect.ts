import { objects, text, texts } from '../../base/json.js';
import { listed } from '../../base/listed.js';
import { isWithin } from '../../base/within.js';
import type { CloudContext } from '../cloud-side.js';
import type { ClientPorts, CloudFinding, Inspector } from '../inspect.js';
import { opening } from '../ports.js';
import { type Compute, type GcpAccess, openCompute } from './compute.js';
import { unlessDenied } from './explain.js';
import { canConnect, type GcpAnswer, nameIn, type PscRule } from './model.js';

/** Forwarding rules of one region, with what clients need to reach them. */
export function openGcpInspector(region: string, access: GcpAccess, line: CloudContext): Inspector {
  const compute = openCompute(region, access, line);
  return {
    inspect: async (name) => {
      const rule = await compute.rules.get(name);
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

async function checkFirewall(google: Compute, { id, ip, network }: PscRule, ports: ClientPorts): Promise<CloudFinding> {
  const needed = `TCP ${ports.from}-${ports.to} to ${ip}`;
  const check = async (): Promise<CloudFinding> => {
    const rules = egressOf(await google.firewalls(network), ip);
    // Google allows egress that no rule denies.
    const rest = { fromPort: 0, toPort: 65_535 };
    // What denies it for some machines may not be for those that connect.
    const forMost = opening([...rules.filter(({ isForSome }) => !isForSome), rest], ports);
    const forAll = opening([...rules.filter(({ isForSome, isDenied }) => !isForSome || isDenied), rest], ports);
    if (forAll === 'success') return { result: 'success', detail: `${needed} is open` };
    const who = forMost === 'success' ? ' for some machines' : '';
    const names = listed([...new Set(rules.flatMap(({ name, isDenied }) => (isDenied ? name : [])))]);
    return {
      result: forMost === 'error' ? 'error' : 'warning',
      brief: `${id}: egress is blocked${who}`,
      detail: `${needed} is denied${who} by ${names}`,
      hint: `Allow egress ${needed} with a higher priority.`,
    };
  };
  return unlessDenied(check(), ({ message }) => ({ result: 'skipped', detail: message.replace(/\.$/, '') }));
}

/** The rules for TCP to an address, in Google's order: policies of the organization, the network's rules, its policies. */
function egressOf({ firewalls, firewallPolicys }: GcpAnswer, ip: string) {
  const policies = objects(firewallPolicys);
  const upper = policies.filter(({ type }) => type === 'HIERARCHY');
  const groups = [...upper, { rules: firewalls }, ...policies.filter((each) => !upper.includes(each))];
  return groups.flatMap(({ rules }) => {
    const read = objects(rules).map(toEgress);
    const fitting = read.filter(({ isEgress, ranges }) => isEgress && ranges.some((range) => isWithin(ip, range)));
    // If two have one priority, Google takes the one that denies.
    const sorted = fitting.toSorted((a, b) => a.priority - b.priority || Number(b.isDenied) - Number(a.isDenied));
    return sorted.flatMap(({ ports, ...rule }) => ports.map((each) => ({ ...rule, ...each })));
  });
}

/** A firewall rule, or a rule of a policy. It is for all addresses if it names none. */
function toEgress(rule: GcpAnswer) {
  const { direction, disabled, action, allowed, denied, priority, destinationRanges } = rule;
  const match: GcpAnswer = Object(rule.match);
  // A policy can also name countries, domain names or the internet, which a private address is not in.
  const isElsewhere = Object.keys(match).some((key) => key.startsWith('dest'));
  const ranges = [...texts(destinationRanges), ...texts(match.destIpRanges)];
  const layers = objects(denied ?? allowed ?? match.layer4Configs);
  // 6 is TCP.
  const forTcp = layers.filter((each) => ['tcp', '6', 'all'].includes(`${each.IPProtocol ?? each.ipProtocol}`));
  const isListed = (targets: unknown) => Array.isArray(targets) && targets.length > 0;
  return {
    name: text(rule.name) ?? text(rule.ruleName) ?? `rule ${priority} of a firewall policy`,
    priority: Number(priority),
    isEgress: direction === 'EGRESS' && disabled !== true && action !== 'goto_next',
    isDenied: action === 'deny' || denied !== undefined,
    /** Whether it is only for some machines. */
    isForSome: [rule.targetTags, rule.targetServiceAccounts, rule.targetSecureTags].some(isListed),
    ranges: ranges.length > 0 || isElsewhere ? ranges : ['0.0.0.0/0'],
    ports: forTcp.flatMap(({ ports }) => (texts(ports).length > 0 ? texts(ports) : ['0-65535']).map(toPorts)),
  };
}

function toPorts(range: string) {
  const [fromPort = 0, toPort = fromPort] = range.split('-').map(Number);
  return { fromPort, toPort };
}
