import { canUse, regionText } from '../../atlas/clusters.js';
import { type Endpoint, hasEnded, isConnecting } from '../../atlas/model.js';
import { advise, orNone } from '../../base/errors.js';
import { texts } from '../../base/json.js';
import { isLoopbackAddress } from '../../base/loopback.js';
import { cmd } from '../../base/shell.js';
import { listed } from '../../base/words.js';
import { clouds, providers } from '../../clouds/all.js';
import type { Inspection } from '../../clouds/checks.js';
import { canConnect, isMarkedFor } from '../../clouds/found.js';
import { isSameId, shortName } from '../../clouds/shapes.js';
import { attachedTo } from '../../endpoints/interfaces.js';
import { connectCommand, deletingOurs, waysToConnect, yesOf } from '../../endpoints/next-step.js';
import { isOlder } from '../../endpoints/port-mapping.js';
import { nameOf } from '../../endpoints/view.js';
import { bad, type Category, checksOver, finding, good, skipped, statesOf, warning } from './check.js';
import { adviceOnReplaced, endpointIn, overridden } from './dns.js';
import type { Facts, ProjectFacts } from './open-facts.js';
import { isOpen, reachAll, withoutNat64 } from './path.js';
import { type ServiceSubject, servicesIn, unknownStatus } from './service.js';
import { type HostSubject, hostsIn } from './strings.js';

type InterfaceSubject = Awaited<ReturnType<typeof interfacesIn>>[number];

async function checkAttached(
  { service, short }: ServiceSubject,
  { clusters, cluster, refer, context }: ProjectFacts,
) {
  const { interfaceEndpoints: ids } = service;
  if (ids.length > 0) return good(listed(ids));
  const all = (await orNone(clusters()))?.filter(({ name }) => cluster === undefined || name === cluster);
  // It would be of no use, and connect refuses to create it. The checks on regions and clusters report the reason.
  if (all?.every((each) => !canUse(each, service)))
    return skipped(`no dedicated cluster has nodes in ${regionText(service)}`);
  const brief = 'no interface endpoint';
  const hint = waysToConnect(context, service, refer(service))[0];
  return bad({ brief, problem: `${short} has no interface endpoint`, detail: 'no interface endpoint', hint });
}

const meanings: Readonly<Record<string, string>> = {
  PENDING_ACCEPTANCE: 'Atlas has not accepted the connection yet',
  REJECTED: 'Atlas refused the connection, or it was deleted in the cloud account',
  FAILED: 'the connection could not be set up',
  DELETING: 'Atlas is removing it',
  DELETED: 'it was removed',
};

async function checkStatus({ service, id }: InterfaceSubject, facts: ProjectFacts) {
  const found = await facts.attached(service, id);
  if (!found) return skipped('only a few interface endpoints of a project are read');
  const parts = clouds[service.provider].interfaces.parts(found).filter((part) => part.status !== 'AVAILABLE');
  // Atlas may call a group AVAILABLE although a part of it has failed, which some nodes are behind.
  const status = !hasEnded(found) && parts.some((part) => part.status === 'FAILED') ? 'FAILED' : found.status;
  if (status === 'AVAILABLE') return good(status);
  const usual = isConnecting({ status }) ? 'Atlas has not connected it yet' : undefined;
  const known = Object.hasOwn(meanings, status) ? meanings[status] : usual;
  const named = listed(parts.flatMap(({ name, status }) => (name && status ? `${name} is ${status}` : [])));
  const more = [found.errorMessage, named].filter(Boolean).join('; ');
  const detail = `${status}: ${known ?? unknownStatus}${more === '' ? '' : ` (${more})`}`;
  const isFinal = hasEnded({ status });
  const fault = { brief: `${id} ${status}`, detail, hint: adviceOn(service, id, status, facts), isFinal };
  const mayWork = known === undefined || (!isFinal && (await hasOther(service, id, facts)));
  return mayWork ? warning(fault) : bad(fault);
}

async function hasOther(service: Endpoint, id: string, facts: ProjectFacts) {
  const others = service.interfaceEndpoints.filter((each) => each !== id);
  const read = await Promise.all(others.map((each) => orNone(facts.attached(service, each))));
  return read.some((each) => each?.status === 'AVAILABLE');
}

function adviceOn(service: Endpoint, id: string, status: string, { refer, context }: ProjectFacts) {
  if (status === 'DELETING' || status === 'DELETED') return undefined;
  if (!hasEnded({ status })) {
    const text =
      'This usually takes a few minutes. If it takes longer, the id may belong to another ' +
      'service or account. To look again:';
    return advise(context, text, cmd`doctor ${refer(service)} --cloud --wait 10m`);
  }
  const remove = cmd`interface remove ${refer(service)} ${id} ${yesOf(context)}`;
  if (service.interfaceEndpoints.length > 1) return advise(context, 'Remove it:', remove);
  // connect creates no other one beside one of its own that Atlas has refused.
  const text =
    'Do not remove it first: if the only interface endpoint is removed, Atlas can ' +
    `delete ${nameOf(service)} too. Create another one, attach it, then remove this one:`;
  return advise(context, text, cmd`interface add ${refer(service)} INTERFACE`, remove);
}

async function interfacesIn(facts: ProjectFacts) {
  return attachedTo(await orNone(facts.services(), [])).map(({ service, id }) => {
    return { key: `${service.id} ${id}`, name: id, short: shortName(id), within: [service.id], service, id };
  });
}

export const interfaceCategory: Category<ProjectFacts> = {
  name: 'interface',
  title: 'Interface endpoints',
  groups: [
    checksOver(servicesIn, 'there is no service to check', [
      {
        id: 'interface-attached',
        title: 'Attached interface endpoints',
        needs: ['service-ready'],
        run: checkAttached,
      },
    ]),
    checksOver(interfacesIn, 'there is no interface endpoint to check', [
      { id: 'interface-status', title: 'Status', needs: ['interface-attached'], run: checkStatus },
    ]),
  ],
  summary: (checks) => statesOf(checks, 'interface-status'),
};

async function checkInAccount({ service, id }: InterfaceSubject, facts: Facts) {
  if (isOlder(service)) return skipped('doctor cannot check several forwarding rules: convert it to port mapping');
  const found = await facts.inspection(service, id);
  const { account } = clouds[service.provider];
  if (found === null) {
    const regions = [service.region, ...texts(service.supportedRemoteRegions)];
    const detail = `not found in this ${account} (${listed(regions)})`;
    const hint = 'Check which account is signed in, and the region of the interface endpoint.';
    return bad({ brief: `${id} is not in the ${account}`, detail, hint });
  }
  const where = `${found.state} in ${found.network}`;
  if (found.stage === 'connected') return good(where);
  const fault = { brief: `${id} is ${found.state}`, detail: where, hint: adviceOnFound(service, found, facts) };
  const isUnneeded = canConnect(found) && (await hasOther(service, id, facts));
  return isUnneeded ? warning({ ...fault, blocks: true }) : bad(fault);
}

/** What to do about an endpoint that is not connected. connect deletes none of ours, and may refuse to create another one. */
function adviceOnFound(service: Endpoint, found: Inspection, { context, signInWords }: Facts) {
  if (canConnect(found)) return 'Atlas accepts it after it is attached, which can take a few minutes.';
  if (!isMarkedFor(found, service))
    return 'It no longer works. Create another interface endpoint and attach it before you remove this one.';
  const { provider, region, id } = service;
  const connect = connectCommand(provider, region);
  if (found.stage === 'deleting') return advise(context, 'It is being deleted. To create another one:', connect);
  if (found.stage === 'unfinished') return advise(context, 'To complete it:', connect);
  const remove = deletingOurs(context, id, found.id, signInWords(provider));
  const text = 'It can never connect, and is billed. Delete it, then create another one:';
  return { text, commands: [remove, context.settings.commandLine(connect)] };
}

async function checkAddresses({ service, id }: InterfaceSubject, facts: Facts) {
  const found = await facts.inspection(service, id);
  const own = (await found?.addresses()) ?? [];
  const recorded = await facts.recorded({ services: [service], endpointIds: [id] });
  const hosts = await hostsOf(id, facts);
  const resolved = [...new Set((await Promise.all(hosts.map(({ host }) => facts.resolver.addresses(host)))).flat())];
  const foreign = [...recorded, ...resolved].filter((each) => !own.includes(withoutNat64(each)));
  if (foreign.length === 0) return resolved.length > 0 ? good(listed(own)) : skipped('no host name resolves to it');
  if (facts.isLocalAtlas && foreign.every(isLoopbackAddress)) return skipped('the sandbox answers on this machine');
  const isMistaken = recorded.some((each) => foreign.includes(each));
  const who = isMistaken ? 'Atlas' : 'DNS';
  const others = listed(isMistaken ? recorded : resolved);
  const detail = `the interface endpoint has ${listed(own) || 'no address'}, but ${who} has ${others}`;
  const brief = `${id}: ${who} has another address`;
  const mend =
    'Remove the interface endpoint from Atlas, and add it again with --ip ' +
    `${own.length === 1 ? own[0] : 'and the address of the interface endpoint'}.`;
  return overridden({ brief, detail, hint: isMistaken ? mend : adviceOnReplaced }, hosts, facts);
}

async function checkInCloud(checkId: string, { service, id }: InterfaceSubject, facts: Facts) {
  const inspected = await facts.inspection(service, id);
  if (!inspected) return skipped('the cloud account does not have it');
  const hosts = await orNone(hostsOf(id, facts), []);
  const inUse = [...new Set(hosts.flatMap((host) => host.ports))];
  const tcp = async () => (facts.hasNetwork ? connectTo(hosts, facts) : null);
  const { ports, target } = clouds[service.provider].service;
  const known = { own: facts.ownAddresses, target: target(service), inUse, tcp };
  const found = await inspected.check(checkId, { ...ports(service), ...known });
  return finding(found.result, { brief: '', blocks: found.result !== 'success', ...found });
}

async function connectTo(hosts: readonly HostSubject[], facts: Facts) {
  const tried = (await Promise.all(hosts.map((host) => orNone(reachAll(host, facts), [])))).flat();
  if (tried.some(({ failed }) => failed === 'silent' || failed === 'unreachable')) return 'silent';
  return tried.some(isOpen) ? 'open' : null;
}

/** The hosts that resolve to an interface endpoint; by their strings, if the names don't tell. */
async function hostsOf(id: string, facts: Facts) {
  const hosts = await hostsIn(facts);
  const named = await Promise.all(hosts.map((host) => endpointIn(host, facts)));
  return hosts.filter(({ endpointIds }, index) => {
    const only = endpointIds.length === 1 ? endpointIds[0] : undefined;
    return isSameId(named[index] ?? only ?? '', id);
  });
}

const ofOneCloud = providers.flatMap((provider) =>
  clouds[provider].setup.checks.map(({ id, title, needs = [] }) => ({
    id,
    title,
    needs: ['cloud-endpoint', ...needs],
    isFor: ({ service }: InterfaceSubject) => service.provider === provider,
    run: (subject: InterfaceSubject, facts: Facts) => checkInCloud(id, subject, facts),
  })),
);

export const cloudCategory: Category<Facts> = {
  name: 'cloud',
  title: 'Cloud account',
  groups: [
    checksOver(interfacesIn, 'there is no interface endpoint to check', [
      {
        id: 'cloud-endpoint',
        title: 'State in the cloud account',
        needs: ['interface-attached'],
        run: checkInAccount,
      },
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
