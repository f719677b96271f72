import { isIPv6 } from 'node:net';
import { grouped, listed } from '../../base/words.js';
import { bad, good, mostNames, skipped } from './check.js';
import { driver } from './driver.js';
import { judged, type PathFacts, reachAll, type Tried, triedAt, verdictOn } from './path.js';
import type { Hello } from './reach.js';
import { type HostSubject, nodesOf, optionsOf, type StringSubject } from './strings.js';

/* What answers where a connection is open: MongoDB's hello at each address, and the driver. */

export async function checkHello(subject: HostSubject, facts: PathFacts) {
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

export function formatMs(ms: number) {
  return ms < 10 ? ms.toFixed(1) : String(Math.round(ms));
}

/** The other checks say what is wrong with single nodes. This one says what keeps the driver from connecting if they don't. */
export async function checkDriver(string: StringSubject, facts: PathFacts) {
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

export function byReason(failed: readonly Tried[]) {
  const reasons = grouped(failed, ({ reason }) => reason);
  return {
    detail: reasons.map((all) => `${all[0].reason}: ${nodePlaces(all)}`).join('; '),
    common: reasons.map(([{ reason }]) => reason).join('; '),
  };
}

type Answer = ReturnType<typeof answersOf>[number];

function answersOf(all: readonly Tried[]) {
  return all.flatMap((tried) => (tried.hello ? [{ ...tried, ...tried.hello }] : []));
}

export function nodePlaces(all: readonly Tried[]) {
  return listed(all.map(placeOf), 6);
}

function placeOf({ address, port }: Pick<Tried, 'address' | 'port'>) {
  return `${isIPv6(address) ? `[${address}]` : address}:${port}`;
}

const adviceOnElection = 'An election takes some seconds: run doctor again, then look at the cluster in Atlas.';
export const adviceOnServers =
  'A proxy or a load balancer may answer instead, or the name resolves to another server.';
const adviceOnType = 'The cluster may have another type now. Copy its string again: atlas-pe connection-strings.';
const adviceOnCluster = 'Check whether a private DNS zone or the hosts file overrides the name, and where it leads.';
