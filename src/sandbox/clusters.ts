import { type Hosts, sandboxClouds } from './clouds/all.js';
import { attachmentStage, servicesOf } from './services.js';
import { type Attachment, briefly, type ClusterSpec, digits, type Service, type WorldView } from './world.js';

interface ClusterWay {
  service: Service;
  attachment: Attachment;
}

export interface Node {
  host: string;
  port: number;
  /** Its number among the nodes of its region. */
  index: number;
  /** The interface endpoint that leads to it. Null for a public host. */
  way: ClusterWay | null;
}

export interface ClusterString {
  /** What follows `mongodb+srv://`. The SRV record is below this name. */
  name: string;
  nodes: readonly Node[];
  /** Null for a sharded cluster. */
  setName: string | null;
  /** Of a private string: one interface endpoint for each region that has nodes. In regional mode, for one region. */
  ways: readonly ClusterWay[];
}

const crossCloud: Hosts = { prefix: 'pl', firstPort: 1024, lastPort: 2524, perNode: false };

/** Private strings exist if endpoints cover every region with nodes. In regional mode, each covered region has its own. */
export function clusterState(view: WorldView, project: string, spec: ClusterSpec) {
  // Here a cluster is paused from the beginning, so it has no strings to keep. Shared clusters never have any.
  if (spec.paused || spec.tier !== undefined) return { status: 'IDLE', privateStrings: [] };
  const { regions } = spec;
  const { world, now } = view;
  const updatingMs = briefly(world.options);
  const providers = [...new Set(regions.map(({ provider }) => provider))];
  const services = providers.flatMap((provider) => servicesOf({ ...view, project, provider }));
  const isUpdating = services.some((service) =>
    service.interfaces.some((each) => {
      const stage = attachmentStage(service, each, now);
      return stage === 'deleting' || (stage === 'ready' && now < each.readyAt + updatingMs);
    }),
  );
  const waysOf = (service: Service): ClusterWay[] =>
    service.interfaces
      .filter((each) => attachmentStage(service, each, now) === 'ready')
      .filter((each) => now >= each.readyAt + updatingMs)
      .map((attachment) => ({ service, attachment }));
  const hostsOf = (service: Service) =>
    providers.length > 1 ? crossCloud : sandboxClouds[service.provider].hosts(service);
  // A string leads through services of one kind.
  const kinds = new Map(services.map((service) => [hostsOf(service).prefix, hostsOf(service)]));
  const privateStrings = [...kinds.values()].flatMap((hosts) => {
    const ofKind = services.filter((each) => hostsOf(each).prefix === hosts.prefix);
    const byRegion = regions.map(({ provider, atlasRegion }) =>
      ofKind.filter((each) => each.provider === provider && each.atlasRegion === atlasRegion).flatMap(waysOf),
    );
    const stringOf = (number: number, ways: readonly ClusterWay[]) =>
      privateString(world.options.clusters, project, spec, { hosts, number, ways });
    if (world.regionalMode.includes(project)) {
      // The number of a string does not depend on other regions.
      return byRegion.flatMap((ways, at) => ways.map((way, index) => stringOf(index * regions.length + at, [way])));
    }
    const count = Math.min(...byRegion.map((ways) => ways.length));
    return Array.from({ length: count }, (_, number) => {
      const ways = byRegion.flatMap((each) => each[number] ?? []);
      return stringOf(number, ways);
    });
  });
  return { status: isUpdating ? 'UPDATING' : 'IDLE', privateStrings };
}

const nodesPerRegion = [0, 1, 2] as const;

function domainOf(project: string, name: string) {
  return `${digits(project + name, 5)}.mongodb.net`;
}

export function standardString(project: string, spec: ClusterSpec): ClusterString {
  const [name, domain] = [spec.name.toLowerCase(), domainOf(project, spec.name)];
  const nodes = nodesPerRegion.map((index) => {
    return { host: `${name}-shard-00-0${index}.${domain}`, port: 27_017, index, way: null };
  });
  return { name: `${name}.${domain}`, nodes, setName: spec.sharded ? null : setNameOf(spec.name), ways: [] };
}

function privateString(
  clusters: readonly ClusterSpec[],
  project: string,
  spec: ClusterSpec,
  { hosts, number, ways }: { hosts: Hosts; number: number; ways: readonly ClusterWay[] },
) {
  const { prefix, firstPort, lastPort, perNode } = hosts;
  const domain = domainOf(project, spec.name);
  // No two strings of a project share a port. So all of them can be served on one address.
  const before = clusters.slice(0, clusters.indexOf(spec));
  const start = number * countNodes(clusters) + countNodes(before);
  const nodes = ways.flatMap((way, region) =>
    nodesPerRegion.map((index) => {
      const host = `${prefix}-${number}-${way.service.atlasRegion.toLowerCase().replaceAll('_', '-')}`;
      const place = (perNode ? 0 : start + region * nodesPerRegion.length) + index;
      const port = firstPort + (place % (lastPort - firstPort + 1));
      return { host: `${host}${perNode ? `-${index}` : ''}.${domain}`, port, index, way };
    }),
  );
  const name = `${spec.name.toLowerCase()}-${prefix}-${number}.${domain}`;
  return { name, nodes, setName: spec.sharded ? null : setNameOf(spec.name), ways };
}

function countNodes(clusters: readonly ClusterSpec[]) {
  return clusters.reduce((sum, { regions }) => sum + regions.length * nodesPerRegion.length, 0);
}

/** The options of the TXT record, which a string with a list of hosts has itself. */
export function txtOptions({ setName }: Pick<ClusterString, 'setName'>): string {
  return `authSource=admin${setName === null ? '' : `&replicaSet=${setName}`}`;
}

export function setNameOf(name: string): string {
  return `atlas-${digits(name, 6)}-shard-0`;
}
