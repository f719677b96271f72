import { isWithin } from '../../base/cidr.js';
import { objects, texts } from '../../base/json.js';
import { listed } from '../../base/lists.js';
import { cmd } from '../../base/shell.js';
import { type ClientPorts, type CloudFinding, checkTarget, type Inspection, opening, skippedFor } from '../checks.js';
import { shortName } from '../shapes.js';
import { type Compute, unlessDenied } from './compute.js';
import { type GcpAnswer, type GcpSubnet, type PscRule, projectIn } from './model.js';
import { ruleResources } from './terraform.js';

export function inspectRule(compute: Compute, rule: PscRule): Inspection {
  return {
    ...rule,
    network: shortName(rule.network),
    addresses: async () => (rule.ip === '' ? [] : [rule.ip]),
    check: async (id, ports) => {
      if (id === 'cloud-target') return checkTarget(rule.name, rule.target, ports.target);
      if (id === 'cloud-firewall') return unlessDenied(checkFirewall(compute, rule, ports), skippedFor);
      return checkReach(compute, rule, ports);
    },
    resources: async () => {
      const all = await unlessDenied(compute.addresses.list(), () => []);
      const address = all.find(({ ip, users }) => ip === rule.ip && users.includes(rule.name));
      return ruleResources(compute.project, rule, address);
    },
  };
}

/** Whether clients in other regions can connect, and whether this machine is one, as a subnet of the network shows. */
async function checkReach(google: Compute, rule: PscRule, { own, tcp }: ClientPorts): Promise<CloudFinding> {
  const { id, network, region, hasGlobalAccess } = rule;
  if (hasGlobalAccess) return { result: 'success', detail: 'for clients in all regions of the network' };
  const detail = `for clients in ${region} (no global access)`;
  const subnets = await unlessDenied(google.usableSubnets(projectIn(network)), () => []);
  const isOwn = (each: GcpSubnet) => each.network === network && own.some((address) => isWithin(address, each.cidr));
  const home = /\/regions\/([^/]+)/.exec(subnets.find(isOwn)?.path ?? '')?.[1] ?? region;
  const reached = home === region ? 'open' : await tcp();
  if (reached === 'open') return { result: 'success', detail };
  const where = cmd`--region ${region} --project ${google.project}`;
  const turnOn = cmd`gcloud compute forwarding-rules update ${id} --allow-psc-global-access ${where}`;
  return {
    // Another machine may have the same address by chance.
    result: reached === 'silent' ? 'error' : 'warning',
    brief: `${id}: no global access`,
    detail: `${detail}, but this machine seems to be in ${home}`,
    hint: { text: 'Allow clients in other regions. Google bills transfer between them:', commands: [turnOn.text] },
  };
}

/** Whether rules of the network deny egress. Policies of the organization are not read. */
async function checkFirewall(
  google: Compute,
  { id, ip, network }: PscRule,
  ports: ClientPorts,
): Promise<CloudFinding> {
  const needed = `TCP ${ports.from}-${ports.to} to ${ip}`;
  const { firewalls } = await google.firewalls(network);
  const rules = objects(firewalls).flatMap((rule) => toEgress(rule, ip));
  // If two have one priority, Google takes the one that denies. It allows what no rule denies.
  const sorted = rules.toSorted((a, b) => a.priority - b.priority || Number(b.isDenied) - Number(a.isDenied));
  const result = opening([...sorted, { fromPort: 0, toPort: 65_535 }], ports);
  if (result === 'success') return { result, detail: `${needed} is open` };
  const denying = rules.filter(({ isDenied }) => isDenied);
  const who = denying.every(({ isForSome }) => isForSome) ? ' for some machines' : '';
  return {
    result: who === '' ? result : 'warning',
    brief: `${id}: egress is blocked${who}`,
    detail: `${needed} is denied${who} by ${listed([...new Set(denying.map(({ name }) => name))])}`,
    hint: `Allow egress ${needed} with a higher priority.`,
  };
}

/** What a firewall rule says of TCP to an address. Nothing if it only allows it for some machines. */
function toEgress(rule: GcpAnswer, ip: string) {
  const { name, priority, direction, disabled, denied } = rule;
  const ranges = texts(rule.destinationRanges);
  const isHit = ranges.length === 0 || ranges.some((range) => isWithin(ip, range));
  const isForSome = [...texts(rule.targetTags), ...texts(rule.targetServiceAccounts)].length > 0;
  const isDenied = denied !== undefined;
  if (direction !== 'EGRESS' || disabled === true || !isHit || (isForSome && !isDenied)) return [];
  // 6 is TCP.
  const layers = objects(denied ?? rule.allowed).filter(({ IPProtocol }) =>
    ['tcp', '6', 'all'].includes(`${IPProtocol}`),
  );
  const ports = layers.flatMap((layer) => (texts(layer.ports).length > 0 ? texts(layer.ports) : ['0-65535']));
  return ports.map((range) => {
    const [fromPort = 0, toPort = fromPort] = range.split('-').map(Number);
    return { name: `${name}`, priority: Number(priority), isDenied, isForSome, fromPort, toPort };
  });
}
