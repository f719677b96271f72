import { at, objects, text, texts } from '../../base/json.js';
import { listed } from '../../base/lists.js';
import { once } from '../../base/once.js';
import { type ClientPorts, type CloudFinding, checkTarget, type Inspection } from '../checks.js';
import { unlessRefused } from '../errors.js';
import { isSameId } from '../shapes.js';
import { type Arm, denials } from './arm.js';
import { idParts } from './facts.js';
import type { AzureEndpoint, VnetSubnet } from './model.js';
import { privateEndpointResources } from './terraform.js';

export function inspectPrivateEndpoint(arm: Arm, endpoint: AzureEndpoint): Inspection {
  const { state, stage, remark, subnet, address } = endpoint;
  const { vnetId } = idParts(subnet);
  const subnets = once(() => arm.subnetsOf(vnetId));
  return {
    ...endpoint,
    state: remark === '' || stage === 'connected' ? state : `${state} (${remark})`,
    network: idParts(vnetId).name,
    addresses: async () => (address === null ? [] : [address]),
    resources: async () => privateEndpointResources(endpoint),
    check: async (check, ports) => {
      if (check === 'cloud-target') return checkTarget(endpoint.name, endpoint.target, ports.target);
      // The endpoint may work although nobody may read what is around it.
      const found = await unlessRefused(subnets(), ...denials);
      const own = found?.find((each) => isSameId(each.id, subnet));
      if (!own) return { result: 'skipped', detail: 'the subnet cannot be read' };
      if (check === 'cloud-nsg') return checkNsg(arm, own, ports);
      const servers = listed(own.dnsServers);
      const detail = servers && `${servers}; they must answer with private addresses for mongodb.net`;
      return { result: 'success', detail: detail || "Azure's own" };
    },
  };
}

/** Whether the network security group of the subnet lets clients in. It counts only if the subnet says so. */
async function checkNsg(arm: Arm, subnet: VnetSubnet, ports: ClientPorts): Promise<CloudFinding> {
  if (subnet.nsg === null) return { result: 'success', detail: 'none' };
  const group = idParts(subnet.nsg).name;
  const off = `${group} does not apply: network policies are off for private endpoints`;
  if (!subnet.hasPolicies) return { result: 'success', detail: off };
  const rules = await unlessRefused(arm.nsgRules(subnet.nsg), ...denials);
  if (!rules) return { result: 'skipped', detail: `${group} cannot be read` };
  const denying = denyingRules(rules, ports);
  const needed = `TCP ${ports.from}-${ports.to}`;
  if (denying.length === 0) return { result: 'success', detail: `${group} has no rule that denies ${needed}` };
  return {
    result: 'warning',
    brief: `${group}: ports may be closed`,
    detail: `${group} has rules that deny some of ${needed} if no rule before them allows it: ${listed(denying)}`,
    hint: `Allow inbound ${needed} from your clients in ${group}.`,
  };
}

export function denyingRules(rules: readonly unknown[], { from, to }: Pick<ClientPorts, 'from' | 'to'>): string[] {
  const denies = (properties: unknown) => {
    const is = (key: string, values: RegExp) => values.test(text(at(properties, key)) ?? '');
    const ranges = [at(properties, 'destinationPortRange'), at(properties, 'destinationPortRanges')].flat();
    const isHit = texts(ranges).some((range) => {
      const [low = 0, high = low] = (range === '*' ? '0-65535' : range).split('-').map(Number);
      return low <= to && high >= from;
    });
    return is('direction', /^inbound$/i) && is('access', /^deny$/i) && is('protocol', /^(?:tcp|\*)$/i) && isHit;
  };
  return objects(rules).flatMap(({ name, properties }) => (denies(properties) ? `${name}` : []));
}
