import { listed } from '../../base/listed.js';
import { hasSide } from '../../cloud-side/all.js';
import type { CloudEnd } from '../../cloud-side/inspect.js';
import { clouds } from '../../clouds/all.js';
import { bad, type Category, type Check, checksOver, type Finding, good, skipped, warning } from './check.js';
import type { Facts } from './facts.js';
import { type InterfaceSubject, interfacesIn } from './interface.js';
import { isOfThisMachine } from './network.js';
import { hostsIn } from './strings.js';

type EndCheck = Check<InterfaceSubject, Facts>;

/** A check on what the cloud says about the user's end, which the check of its existence has read. */
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
      return end ? check.judge(end, subject, facts) : good('');
    },
  };
}

const endpoint: EndCheck = {
  id: 'cloud-endpoint',
  title: 'State in the cloud account',
  needs: [],
  run: async ({ service, id }, { cloudEnd }) => {
    const end = await cloudEnd(service, id);
    const { title } = clouds[service.provider];
    if (end === null) {
      return bad({
        brief: `${id} is not in the ${title} account`,
        detail: `the ${title} account does not have it in ${service.region}`,
        hint: 'Check which account is signed in, and the region of the interface endpoint.',
      });
    }
    const where = `${end.state} in ${end.network}`;
    if (end.stage === 'connected') return good(where);
    const hint =
      end.stage === 'pending'
        ? 'Atlas accepts it after it is attached, which can take some minutes.'
        : 'It does not work any more. Create another interface endpoint and attach it before you remove this one.';
    return bad({ brief: `${id} is ${end.state}`, detail: where, hint });
  },
};

const addresses = onEnd({
  id: 'cloud-addresses',
  title: 'Addresses as in DNS',
  judge: async ({ addresses }, { service, id }, facts) => {
    const hosts = (await hostsIn(facts)).filter(({ services }) => services.includes(service));
    const resolved = [...new Set((await Promise.all(hosts.map(({ host }) => facts.resolver.addresses(host)))).flat())];
    const shown = listed(addresses) || 'none';
    const foreign = resolved.filter((each) => !addresses.includes(each));
    if (resolved.length === 0)
      return warning({ brief: `${id}: no DNS`, detail: `${shown}; DNS has no addresses to compare` });
    if (foreign.length === 0) return good(shown);
    if (foreign.every(isOfThisMachine)) return skipped('the sandbox answers on this machine');
    return bad({
      brief: `${id}: DNS has other addresses`,
      detail: `the interface endpoint has ${shown}, but DNS has ${listed(foreign)}`,
      hint: 'If the interface endpoint was replaced, wait some minutes. Otherwise check which DNS server answers.',
    });
  },
});

const ports = onEnd({
  id: 'cloud-ports',
  title: 'Security groups',
  judge: async ({ openings, guards }, { service, id }, facts) => {
    const { from, to } = clouds[service.provider].service.ports(service);
    const whole = openings.filter(({ fromPort, toPort }) => fromPort <= from && toPort >= to);
    if (whole.length > 0) return good(`TCP ${from}-${to} from ${listed(whole.map((each) => each.from))}`);
    const hosts = (await hostsIn(facts)).filter(({ services }) => services.includes(service));
    const used = [...new Set(hosts.flatMap((host) => host.ports))];
    const isOpen = (port: number) => openings.some(({ fromPort, toPort }) => fromPort <= port && port <= toPort);
    const hint = `Let in TCP ${from}-${to} from your clients: ${listed(guards) || 'the interface endpoint has no security group'}.`;
    const open = openings.map(({ fromPort, toPort, from: source }) => `${fromPort}-${toPort} from ${source}`);
    const detail = `they let in ${listed(open) || 'nothing'}, not TCP ${from}-${to}`;
    const brief = `${id}: ports are closed`;
    if (used.length > 0 && used.every(isOpen)) {
      return warning({ brief, detail: `${detail}; the ports in use now are open, but Atlas changes ports`, hint });
    }
    return bad({ brief, detail, hint });
  },
});

const names = onEnd({
  id: 'cloud-dns',
  title: 'DNS in the VPC',
  judge: ({ resolvesNames, network, turnOnNames }, { id }) =>
    resolvesNames
      ? good('on')
      : bad({
          brief: `${id}: no DNS in the VPC`,
          detail: `enableDnsSupport of ${network} is off, so machines there cannot use its DNS server`,
          hint: { text: 'Turn it on:', commands: [turnOnNames] },
        }),
});

const zones = onEnd({
  id: 'cloud-zones',
  title: 'Zones',
  judge: ({ zones, serviceZones }, { id }) => {
    const missing = serviceZones?.filter((zone) => !zones.includes(zone)) ?? [];
    if (serviceZones === null) return good(`${listed(zones)} (those of the service are not known)`);
    if (missing.length === 0) return good(listed(zones));
    return warning({
      brief: `${id}: not in all zones`,
      detail: `${listed(zones) || 'none'}, but nodes of clusters can be in ${listed(missing)} too: if a zone fails, clients may lose the connection`,
      hint: 'Add a subnet in each zone of the service to the interface endpoint.',
    });
  },
});

/** The interface endpoints in the clouds that can be asked. */
async function endsIn(facts: Facts): Promise<InterfaceSubject[]> {
  return (await interfacesIn(facts)).filter(({ service }) => hasSide(service.provider));
}

export const cloudChecks: Category<Facts> = {
  name: 'cloud',
  title: 'Cloud account',
  groups: [
    checksOver(endsIn, 'there is no interface endpoint in a cloud that can be asked (AWS)', [
      endpoint,
      addresses,
      ports,
      names,
      zones,
    ]),
  ],
};
