import { hasEnded, type InterfaceEndpoint } from '../../atlas/interfaces.js';
import type { Endpoint } from '../../atlas/model.js';
import type { Advice } from '../../base/hint.js';
import { listed } from '../../base/listed.js';
import { cmd } from '../../base/shell.js';
import { hasSide } from '../../cloud-side/all.js';
import { clouds } from '../../clouds/all.js';
import { nameOf } from '../../endpoints/view.js';
import {
  bad,
  type Category,
  type Check,
  checksOver,
  type Finding,
  good,
  type Subject,
  skipped,
  warning,
} from './check.js';
import type { ProjectFacts } from './project-facts.js';
import { type ServiceSubject, servicesIn } from './service.js';

/** An interface endpoint of a service. */
export interface InterfaceSubject extends Subject {
  service: Endpoint;
  id: string;
}

const attached: Check<ServiceSubject, ProjectFacts> = {
  id: 'interface-attached',
  title: 'Attached interface endpoints',
  needs: ['service-ready'],
  run: ({ service }, { refer, session }) => {
    const { interfaceEndpoints: ids } = service;
    if (ids.length > 0) return good(listed(ids));
    return bad({
      brief: 'no interface endpoint',
      detail: 'none',
      hint: adviceToAttach(service, refer(service), session),
    });
  },
};

function adviceToAttach(
  service: Endpoint,
  reference: string,
  { commandLine }: ProjectFacts['session'],
): Advice | undefined {
  if (hasSide(service.provider)) {
    return {
      text: 'Create one in your cloud account and attach it:',
      commands: [commandLine(cmd`connect ${reference}`)],
    };
  }
  const next = clouds[service.provider].service.connect(service);
  if (!next) return undefined;
  const attach = commandLine(cmd`interface add ${reference} ${next.attach}`);
  return { text: 'Create one in your cloud account, then attach it:', commands: [next.command.text, attach] };
}

/** What each status means, and whether clients can connect. */
const meanings: Readonly<Record<string, { result: 'error' | 'warning'; means: string }>> = {
  NONE: { result: 'error', means: 'Atlas has not seen a connection from it yet' },
  INITIATING: { result: 'error', means: 'Atlas has not connected it yet' },
  PENDING_ACCEPTANCE: { result: 'error', means: 'Atlas has not accepted the connection yet' },
  PENDING: { result: 'error', means: 'Atlas has accepted the connection and is setting it up' },
  VERIFIED: { result: 'error', means: 'Atlas has checked it and is setting up the connection' },
  REJECTED: { result: 'error', means: 'Atlas refused the connection, or it was deleted in the cloud account' },
  FAILED: { result: 'error', means: 'the connection could not be set up' },
  DELETING: { result: 'error', means: 'Atlas is removing it' },
  DELETED: { result: 'error', means: 'it was removed' },
};

const status: Check<InterfaceSubject, ProjectFacts> = {
  id: 'interface-status',
  title: 'Status',
  needs: ['interface-attached'],
  run: async ({ service, id }, facts): Promise<Finding> => {
    const found = await facts.attached(service, id);
    if (!found) return skipped('not read');
    const { status, errorMessage } = found;
    if (status === 'AVAILABLE') return good(status);
    const { result, means } = meanings[status] ?? {
      result: 'warning',
      means: 'this version does not know this status',
    };
    const detail = `${status}: ${means}${errorMessage === null ? '' : ` (${errorMessage})`}`;
    const fault = { brief: `${id} ${status}`, detail, hint: adviceOn(service, found, facts) };
    return result === 'error' ? bad(fault) : warning(fault);
  },
};

function adviceOn(
  service: Endpoint,
  { id, status }: InterfaceEndpoint,
  { refer, session }: ProjectFacts,
): Advice | undefined {
  const { commandLine } = session;
  if (status === 'DELETING' || status === 'DELETED') return undefined;
  if (!hasEnded({ status })) {
    return {
      text: 'This usually takes a few minutes. To look again:',
      commands: [commandLine(cmd`doctor ${refer(service)} --wait 10m`)],
    };
  }
  const remove = commandLine(cmd`interface remove ${refer(service)} ${id}`);
  if (service.interfaceEndpoints.length > 1) return { text: 'Remove it:', commands: [remove] };
  const next = clouds[service.provider].service.connect(service);
  const add = commandLine(cmd`interface add ${refer(service)} ${next?.attach}`);
  return {
    text: `Do not remove it first: if the only interface endpoint is removed, Atlas can delete ${nameOf(service)} too. Create another one, attach it, then remove this one:`,
    commands: [...(next ? [next.command.text] : []), add, remove],
  };
}

export async function interfacesIn(facts: ProjectFacts): Promise<InterfaceSubject[]> {
  const services = await servicesIn(facts);
  return services.flatMap(({ service }) =>
    service.interfaceEndpoints.map((id) => ({
      key: `${service.id} ${id}`,
      name: id,
      within: [service.id],
      service,
      id,
    })),
  );
}

export const interfaceChecks: Category<ProjectFacts> = {
  name: 'interface',
  title: 'Interface endpoint',
  groups: [
    checksOver(servicesIn, 'there is no service to check', [attached]),
    checksOver(interfacesIn, 'there is no interface endpoint to check', [status]),
  ],
};
