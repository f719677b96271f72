import { isIPv6 } from 'node:net';
import { orNone } from '../../base/errors.js';
import { isLoopbackAddress } from '../../base/loopback.js';
import { counted, listed } from '../../base/words.js';
import { clouds } from '../../clouds/all.js';
import { bad, type Category, checksOnce, checksOver, good, itemsOf, skipped, warning } from './check.js';
import { adviceOn } from './dns-records.js';
import { adviceOnServers, byReason, checkDriver, checkHello, formatMs, nodePlaces } from './network-answers.js';
import { addressesIn, isInside, isOpen, judged, type PathFacts, reachAll, type Tried, triedAt } from './path.js';
import { socksProxyOf } from './reach.js';
import { type HostSubject, hostsIn, isOfPeering, type NodeAddress, providersOf } from './strings.js';

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
    return good(`${open.length} of ${all.length} open: ${nodePlaces(open)}`, nodes);
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

const adviceOnRegions =
  'Other hosts of the same connection string answer. If this one is in another region, ' +
  'connect the networks (peering or a transit gateway), or use regional mode.';
