import { isLoopbackAddress } from '../../atlas/base-url.js';
import { text, texts } from '../../base/json.js';
import { listed } from '../../base/listed.js';
import { sideOf } from '../../cloud-side/all.js';
import type { CloudEnd } from '../../cloud-side/inspect.js';
import { clouds, type Provider, providers } from '../../clouds/all.js';
import { isOlder } from '../../endpoints/port-mapping.js';
import { bad, type Category, type Check, checksOver, type Finding, good, skipped, warning } from './check.js';
import { endpointIn } from './dns.js';
import type { Facts } from './facts.js';
import { type InterfaceSubject, interfacesIn } from './interface.js';
import { type HostSubject, hostsIn } from './strings.js';
import { statesOf } from './summary.js';

type EndCheck = Check<Facts, InterfaceSubject>;

type Find = (end: CloudEnd, subject: InterfaceSubject, facts: Facts) => Promise<Finding>;

/** A check on what the cloud says about the user's end, which the check of its state has read. */
function onEnd(id: string, title: string, find: Find): EndCheck {
  return {
    id,
    title,
    needs: ['cloud-endpoint'],
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

const addresses = onEnd('cloud-addresses', 'DNS matches the interface endpoint', async (end, { id }, facts) => {
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
});

/** The checks that only one cloud has. */
function checksOf(provider: Provider): EndCheck[] {
  const check = ({ id, title }: { id: string; title: string }) =>
    onEnd(id, title, async (end, subject, facts) => {
      const inUse = async () => [...new Set((await hostsOf(subject.id, facts)).flatMap((host) => host.ports))];
      const { ports, target } = clouds[provider].service;
      const about = { ...ports(subject.service), target: target(subject.service) };
      const found = await end.check(id, { ...about, inUse, own: facts.ownAddresses });
      if (found.result === 'success') return good(found.detail);
      if (found.result === 'skipped') return skipped(found.detail);
      return found.result === 'warning' ? warning(found) : bad(found);
    });
  return sideOf(provider).checks.map(check);
}

/** The hosts that resolve to an interface endpoint; by their strings, if the names don't tell. */
async function hostsOf(id: string, facts: Facts): Promise<HostSubject[]> {
  const hosts = await hostsIn(facts);
  const named = await Promise.all(hosts.map(async (host) => ({ host, id: await endpointIn(host, facts) })));
  return named.flatMap(({ host, id: found }) => {
    const { endpointIds } = host;
    return (found ?? text(endpointIds.length === 1 ? endpointIds[0] : null)) === id ? [host] : [];
  });
}

const byCloud = providers.map((provider) => {
  const endsIn = async (facts: Facts) =>
    (await interfacesIn(facts)).filter(({ service }) => service.provider === provider);
  return checksOver(endsIn, null, [endpoint, addresses, ...checksOf(provider)]);
});

export const cloudCategory: Category<Facts> = {
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
