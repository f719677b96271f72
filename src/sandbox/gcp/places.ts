import { texts } from '../../base/json.js';
import { knownRegions } from '../../clouds/regions.js';
import { digits } from '../chance.js';
import type { AnswerBody } from '../clouds/all.js';
import { gcpPlace, quotaOf } from './account.js';
import type { GcpRequest } from './request.js';

/* Projects, regions and zones. */

export function projectAnswer({ project }: GcpRequest): AnswerBody {
  return { projectId: project, name: project, projectNumber: numberOf(project), lifecycleState: 'ACTIVE' };
}

export function regionsIn(request: GcpRequest): AnswerBody[] {
  return knownRegions('GCP').map((name) => {
    const selfLink = gcpPlace(request.project, name);
    const quotas = [quotaOf(request, selfLink, 'INTERNAL_ADDRESSES')];
    const zones = [...(letters[name] ?? 'abc')].map((each) => `projects/${request.project}/zones/${name}-${each}`);
    return { id: numberOf(name), name, status: 'UP', quotas, zones, selfLink };
  });
}

export function zonesIn(request: GcpRequest): AnswerBody[] {
  return regionsIn(request).flatMap(({ zones, selfLink: region }) =>
    texts(zones).map((selfLink) => {
      const name = selfLink.replace(/.*\//, '');
      return { id: numberOf(name), name, status: 'UP', region, selfLink };
    }),
  );
}

/** The letters of the zones of regions that do not have a, b and c. */
const letters: Readonly<Record<string, string>> = { 'us-central1': 'abcf', 'us-east1': 'bcd', 'europe-west1': 'bcd' };

function numberOf(name: string) {
  return String(Number.parseInt(digits(name, 12), 16));
}
