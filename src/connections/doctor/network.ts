import { isIPv6 } from 'node:net';
import { orNone } from '../../base/errors.js';
import { isLoopbackAddress } from '../../base/loopback.js';
import { counted, grouped, listed } from '../../base/words.js';
import { clouds } from '../../clouds/all.js';
import { bad, type Category, checksOnce, checksOver, good, itemsOf, mostNames, skipped, warning } from './check.js';
import { adviceOn } from './dns-records.js';
import { driver } from './driver.js';
import {
  addressesIn,
  isInside,
  isOpen,
  judged,
  type PathFacts,
  reachAll,
  type Tried,
  triedAt,
  verdictOn,
} from './path.js';
import { type Hello, socksProxyOf } from './reach.js';
import {
  type HostSubject,
  hostsIn,
  isOfPeering,
  type NodeAddress,
  nodesOf,
  optionsOf,
  providersOf,
  type StringSubject,
} from './strings.js';

async function checkPlace(_: unknown, facts: PathFacts) {
  if (!facts.hasNetwork) return skipped('--no-network skips the connections');
  const proxy = socksProxyOf(await facts.strings());
  if (proxy?.isLocked) return bad({ brief: locked, detail: locked, hint: adviceOnPassword, isUnknown: true });
  if (proxy) return checkProxy(proxy.node, facts);
  const remote = await addressesIn(facts);
  if (remote.length === 0) return skipped('the private endpoint has no address');
  const own = listed(facts.ownAddresses) || 'no address';
  if (facts.isLocalAtlas && remote.every(isLoopbackAddress)) return good('the sandbox is on this machine');
  if (facts.isHere) return good(`this machine (${own}) must reach the nodes`);
  if (await isInside(facts)) return good(`this machine (${own}) can reach the network of the private endpoint`);
  const hint =
    'Run doctor on a machine in that network, or skip these checks with --no-network. If ' +
    'this machine must reach it, through peering or a transit gateway for example, use ' +
    '--from-here.';
  const isUnknown = (await triedAt(() => true, facts)).every(({ failed }) => failed === 'untried');
  const network = `the network of the private endpoint (${listed(remote)})`;
  const detail = `no node answers, and this machine (${own}) does not seem to be in ${network}`;
  // The checks on the connections say why.
  return bad({ isUnknown, brief: 'no node answers from here', detail, hint, blocks: false });
}

const locked = 'could not check the SOCKS5 proxy: its password is not sent';
const adviceOnPassword = 'Name a variable of the other machine: with --from-env, doctor reads the string there.';

async function checkProxy(node: NodeAddress | undefined, facts: PathFacts) {
  if (!node) {
    const brief = 'proxyHost or proxyPort of the string is not valid';
    return bad({ brief, detail: brief, hint: 'Write proxyHost=HOST&proxyPort=PORT.' });
  }
  const name = `${node.host}:${node.port}`;
  const found = await orNone(facts.resolver.addresses(node.host), []);
  const tried = await triedAt(() => true, facts);
  const reason = tried.every(({ failed }) => failed === 'proxy') ? tried[0]?.reason : undefined;
  if (found.length > 0 && reason === undefined) return good(`through the SOCKS5 proxy ${name}`);
  const brief = `the SOCKS5 proxy ${name} opens no connection`;
  const hint = 'Check proxyHost and proxyPort, and that the proxy runs and reaches the nodes.';
  return bad({ brief, detail: `${brief}: ${reason ?? 'its name does not resolve'}`, hint });
}

async function checkTcp(subject: HostSubject, facts: PathFacts) {
  const all = await reachAll(subject, facts);
  const open = all.filter(isOpen);
  // Drivers try IPv4 and IPv6, so one is enough.
  const hasOther = ({ address, port }: Tried) =>
    open.some((each) => each.port === port && isIPv6(each.address) !== isIPv6(address));
  const failed = all.filter((each) => !isOpen(each) && !hasOther(each));
  if (failed.length === 0) {
    const nodes = subject.ports.map((port) => `${subject.host}:${port}`);
    return good(`${open.length} of ${all.length} open: ${placesOf(open)}`, nodes);
  }
  const isSilent = all.every(({ failed }) => failed === 'silent');
  const sameString = ({ strings }: HostSubject) => strings.some((each) => subject.strings.includes(each));
  const isUnknown = failed.every(({ failed }) => failed === 'untried');
  const { detail, common } = byReason(failed);
  const fault = {
    isUnknown,
    brief: `${isUnknown ? 'could not check' : 'cannot connect to'} ${subject.host}`,
    detail: `${failed.length} of ${all.length} connections failed: ${detail}`,
    common: `${failed.length < all.length ? 'some' : 'all'} connections failed: ${common}`,
    hint:
      isSilent && (await triedAt(sameString, facts)).some(isOpen) ? adviceOnRegions : hintOf(subject, failed, open),
  };
  const isOther = ({ endpointIds }: HostSubject) => endpointIds.some((id) => !subject.endpointIds.includes(id));
  // It may be for another network.
  if (isSilent && !facts.isHere && (await triedAt(isOther, facts)).some(isOpen)) {
    const why = 'Another interface endpoint works from here, so this one may belong to another network';
    const hint = 'To check it, run doctor in its network.';
    return warning({ ...fault, detail: `${fault.detail}. ${why}`, common: `${fault.common}. ${why}`, hint });
  }
  // Outside of the network it is not the endpoint's fault.
  return facts.isHere || (await isInside(facts)) ? judged(fault, subject.strings, facts) : warning(fault);
}

async function checkTls(subject: HostSubject, facts: PathFacts) {
  const open = (await reachAll(subject, facts)).filter(isOpen);
  const failed = open.filter(({ failed }) => failed === 'tls');
  const hint = failed[0]?.hint ?? adviceOn(subject.host, subject, adviceOnServers);
  const fault = { brief: `TLS to ${subject.host} fails`, ...byReason(failed), hint };
  if (failed.length > 0) return judged(fault, subject.strings, facts);
  return open.length === 0 ? skipped('there is no TCP connection') : good(`valid for ${subject.host}`);
}

async function checkHello(subject: HostSubject, facts: PathFacts) {
  const tried = await reachAll(subject, facts);
  const failed = tried.filter(({ failed }) => failed === 'hello');
  if (failed.length > 0) {
    const hint = failed[0]?.hint;
    const brief = `${subject.host} ${hint === undefined ? 'does not answer as MongoDB' : 'refuses hello'}`;
    return judged({ brief, ...byReason(failed), hint: hint ?? adviceOnServers }, subject.strings, facts);
  }
  const nodes = answersOf(tried);
  if (nodes.length === 0) return skipped('there is no TLS connection');
  const refusals = await Promise.all(nodes.map((node) => refusalOf(subject, node, facts)));
  const refusal = refusals.find((found) => found !== undefined);
  if (refusal) return judged(refusal, subject.strings, facts);
  const primaryFirst = nodes.toSorted((a, b) => Number(b.role === 'primary') - Number(a.role === 'primary'));
  const roles = primaryFirst.map((node) => `${roleOf(node)} at ${placeOf(node)}`);
  const versions = new Set(nodes.map(({ wireVersion }) => wireVersion ?? 'unknown'));
  const balanced = nodes.flatMap(({ hasServiceId, host, port }) => (hasServiceId ? `${host}:${port}` : []));
  return good(`${roles.join(', ')}; wire version ${[...versions].join(', ')}`, balanced);
}

async function refusalOf({ host, strings }: Pick<HostSubject, 'host' | 'strings'>, node: Answer, facts: PathFacts) {
  const { setName, hosts, role, hasServiceId } = node;
  const options = await Promise.all(strings.map((string) => optionsOf(string, facts)));
  const wanted = [...new Set(options.flatMap((each) => each.get('replicaset') ?? []))];
  const isBalanced = options.some((each) => each.get('loadbalanced') === 'true');
  const type =
    wanted.length > 0 && role === 'mongos'
      ? `a mongos of a sharded cluster answers, but the string or its TXT record names the replica set ${listed(wanted)}`
      : isBalanced &&
        !hasServiceId &&
        'the server is not behind a load balancer, but the string or its TXT record has loadBalanced=true';
  if (type) return { brief: `${host} is of another type of cluster`, detail: type, hint: adviceOnType };
  if (role === 'mongos') return undefined;
  if (setName === null && node.isStarting)
    return {
      brief: `${host} is starting`,
      detail: `the node at ${placeOf(node)} is starting`,
      hint: adviceOnElection,
    };
  const isOther = wanted.length > 0 && !wanted.includes(setName ?? '');
  const own = (await Promise.all(strings.map((string) => nodesOf(facts, string)))).flat();
  const isOwn = (each: string) => own.some(({ host, port }) => each.toLowerCase() === `${host}:${port}`);
  // With directConnection, drivers don't look at the other members.
  const isDirect = options.some((each) => each.get('directconnection') === 'true');
  const isMember = isDirect || hosts.length === 0 || hosts.some(isOwn);
  if (!isOther && isMember) return undefined;
  // Or the TXT record names the replica set of the server.
  const isSame = isMember || options.some((each) => each.getAll('replicaset').includes(setName ?? ''));
  if (isSame && setName !== null && strings.some(({ options }) => options.has('replicaset')))
    return {
      brief: `the connection string names another replica set than ${host}`,
      detail: `the connection string has replicaSet=${listed(wanted)}, but the server at ${placeOf(node)} says ${setName}`,
      hint: `Write replicaSet=${setName}, or leave it out of a mongodb+srv:// string.`,
    };
  const named = setName === null ? 'no replica set' : `the replica set ${setName}`;
  const detail = isOther
    ? `the node at ${placeOf(node)} belongs to ${named}, not to ${listed(wanted)}`
    : `its replica set has the nodes ${listed(hosts, mostNames)}, and none of the connection string`;
  const brief = `${host} is a node of another cluster`;
  return { brief, detail, common: 'another cluster answers', hint: adviceOnCluster };
}

function roleOf({ role, ms }: Hello) {
  return `${role} (${formatMs(ms)} ms)`;
}

function formatMs(ms: number) {
  return ms < 10 ? ms.toFixed(1) : String(Math.round(ms));
}

/** The other checks say what is wrong with single nodes. This one says what keeps the driver from connecting if they don't. */
async function checkDriver(string: StringSubject, facts: PathFacts) {
  const tried = await triedAt(({ strings }) => strings.includes(string), facts);
  const verdict = await verdictOn(string, facts);
  const known = answersOf(tried);
  const odd = 'nodes answer with members that are no hosts, or too many';
  if (!verdict && known.length > 0)
    return bad({ brief: `${string.name}: ${odd}`, detail: odd, hint: adviceOnServers });
  if (!verdict) return skipped('no node answers');
  if (verdict.node !== null) {
    const found = known.find((each) => `${each.host}:${each.port}` === verdict.node);
    const items = found ? [`${found.ms} ${found.role}`] : [];
    return good(`${found ? roleOf(found) : 'connects'} at ${verdict.node}`, items);
  }
  const wanted = (await optionsOf(string, facts)).get('readpreference') ?? 'primary';
  const brief = wanted === 'primary' ? `${string.name} has no primary` : `${string.name} has no ${wanted} node`;
  const refusals = await Promise.all(known.map((node) => refusalOf({ ...node, strings: [string] }, node, facts)));
  const isExplained = tried.some(({ failed }) => failed !== null) || refusals.some((each) => each !== undefined);
  const isLost = known.every(({ primary, role }) => primary === null && role !== 'primary' && role !== 'mongos');
  if (verdict.isUnsuitable && known.length > 0 && !refusals.every((each) => each) && (isLost || !isExplained)) {
    const fits =
      wanted === 'primary'
        ? 'no primary is among the nodes that answer, so writes and most reads fail'
        : `no node that answers fits readPreference=${wanted}`;
    return bad({ brief, detail: fits, hint: adviceOnElection });
  }
  if (isExplained) return skipped('other checks say why');
  const reasons = grouped(verdict.errors, ({ reason }) => reason).map(
    (all) =>
      `${all[0].reason} (${listed(
        all.map(({ node }) => node),
        mostNames,
      )})`,
  );
  const detail = `${driver} cannot connect: ${reasons.join('; ') || verdict.reason}`;
  return bad({ brief: `${driver} cannot connect to ${string.name}`, detail, hint: adviceOnServers });
}

export const networkCategory: Category<PathFacts> = {
  name: 'network',
  title: 'Network',
  groups: [
    checksOnce([{ id: 'network-place', title: 'Network location', needs: ['cluster-string'], run: checkPlace }]),
    checksOver(hostsIn, 'there is no host name', [
      { id: 'network-tcp', title: 'TCP connections', needs: ['dns-private', 'network-place'], run: checkTcp },
      { id: 'network-tls', title: 'TLS certificates', needs: ['dns-private', 'network-place'], run: checkTls },
      { id: 'network-hello', title: 'MongoDB', needs: ['network-tls', 'string-form'], run: checkHello },
    ]),
    checksOver(({ strings }) => strings(), 'there is no private connection string', [
      {
        id: 'network-driver',
        title: 'Driver',
        needs: ['dns-srv', 'dns-txt', 'network-place', 'string-form'],
        run: checkDriver,
      },
    ]),
  ],
  summary: (checks) => {
    const nodes = itemsOf(checks, 'network-tcp').length;
    if (nodes === 0) return '';
    const isBehind = itemsOf(checks, 'network-hello').length === nodes;
    const times = itemsOf(checks, 'network-driver').map(Number.parseFloat);
    const range = new Set([Math.min(...times), Math.max(...times)].map(formatMs));
    const isPrimary = !itemsOf(checks, 'network-driver').some((item) => /secondary|other/.test(item));
    const kinds = isPrimary ? ['primary', 'primaries'] : ['node', 'nodes'];
    const found = isBehind ? '' : `; ${kinds[times.length === 1 ? 0 : 1]} found`;
    const primary = times.length === 0 ? '' : `${found}, ${[...range].join('-')} ms`;
    return `${counted(nodes, 'node')}${isBehind ? ' behind a load balancer' : ''}: TCP, TLS, MongoDB${primary}`;
  },
};

function hintOf({ host, services, strings }: HostSubject, failed: readonly Tried[], open: readonly Tried[]) {
  if (failed[0]?.hint) return failed[0].hint;
  if (failed.every(({ failed }) => failed === 'untried'))
    return 'Run doctor again when the other problems are solved.';
  if (failed.every(({ failed }) => failed === 'refused')) {
    if (failed.every(({ port }) => open.some((each) => each.port === port)))
      return 'A firewall rejects the connection, or this address of the host is an old one.';
    const isSrv = strings.every(({ srv }) => srv !== null);
    const other = isSrv
      ? 'the SRV record is stale. If it is new, wait a few minutes.'
      : 'Atlas has changed the ports, which the SRV connection string has.';
    return `A firewall rejects the connection, or ${other}`;
  }
  const ranges = services.map((service) => clouds[service.provider].service.ports(service));
  // Without a service, the widest range of all clouds.
  if (ranges.length === 0) ranges.push(isOfPeering(host) ? { from: 27_015, to: 27_017 } : { from: 1024, to: 65_535 });
  const [from, to] = [Math.min(...ranges.map((each) => each.from)), Math.max(...ranges.map((each) => each.to))];
  const firewalls = listed([...new Set(providersOf(services).map((provider) => clouds[provider].firewalls))]);
  return (
    `Allow TCP ${from}-${to} from this machine to the ${isOfPeering(host) ? 'nodes' : 'interface endpoint'} in each ` +
    `firewall between them (${firewalls}), and check the routes. Atlas changes ports, so allow ` +
    'the whole range.'
  );
}

function byReason(failed: readonly Tried[]) {
  const reasons = grouped(failed, ({ reason }) => reason);
  return {
    detail: reasons.map((all) => `${all[0].reason}: ${placesOf(all)}`).join('; '),
    common: reasons.map(([{ reason }]) => reason).join('; '),
  };
}

type Answer = ReturnType<typeof answersOf>[number];

function answersOf(all: readonly Tried[]) {
  return all.flatMap((tried) => (tried.hello ? [{ ...tried, ...tried.hello }] : []));
}

function placesOf(all: readonly Tried[]) {
  return listed(all.map(placeOf), 6);
}

function placeOf({ address, port }: Pick<Tried, 'address' | 'port'>) {
  return `${isIPv6(address) ? `[${address}]` : address}:${port}`;
}

const adviceOnElection = 'An election takes some seconds: run doctor again, then look at the cluster in Atlas.';
const adviceOnServers = 'A proxy or a load balancer may answer instead, or the name resolves to another server.';
const adviceOnType = 'The cluster may have another type now. Copy its string again: atlas-pe connection-strings.';
const adviceOnCluster = 'Check whether a private DNS zone or the hosts file overrides the name, and where it leads.';
const adviceOnRegions =
  'Other hosts of the same connection string answer. If this one is in another region, ' +
  'connect the networks (peering or a transit gateway), or use regional mode.';
