import { texts } from '../../base/json.js';
import { knownRegions } from '../../clouds/regions.js';
import type { AnswerBody } from '../clouds/all.js';
import { gcpNetworks, gcpPlace, numberOf, quotaOf } from './account.js';
import type { GcpRequest } from './request.js';

/* Projects, regions and zones, and the firewall rules of a network. They can only be read. */

export function projectAnswer({ project }: GcpRequest): AnswerBody {
  return { projectId: project, name: project, projectNumber: numberOf(project), lifecycleState: 'ACTIVE' };
}

export function regionsIn(request: GcpRequest): AnswerBody[] {
  return knownRegions('GCP').map((name) => {
    const selfLink = gcpPlace(request.project, name);
    const quotas = [quotaOf(request, selfLink, 'INTERNAL_ADDRESSES')];
    const zones = [...(letters[name] ?? 'abc')].map((each) => `projects/${request.project}/zones/${name}-${each}`);
    return { name, status: 'UP', quotas, zones, selfLink };
  });
}

export function zonesIn(request: GcpRequest): AnswerBody[] {
  return regionsIn(request).flatMap(({ zones, selfLink: region }) =>
    texts(zones).map((selfLink) => ({ name: selfLink.replace(/.*\//, ''), status: 'UP', region, selfLink })),
  );
}

/** The letters of the zones of regions that do not have a, b and c. */
const letters: Readonly<Record<string, string>> = { 'us-central1': 'abcf', 'us-east1': 'bcd', 'europe-west1': 'bcd' };

/** The firewall rules of the faults file. One that names no network is shown with the first one. */
export function firewallsIn({ world, place, project }: GcpRequest): AnswerBody[] {
  const [network] = gcpNetworks(world, project);
  return (world.options.gcp.firewalls ?? []).map((rule, index) => {
    const named = { name: `rule-${index + 1}`, network: network?.path, ...rule };
    return { ...named, selfLink: `${place}/firewalls/${named.name}` };
  });
}
