import { isLoopbackAddress } from '../../atlas/base-url.js';
import { texts } from '../../base/json.js';
import { listed } from '../../base/listed.js';
import { sideOf } from '../../cloud-side/all.js';
import type { CloudEntry } from '../../cloud-side/entry.js';
import type { ClientPorts, CloudEnd } from '../../cloud-side/inspect.js';
import { clouds, type Provider, providers } from '../../clouds/all.js';
import { isSameId } from '../../clouds/shapes.js';
import { isOlder } from '../../endpoints/port-mapping.js';
import { bad, type Category, type Check, checksOver, type Finding, good, skipped, warning } from './check.js';
import { endpointIn } from './dns.js';
import { type Facts, orNone } from './facts.js';
import { type InterfaceSubject, interfacesIn } from './interface.js';
import { isOpen, reachAll } from './reach-hosts.js';
import { type HostSubject, hostsIn } from './strings.js';
import { statesOf } from './summary.js';

type EndCheck = Check<Facts, InterfaceSubject>;

type Find = (end: CloudEnd, subject: InterfaceSubject, facts: Facts) => Promise<Finding>;

/** A check on what the cloud says about the user's end, which the check of its state has read. */
function onEnd({ id, title, needs = [] }: CloudEntry['checks'][number], find: Find): EndCheck {
  return {
    id,
    title,
    needs: ['cloud-endpoint', ...needs],
    run: async (subject, facts) => {
      const end = await facts.cloudEnd(subject.service, subject.id);
      return end ? find(end, subject, facts) : skipped('the cloud account does not have it');
    },
  };
}

const endpoint: EndCheck = {
  id: 'cloud-endpoint',
  title: 'State in the cloud account',
  needs: ['interface-attached'],
  run: async ({ service, id }, { cloudEnd }) => {
    if (isOlder(service)) return skipped('doctor cannot check several forwarding rules: convert it to port mapping');
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

const addresses = onEnd(
  { id: 'cloud-addresses', title: 'DNS matches the interface endpoint' },
  async (end, { id }, facts) => {
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
);

/** The checks that only one cloud has. */
function checksOf(provider: Provider, hasNetwork: boolean): EndCheck[] {
  return sideOf(provider).checks.map((check) =>
    onEnd(check, async (end, subject, facts) => {
      const hosts = await orNone(hostsOf(subject.id, facts));
      const inUse = [...new Set(hosts.flatMap((host) => host.ports))];
      const tcp = async () => (hasNetwork ? connectTo(hosts, facts) : null);
      const { ports, target } = clouds[provider].service;
      const known = { own: facts.ownAddresses, target: target(subject.service) };
      const found = await end.check(check.id, { ...ports(subject.service), ...known, inUse, tcp });
      if (found.result === 'success') return good(found.detail);
      if (found.result === 'skipped') return skipped(found.detail);
      return found.result === 'warning' ? warning({ ...found, blocks: true }) : bad(found);
    }),
  );
}

async function connectTo(hosts: readonly HostSubject[], facts: Facts): ReturnType<ClientPorts['tcp']> {
  const tried = (await Promise.all(hosts.map((host) => orNone(reachAll(host, facts))))).flat();
  if (tried.some(({ failed }) => failed === 'silent' || failed === 'unreachable')) return 'silent';
  return tried.some(isOpen) ? 'open' : null;
}

/** The hosts that resolve to an interface endpoint; by their strings, if the names don't tell. */
async function hostsOf(id: string, facts: Facts): Promise<HostSubject[]> {
  const hosts = await hostsIn(facts);
  const named = await Promise.all(hosts.map((host) => endpointIn(host, facts)));
  return hosts.filter(({ endpointIds }, index) => {
    const only = endpointIds.length === 1 ? endpointIds[0] : undefined;
    return isSameId(named[index] ?? only ?? '', id);
  });
}

/** What the user's clouds say. `hasNetwork`: this machine may connect to the nodes. */
export function cloudCategory(hasNetwork: boolean): Category<Facts> {
  const byCloud = providers.map((provider) => {
    const endsIn = async (facts: Facts) =>
      (await interfacesIn(facts)).filter(({ service }) => service.provider === provider);
    return checksOver(endsIn, null, [endpoint, addresses, ...checksOf(provider, hasNetwork)]);
  });
  return {
    name: 'cloud',
    title: 'Cloud account',
    // One group: a cloud without an interface endpoint must not skip the checks of another one that have the same ids.
    groups: [
      {
        checks: [...new Map(byCloud.flatMap(({ checks }) => checks.map((each) => [each.id, each]))).values()],
        none: 'there is no interface endpoint to check',
        plan: async (facts) => (await Promise.all(byCloud.map(({ plan }) => plan(facts)))).flat(),
      },
    ],
    summary: (checks) => statesOf(checks, 'cloud-endpoint'),
  };
}
