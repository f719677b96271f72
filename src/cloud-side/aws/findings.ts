import { listed } from '../../base/listed.js';
import { cmd } from '../../base/shell.js';
import type { ClientPorts, CloudFinding } from '../inspect.js';
import type { Ec2 } from './ec2.js';
import type { Rule, VpcEndpoint, VpcGroup } from './model.js';

type Find = (ports: ClientPorts) => Promise<CloudFinding>;

/** The checks of a VPC endpoint, by their ids. Each reads what it needs. */
export function findingsOf(
  ec2: Ec2,
  endpoint: VpcEndpoint,
  region: string,
  groups: () => Promise<readonly VpcGroup[]>,
): Record<string, Find> {
  const { id, vpc, subnets, serviceName } = endpoint;
  return {
    'cloud-ports': async ({ from, to, inUse }) => {
      const openings = (await groups()).flatMap(({ rules }) => rules);
      const sources = wholeSources(openings, { from, to });
      if (sources.length > 0) return { result: 'success', detail: `TCP ${from}-${to} from ${listed(sources)}` };
      const used = await inUse();
      const isOpen = (port: number) => openings.some(({ fromPort, toPort }) => fromPort <= port && port <= toPort);
      const names = listed(endpoint.groups) || 'a security group; the interface endpoint has none';
      const hint = `Allow inbound TCP ${from}-${to} from your clients in ${names}.`;
      const open = openings.map((each) => `TCP ${portsOf(each)} from ${each.from}`);
      const detail = `inbound rules allow ${listed(open) || 'nothing'}; TCP ${from}-${to} is required`;
      const brief = `${id}: ports are closed`;
      if (used.length === 0 || !used.every(isOpen)) return { result: 'error', brief, detail, hint };
      const now = 'The ports in use now are open, but Atlas changes ports';
      return { result: 'warning', brief, detail: `${detail}. ${now}`, hint };
    },
    'cloud-dns': async () => {
      if (await ec2.resolvesNames(vpc)) return { result: 'success', detail: 'on' };
      const turnOn = cmd`aws ec2 modify-vpc-attribute --region ${region} --vpc-id ${vpc} --enable-dns-support`;
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

/** The sources from which all ports of a range are open. Several rules together may open it. */
function wholeSources(openings: readonly Rule[], { from, to }: { from: number; to: number }): string[] {
  return [...new Set(openings.map((each) => each.from))].filter((source) => {
    let next = from;
    const own = openings.filter((each) => each.from === source).toSorted((a, b) => a.fromPort - b.fromPort);
    for (const { fromPort, toPort } of own) if (fromPort <= next) next = Math.max(next, toPort + 1);
    return next > to;
  });
}

/** `443`, or `1024-65535`. */
function portsOf({ fromPort, toPort }: Rule): string {
  return fromPort === toPort ? `${fromPort}` : `${fromPort}-${toPort}`;
}
