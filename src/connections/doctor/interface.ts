import { canUse, regionText } from '../../atlas/clusters.js';
import { type Endpoint, hasEnded, type InterfaceEndpoint, shortName } from '../../atlas/model.js';
import { type Advice, advise, ignoreFailure } from '../../base/errors.js';
import { listed } from '../../base/listed.js';
import { cmd } from '../../base/shell.js';
import { clouds } from '../../clouds/all.js';
import { connectScript, waysToConnect, yesOf } from '../../endpoints/next-step.js';
import { nameOf } from '../../endpoints/view.js';
import { attachedTo } from '../../interfaces/find.js';
import { bad, type Category, checksOver, good, skipped, statesOf, warning } from './check.js';
import type { ProjectFacts } from './facts.js';
import { type ServiceSubject, servicesIn } from './service.js';

export type InterfaceSubject = Awaited<ReturnType<typeof interfacesIn>>[number];

async function checkAttached({ service, short }: ServiceSubject, { clusters, cluster, refer, session }: ProjectFacts) {
  const { interfaceEndpoints: ids } = service;
  if (ids.length > 0) return good(listed(ids));
  const all = (await clusters().catch(ignoreFailure))?.filter(({ name }) => cluster === undefined || name === cluster);
  // It would be of no use, and connect refuses to create it. The checks on regions and clusters report the reason.
  if (all?.every((each) => !canUse(each, service)))
    return skipped(`no dedicated cluster has nodes in ${regionText(service)}`);
  const brief = 'no interface endpoint';
  const hint = waysToConnect(session, service, refer(service))[0];
  return bad({ brief, problem: `${short} has no interface endpoint`, detail: 'no interface endpoint', hint });
}

/** What each status means. Clients can't connect yet, or no longer. */
const meanings: Readonly<Record<string, string>> = {
  NONE: 'Atlas has not seen a connection from it yet',
  INITIATING: 'Atlas has not connected it yet',
  PENDING_ACCEPTANCE: 'Atlas has not accepted the connection yet',
  PENDING: 'Atlas has accepted the connection and is setting it up',
  VERIFIED: 'Atlas has checked it and is setting up the connection',
  REJECTED: 'Atlas refused the connection, or it was deleted in the cloud account',
  FAILED: 'the connection could not be set up',
  DELETING: 'Atlas is removing it',
  DELETED: 'it was removed',
};

async function checkStatus({ service, id }: InterfaceSubject, facts: ProjectFacts) {
  const found = await facts.attached(service, id);
  if (!found) return skipped('only a few interface endpoints of a project are read');
  const { status, errorMessage } = found;
  if (status === 'AVAILABLE') return good(status);
  const known = Object.hasOwn(meanings, status) ? meanings[status] : undefined;
  const parts = clouds[service.provider].interfaces.parts(found).filter((part) => part.status !== 'AVAILABLE');
  const named = listed(parts.flatMap(({ name, status }) => (name && status ? `${name} is ${status}` : [])));
  const more = [errorMessage, named].filter(Boolean).join('; ');
  const detail = `${status}: ${known ?? 'this version does not know this status'}${more === '' ? '' : ` (${more})`}`;
  const fault = { brief: `${id} ${status}`, detail, hint: adviceOn(service, found, facts), isFinal: hasEnded(found) };
  return known === undefined ? warning(fault) : bad(fault);
}

function adviceOn(
  service: Endpoint,
  { id, status }: InterfaceEndpoint,
  { refer, session }: ProjectFacts,
): Advice | undefined {
  if (status === 'DELETING' || status === 'DELETED') return undefined;
  if (!hasEnded({ status })) {
    const text =
      'This usually takes a few minutes. If it takes longer, the id may belong to another service or account. To look again:';
    return advise(session, text, cmd`doctor ${refer(service)} --cloud --wait 10m`);
  }
  const remove = cmd`interface remove ${refer(service)} ${id} ${yesOf(session)}`;
  if (service.interfaceEndpoints.length > 1) return advise(session, 'Remove it:', remove);
  const text = `Do not remove it first: if the only interface endpoint is removed, Atlas can delete ${nameOf(service)} too. Create another one, attach it, then remove this one:`;
  return { text, commands: [...connectScript(session, service, refer(service)), session.commandLine(remove)] };
}

/** The interface endpoints of the services to check. */
export async function interfacesIn(facts: ProjectFacts) {
  const services = (await servicesIn(facts)).map(({ service }) => service);
  return attachedTo(services).map(({ service, id }) => {
    return { key: `${service.id} ${id}`, name: id, short: shortName(id), within: [service.id], service, id };
  });
}

export const interfaceCategory: Category<ProjectFacts> = {
  name: 'interface',
  title: 'Interface endpoints',
  groups: [
    checksOver(servicesIn, 'there is no service to check', [
      { id: 'interface-attached', title: 'Attached interface endpoints', needs: ['service-ready'], run: checkAttached },
    ]),
    checksOver(interfacesIn, 'there is no interface endpoint to check', [
      { id: 'interface-status', title: 'Status', needs: ['interface-attached'], run: checkStatus },
    ]),
  ],
  summary: (checks) => statesOf(checks, 'interface-status'),
};
