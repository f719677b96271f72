import { isLoopbackAddress } from '../../atlas/base-url.js';
import { texts } from '../../base/json.js';
import { listed } from '../../base/listed.js';
import { sideOf } from '../../cloud-side/all.js';
import type { ClientPorts } from '../../cloud-side/inspect.js';
import { clouds, providers } from '../../clouds/all.js';
import { isSameId } from '../../clouds/shapes.js';
import { isOlder } from '../../endpoints/port-mapping.js';
import { bad, type Category, type Check, checksOver, finding, good, skipped, statesOf } from './check.js';
import { adviceOnReplaced, endpointIn } from './dns.js';
import { orNone } from './facts.js';
import { type InterfaceSubject, interfacesIn } from './interface.js';
import type { Facts } from './open-facts.js';
import { isOpen, reachAll } from './reach-hosts.js';
import { type HostSubject, hostsIn } from './strings.js';

async function checkEndpoint({ service, id }: InterfaceSubject, { cloudEnd }: Facts) {
  if (isOlder(service)) return skipped('doctor cannot check several forwarding rules: convert it to port mapping');
  const end = await cloudEnd(service, id);
  const { title } = clouds[service.provider];
  if (end === null) {
    const regions = [service.region, ...texts(service.supportedRemoteRegions)];
    const detail = `not found in this ${title} account (${listed(regions)})`;
    const hint = 'Check which account is signed in, and the region of the interface endpoint.';
    return bad({ brief: `${id} is not in the ${title} account`, detail, hint });
  }
  const where = `${end.state} in ${end.network}`;
  if (end.stage === 'connected') return good(where);
  const hint =
    end.stage === 'pending'
      ? 'Atlas accepts it after it is attached, which can take a few minutes.'
      : 'It no longer works. Create another interface endpoint and attach it before you remove this one.';
  return bad({ brief: `${id} is ${end.state}`, detail: where, hint });
}

async function checkAddresses({ service, id }: InterfaceSubject, facts: Facts) {
  const end = await facts.cloudEnd(service, id);
  const own = (await end?.addresses()) ?? [];
  const hosts = await hostsOf(id, facts);
  const resolved = [...new Set((await Promise.all(hosts.map(({ host }) => facts.resolver.addresses(host)))).flat())];
  const shown = listed(own) || 'no address';
  if (resolved.length === 0) return skipped('no host name resolves to it');
  const foreign = resolved.filter((each) => !own.includes(each));
  if (foreign.length === 0) return good(shown);
  if (facts.isLocalAtlas && foreign.every(isLoopbackAddress)) return skipped('the sandbox answers on this machine');
  const detail = `the interface endpoint has ${shown}, but DNS has ${listed(foreign)}`;
  return bad({ brief: `${id}: DNS has other addresses`, detail, hint: adviceOnReplaced });
}

/** Makes a check that only one cloud has. */
async function checkInCloud(checkId: string, { service, id }: InterfaceSubject, facts: Facts) {
  const end = await facts.cloudEnd(service, id);
  if (!end) return skipped('the cloud account does not have it');
  const hosts = await orNone(hostsOf(id, facts));
  const inUse = [...new Set(hosts.flatMap((host) => host.ports))];
  const tcp = async () => (facts.hasNetwork ? connectTo(hosts, facts) : null);
  const { ports, target } = clouds[service.provider].service;
  const known = { own: facts.ownAddresses, target: target(service), inUse, tcp };
  const found = await end.check(checkId, { ...ports(service), ...known });
  return finding(found.result, { brief: '', blocks: found.result !== 'success', ...found });
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

const ofOneCloud = providers.flatMap((provider) =>
  sideOf(provider).checks.map(({ id, title, needs = [] }): Check<Facts, InterfaceSubject> => {
    return {
      id,
      title,
      needs: ['cloud-endpoint', ...needs],
      isFor: ({ service }) => service.provider === provider,
      run: (subject, facts) => checkInCloud(id, subject, facts),
    };
  }),
);

export const cloudCategory: Category<Facts> = {
  name: 'cloud',
  title: 'Cloud account',
  groups: [
    checksOver(interfacesIn, 'there is no interface endpoint to check', [
      { id: 'cloud-endpoint', title: 'State in the cloud account', needs: ['interface-attached'], run: checkEndpoint },
      {
        id: 'cloud-addresses',
        title: 'DNS matches the interface endpoint',
        needs: ['cloud-endpoint'],
        run: checkAddresses,
      },
      ...ofOneCloud,
    ]),
  ],
  summary: (checks) => statesOf(checks, 'cloud-endpoint'),
};
