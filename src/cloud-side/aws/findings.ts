import { ignoreFailure } from '../../base/errors.js';
import { listed } from '../../base/listed.js';
import { cmd } from '../../base/shell.js';
import { opening } from '../inspect.js';
import { type Find, isFor, portsOf, type Surroundings, worst } from './path.js';

/** The checks of a VPC endpoint, by their ids. Each reads what it needs. */
export function findingsOf({ ec2, endpoint, place, groupsOf, clientOf }: Surroundings): Record<string, Find> {
  const { id, vpc, subnets, serviceName } = endpoint;
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
      const names = listed(endpoint.groups) || 'a security group; the interface endpoint has none';
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
      const [own, ofService] = await Promise.all([read, ec2.zones(serviceName)]);
      const zones = [...new Set(own.map(({ zone }) => zone))].sort();
      const shown = listed(zones) || 'none';
      if (ofService === null) return { result: 'success', detail: `${shown} (those of the service are not known)` };
      const missing = ofService.filter((zone) => !zones.includes(zone));
      if (missing.length === 0) return { result: 'success', detail: shown };
      return {
        result: 'warning',
        brief: `${id}: not in all zones`,
        detail: `in ${shown}, but not in ${listed(missing)}, where the service and its cluster nodes can be. If a zone fails, clients may lose the connection`,
        hint: 'Add a subnet in each zone of the service to the interface endpoint.',
      };
    },
  };
}
