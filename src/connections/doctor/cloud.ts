import { isLoopbackAddress } from '../../atlas/base-url.js';
import { text, texts } from '../../base/json.js';
import { listed } from '../../base/listed.js';
import { hasSide } from '../../cloud-side/all.js';
import type { CloudEnd } from '../../cloud-side/inspect.js';
import { clouds } from '../../clouds/all.js';
import { bad, type Check, checksOver, type Finding, good, skipped, warning } from './check.js';
import { endpointIn } from './dns.js';
import type { Facts } from './facts.js';
import { type InterfaceSubject, interfacesIn } from './interface.js';
import { type HostSubject, hostsIn } from './strings.js';

type EndCheck = Check<Facts, InterfaceSubject>;

/** A check on what the cloud says about the user's end, which the check of its state has read. */
function onEnd(
  check: Pick<EndCheck, 'id' | 'title'> & {
    judge(end: CloudEnd, subject: InterfaceSubject, facts: Facts): Finding | Promise<Finding>;
  },
): EndCheck {
  return {
    id: check.id,
    title: check.title,
    needs: ['cloud-endpoint'],
    run: async (subject, facts) => {
      const end = await facts.cloudEnd(subject.service, subject.id);
      return end ? check.judge(end, subject, facts) : skipped('the cloud account does not have it');
    },
  };
}

const endpoint: EndCheck = {
  id: 'cloud-endpoint',
  title: 'State in the cloud account',
  needs: ['interface-attached'],
  run: async ({ service, id }, { cloudEnd }) => {
    const end = await cloudEnd(service, id);
    const { title } = clouds[service.provider];
    if (end === null) {
      const regions = [service.region, ...texts(service.supportedRemoteRegions)];
      return bad({
        brief: `${id} is not in the ${title} account`,
        detail: `not found in this ${title} account (${listed(regions)})`,
        hint: 'Check which account is signed in, and the region of the interface endpoint.',
      });
    }
    const where = `${end.state} in ${end.network}`;
    if (end.stage === 'connected') return good(where);
    const hint =
      end.stage === 'pending'
        ? 'Atlas accepts it after it is attached, which can take a few minutes.'
        : 'It no longer works. Create another interface endpoint and attach it before you remove this one.';
    return bad({ brief: `${id} is ${end.state}`, detail: where, hint });
  },
};

const addresses = onEnd({
  id: 'cloud-addresses',
  title: 'DNS matches the interface endpoint',
  judge: async (end, { id }, facts) => {
    const own = await end.addresses();
    const hosts = await hostsOf(id, facts);
    const resolved = [...new Set((await Promise.all(hosts.map(({ host }) => facts.resolver.addresses(host)))).flat())];
    const shown = listed(own) || 'no address';
    if (resolved.length === 0) return skipped('no host name resolves to it');
    const foreign = resolved.filter((each) => !own.includes(each));
    if (foreign.length === 0) return good(shown);
    if (facts.isLocalAtlas && foreign.every(isLoopbackAddress)) return skipped('the sandbox answers on this machine');
    return bad({
      brief: `${id}: DNS has other addresses`,
      detail: `the interface endpoint has ${shown}, but DNS has ${listed(foreign)}`,
      hint: 'If the interface endpoint was replaced, wait a few minutes. Otherwise check which DNS server this machine uses.',
    });
  },
});

const ports = onEnd({
  id: 'cloud-ports',
  title: 'Security groups',
  judge: async (end, { service, id }, facts) => {
    const openings = await end.openings();
    const { from, to } = clouds[service.provider].service.ports(service);
    const sources = wholeSources(openings, { from, to });
    if (sources.length > 0) return good(`TCP ${from}-${to} from ${listed(sources)}`);
    const used = [...new Set((await hostsOf(id, facts)).flatMap((host) => host.ports))];
    const isOpen = (port: number) => openings.some(({ fromPort, toPort }) => fromPort <= port && port <= toPort);
    const groups = listed(end.guards) || 'a security group; the interface endpoint has none';
    const hint = `Allow inbound TCP ${from}-${to} from your clients in ${groups}.`;
    const open = openings.map((each) => `TCP ${portsOf(each)} from ${each.from}`);
    const detail = `inbound rules allow ${listed(open) || 'nothing'}; TCP ${from}-${to} is required`;
    const brief = `${id}: ports are closed`;
    if (used.length > 0 && used.every(isOpen)) {
      return warning({ brief, detail: `${detail}. The ports in use now are open, but Atlas changes ports`, hint });
    }
    return bad({ brief, detail, hint });
  },
});

const names = onEnd({
  id: 'cloud-dns',
  title: 'DNS in the VPC',
  judge: async ({ resolvesNames, network, turnOnNames }, { id }) =>
    (await resolvesNames())
      ? good('on')
      : bad({
          brief: `${id}: no DNS in the VPC`,
          detail: `enableDnsSupport of ${network} is off, so machines there cannot use its DNS server`,
          hint: { text: 'Turn it on:', commands: [turnOnNames] },
        }),
});

const zones = onEnd({
  id: 'cloud-zones',
  title: 'Availability zones',
  judge: async (end, { id }) => {
    const [own, ofService] = await Promise.all([end.zones(), end.serviceZones()]);
    const shown = listed(own) || 'none';
    if (ofService === null) return good(`${shown} (those of the service are not known)`);
    const missing = ofService.filter((zone) => !own.includes(zone));
    if (missing.length === 0) return good(shown);
    return warning({
      brief: `${id}: not in all zones`,
      detail: `${shown}, but not ${listed(missing)}, where the service and its cluster nodes can be. If a zone fails, clients may lose the connection`,
      hint: 'Add a subnet in each zone of the service to the interface endpoint.',
    });
  },
});

/** The hosts that resolve to an interface endpoint; by their strings, if the names don't tell. */
async function hostsOf(id: string, facts: Facts): Promise<HostSubject[]> {
  const hosts = await hostsIn(facts);
  const named = await Promise.all(hosts.map(async (host) => ({ host, id: await endpointIn(host, facts) })));
  return named.flatMap(({ host, id: found }) => {
    const { endpointIds } = host;
    return (found ?? text(endpointIds.length === 1 ? endpointIds[0] : null)) === id ? [host] : [];
  });
}

/** The interface endpoints in the clouds that can be read. */
async function endsIn(facts: Facts): Promise<InterfaceSubject[]> {
  return (await interfacesIn(facts)).filter(({ service }) => hasSide(service.provider));
}

export const cloudChecks = [
  checksOver(endsIn, 'there is no AWS interface endpoint to check', [endpoint, addresses, ports, names, zones]),
];

type Opening = Awaited<ReturnType<CloudEnd['openings']>>[number];

/** The sources from which all ports of a range are open. Several rules together may open it. */
function wholeSources(openings: readonly Opening[], { from, to }: { from: number; to: number }): string[] {
  return [...new Set(openings.map((each) => each.from))].filter((source) => {
    let next = from;
    const own = openings.filter((each) => each.from === source).toSorted((a, b) => a.fromPort - b.fromPort);
    for (const { fromPort, toPort } of own) if (fromPort <= next) next = Math.max(next, toPort + 1);
    return next > to;
  });
}

/** `443`, or `1024-65535`. */
function portsOf({ fromPort, toPort }: Opening): string {
  return fromPort === toPort ? `${fromPort}` : `${fromPort}-${toPort}`;
}
