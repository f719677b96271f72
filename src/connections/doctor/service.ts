import { hasNodesIn, regionText } from '../../atlas/clusters.js';
import { isLeaving, isReady, serviceStatuses } from '../../atlas/model.js';
import { advise, orNone } from '../../base/errors.js';
import { cmd } from '../../base/shell.js';
import { listed } from '../../base/words.js';
import { clouds } from '../../clouds/all.js';
import { replacing } from '../../endpoints/next-step.js';
import { isOlder, isOlderDisabled } from '../../endpoints/port-mapping.js';
import { nameOf } from '../../endpoints/view.js';
import { connectAll } from '../waits.js';
import { bad, type Category, checksOnce, checksOver, good, skipped, statesOf, warning } from './check.js';
import type { ProjectFacts } from './open-facts.js';

export const unknownStatus = 'this version does not know this status';

export type ServiceSubject = Awaited<ReturnType<typeof servicesIn>>[number];

/** The services to check; none if they can't be read, which another check says. */
export async function servicesIn(facts: ProjectFacts) {
  const services = await orNone(facts.services(), []);
  return services.map((service) => {
    const { id, region } = service;
    const isOnlyOne = services.filter((each) => each.region === region).length === 1;
    return { key: id, name: nameOf(service), short: isOnlyOne ? region : nameOf(service), within: [], service };
  });
}

async function checkExists(_: unknown, facts: ProjectFacts) {
  const { cluster, context } = facts;
  const found = await facts.services();
  if (facts.unread.length > 0) {
    const brief = `could not check: ${listed(facts.unread.map(({ message }) => message.replace(/\.$/, '')))}`;
    return bad({ brief, detail: brief, hint: facts.unread[0]?.hint, blocks: found.length === 0, isUnknown: true });
  }
  if (found.length > 0) return good(listed(found.map(nameOf)));
  const where = cluster === undefined ? 'the project' : `a region where ${cluster} has nodes`;
  const detail = `no private endpoint service in ${where}`;
  const create = advise(context, 'Create one:', cmd`create REGION --wait`);
  const hint = cluster === undefined ? create : connectAll(context, [cluster]);
  return bad({ brief: 'no service', problem: detail, detail, hint });
}

function checkStatus({ service, short }: ServiceSubject, { refer, context }: ProjectFacts) {
  const { status, errorMessage } = service;
  const text = [status, isKnown(status) ? [] : unknownStatus, errorMessage ?? []].flat().join(': ');
  if (status === 'FAILED' || isLeaving(status)) {
    const hint = status === 'FAILED' ? replacing(context, service, refer(service)) : undefined;
    return bad({ brief: text, problem: `${short} is ${text}`, detail: text, hint });
  }
  if (text !== status) return warning({ brief: errorMessage ?? text, detail: text });
  return good(status);
}

function isKnown(status: string) {
  return serviceStatuses.some((each) => each === status);
}

function checkReady({ service, short }: ServiceSubject, { refer, context }: ProjectFacts) {
  if (!isKnown(service.status)) return { ...skipped(unknownStatus), blocks: false };
  if (isReady(service.status)) return good(clouds[service.provider].service.label(service) ?? 'yes');
  const hint = advise(context, 'Wait until it is ready:', cmd`wait ${refer(service)}`);
  const problem = `${short} is not ready`;
  return bad({ brief: 'not ready', problem, detail: `not ready (${service.status})`, hint });
}

async function checkRegion({ service, short }: ServiceSubject, facts: ProjectFacts) {
  const { cluster } = facts;
  const all = (await facts.clusters()).filter(({ name }) => cluster === undefined || name === cluster);
  if (all.length === 0) return skipped('there is no cluster');
  const usable = all.filter((each) => hasNodesIn(each, service));
  if (usable.length > 0) return good(listed(usable.map(({ name }) => name)));
  const where = regionText(service);
  const regions = all.flatMap((each) => each.regions.map(regionText));
  const brief = 'no cluster nodes in its region';
  const detail = cluster === undefined ? `no cluster has nodes in ${where}` : `${cluster} has no nodes in ${where}`;
  const hint = `Clusters have nodes in ${listed([...new Set(regions)])}. Use a service there, or add nodes.`;
  return bad({ brief, problem: `${short} has no cluster nodes in its region`, detail, hint });
}

function checkPortMapping({ service, short }: ServiceSubject, { refer, context }: ProjectFacts) {
  const { older } = clouds[service.provider];
  if (!isOlder(service) || older === undefined) return good('yes');
  const hint = advise(context, 'Convert it:', cmd`convert ${refer(service)}`);
  const isDisabled = isOlderDisabled(service.provider, context.clock.now());
  const detail = `no port mapping: Atlas ${isDisabled ? 'disabled' : 'disables'} such endpoints on ${older.day}`;
  if (!isDisabled) return warning({ brief: `no port mapping (ends ${older.day})`, detail, hint });
  return bad({ brief: 'no port mapping', problem: `${short} has no port mapping`, detail, hint });
}

export const serviceCategory: Category<ProjectFacts> = {
  name: 'service',
  title: 'Private endpoint services',
  groups: [
    checksOnce([{ id: 'service-exists', title: 'Services', needs: ['key-roles'], run: checkExists }]),
    checksOver(servicesIn, 'there is no service to check', [
      { id: 'service-status', title: 'Status', needs: ['service-exists'], isFinal: true, run: checkStatus },
      { id: 'service-ready', title: 'Ready for interface endpoints', needs: ['service-status'], run: checkReady },
      { id: 'service-region', title: 'Cluster nodes in its region', needs: ['service-exists'], run: checkRegion },
      {
        id: 'service-port-mapping',
        isFinal: true,
        title: 'Port mapping',
        needs: ['service-exists'],
        isFor: ({ service }) => clouds[service.provider].older !== undefined,
        run: checkPortMapping,
      },
    ]),
  ],
  summary: (checks) => statesOf(checks, 'service-status'),
};
