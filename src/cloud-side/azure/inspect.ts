import { listed } from '../../base/listed.js';
import { once } from '../../base/once.js';
import { isSameId } from '../../clouds/shapes.js';
import type { CloudContext } from '../cloud-side.js';
import type { ClientPorts, CloudEnd, CloudFinding, Inspector } from '../inspect.js';
import { opening } from '../ports.js';
import { type Arm, type AzureAccess, openArm } from './arm.js';
import { isAzureDenied } from './explain.js';
import { lastPart } from './ids.js';
import { type AzureEndpoint, isInState, mayConnect, type VnetSubnet } from './model.js';
import { toNsgRules } from './nsg.js';

/** Private endpoints, with what clients need to reach them. Their ids name the subscription, so the region doesn't matter. */
export function openAzureInspector(access: AzureAccess, line: CloudContext): Inspector {
  const arm = openArm(access, line);
  return {
    inspect: async (id) => {
      const endpoint = await arm.endpoint(id);
      return endpoint && describe(arm, endpoint);
    },
    close: () => undefined,
  };
}

function describe(arm: Arm, endpoint: AzureEndpoint): CloudEnd {
  const { id, name, state, remark, vnet, address } = endpoint;
  const network = once(() => arm.vnet(vnet));
  const subnet = async () => (await network())?.subnets.find((each) => isSameId(each.id, endpoint.subnet));
  const checks: Record<string, (ports: ClientPorts) => Promise<CloudFinding>> = {
    'cloud-target': async ({ target }) => {
      if (target === null || isSameId(endpoint.target, target))
        return { result: 'success', detail: lastPart(endpoint.target) };
      return {
        result: 'error',
        brief: `${name}: connects to another service`,
        detail: `it connects to ${endpoint.target}, but the Atlas service is ${target}`,
        hint: 'Create another private endpoint for this service.',
      };
    },
    'cloud-nsg': async (ports) => checkRules(arm, name, await subnet(), ports),
    'cloud-dns-servers': async () => {
      const servers = (await network())?.dnsServers ?? [];
      if (servers.length === 0) return { result: 'success', detail: "Azure's own" };
      const detail = `${listed(servers)}; they must answer with private addresses for mongodb.net`;
      return { result: 'success', detail };
    },
  };
  return {
    id,
    state: remark === '' || isInState(endpoint, 'Approved') ? state : `${state} (${remark})`,
    stage: isInState(endpoint, 'Approved') ? 'connected' : mayConnect(endpoint) ? 'pending' : 'ended',
    network: lastPart(vnet),
    addresses: async () => (address === null ? [] : [address]),
    check: async (checkId, ports) => {
      const check = checks[checkId];
      if (!check) throw new Error(`Unknown check: ${checkId}`);
      return check(ports).catch((error: unknown) => {
        // The endpoint may work although nobody may read what is around it.
        if (!isAzureDenied(error)) throw error;
        return { result: 'skipped', detail: error.message.replace(/\.$/, '') };
      });
    },
    resources: async () => [],
  };
}

/** Whether the network security group of the subnet lets clients in. It counts only if the subnet says so. */
async function checkRules(
  arm: Arm,
  name: string,
  subnet: VnetSubnet | undefined,
  ports: ClientPorts,
): Promise<CloudFinding> {
  if (!subnet) return { result: 'skipped', detail: 'the subnet cannot be read' };
  if (subnet.nsg === null) return { result: 'success', detail: 'none' };
  const group = lastPart(subnet.nsg);
  if (!subnet.hasPolicies)
    return { result: 'success', detail: `${group} does not apply: network policies are off for private endpoints` };
  const rules = toNsgRules(await arm.nsgRules(subnet.nsg), ports.own);
  const result = opening(rules, ports);
  const needed = `TCP ${ports.from}-${ports.to}`;
  if (result === 'success') return { result, detail: `${group} allows ${needed}` };
  const denying = rules.filter((each) => each.isDenied && each.fromPort <= ports.to && each.toPort >= ports.from);
  const now = result === 'error' ? '' : '. The ports in use now are open, but Atlas changes ports';
  return {
    result,
    brief: `${name}: ports are closed`,
    detail: `${group} does not allow all of ${needed}; rules that deny: ${listed(denying.map((each) => each.name))}${now}`,
    hint: `Allow inbound ${needed} from your clients in ${group}.`,
  };
}
