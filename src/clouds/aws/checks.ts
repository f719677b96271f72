import { ignoreFailure } from '../../base/errors.js';
import { listed } from '../../base/lists.js';
import { cmd } from '../../base/shell.js';
import { type Inspection, opening, skippedFor } from '../checks.js';
import type { VpcEndpoint } from './answers.js';
import type { Access, Ec2 } from './ec2.js';
import { isDenied } from './explain.js';
import { type Find, isFor, pathFindings, portsOf, type Surroundings, surroundingsOf, worst } from './path.js';
import { vpcResources } from './terraform.js';

/** A VPC endpoint with what clients need to reach it. `client`: what the path is checked from. */
export function inspectVpcEndpoint(ec2: Ec2, endpoint: VpcEndpoint, access: Access, client?: string): Inspection {
  const surroundings = surroundingsOf(ec2, endpoint, access, client);
  const path = pathFindings(surroundings);
  const findings = { ...findingsOf(surroundings), ...path };
  return {
    ...endpoint,
    network: endpoint.vpc,
    addresses: async () => (await surroundings.endsOf()).map(({ address }) => address),
    check: async (checkId, ports) => {
      const find = findings[checkId];
      if (!find) throw new Error(`Unknown check: ${checkId}`);
      return find(ports).catch((error: unknown) => {
        if (!isDenied(error) || path[checkId] === undefined) throw error;
        return skippedFor(error);
      });
    },
    resources: async () => vpcResources(endpoint, await surroundings.groupsOf()),
  };
}

function findingsOf({ ec2, endpoint, place, groupsOf, clientOf }: Surroundings): Record<string, Find> {
  const { id, vpc, subnets, target, uses: groups } = endpoint;
  return {
    'cloud-ports': async (ports) => {
      // Another check says why the client can't be read.
      const [read, client] = await Promise.all([groupsOf(), clientOf(ports).catch(ignoreFailure)]);
      const all = read.flatMap(({ rules }) => rules);
      const needed = `TCP ${ports.from}-${ports.to}`;
      const sources = listed([...new Set(all.flatMap(({ from, toPort }) => (toPort < ports.from ? [] : from)))]);
      const own = client ? all.filter((each) => isFor(each, client.source?.address, client.groups)) : all;
      const result = opening(own, ports);
      if (result === 'success') return { result, detail: `${needed} from ${sources}` };
      const names = listed(groups) || 'a security group; the interface endpoint has none';
      const hint = `Allow inbound ${needed} from ${client?.name ?? 'your clients'} in ${names}.`;
      if (client && opening(all, ports) === 'success') {
        const detail = `open, but not from ${client.name}: ${needed} from ${sources}`;
        return { result: worst([{ result }], client), brief: `${id}: closed for ${client.name}`, detail, hint };
      }
      const open = listed(all.map((each) => `${portsOf(each)} from ${each.from}`)) || 'nothing';
      const now = result === 'error' ? '' : '. The ports in use now are open, but Atlas changes ports';
      const detail = `inbound rules allow ${open}; ${needed} is required${now}`;
      return { result, brief: `${id}: ports are closed`, detail, hint };
    },
    'cloud-dns': async () => {
      if (await ec2.resolvesNames(vpc)) return { result: 'success', detail: 'on' };
      const turnOn = cmd`aws ec2 modify-vpc-attribute ${place} --vpc-id ${vpc} --enable-dns-support`;
      return {
        result: 'error',
        brief: `${id}: no DNS in the VPC`,
        detail: `enableDnsSupport of ${vpc} is off, so machines there cannot use its DNS server`,
        hint: { text: 'Turn it on:', commands: [turnOn.text] },
      };
    },
    'cloud-zones': async () => {
      const read = subnets.length > 0 ? ec2.subnets({ ids: subnets }) : [];
      const [own, ofService] = await Promise.all([read, ec2.zones(target)]);
      const zones = [...new Set(own.map(({ zone }) => zone))].sort();
      const shown = listed(zones) || 'none';
      if (ofService === null) return { result: 'success', detail: `${shown} (those of the service are not known)` };
      const missing = ofService.filter((zone) => !zones.includes(zone));
      if (missing.length === 0) return { result: 'success', detail: shown };
      return {
        result: 'warning',
        brief: `${id}: not in all zones`,
        detail:
          `in ${shown}, but not in ${listed(missing)}, where the service and its ` +
          'cluster nodes can be. If a zone fails, clients may lose the connection',
        hint: 'Add a subnet in each zone of the service to the interface endpoint.',
      };
    },
  };
}
