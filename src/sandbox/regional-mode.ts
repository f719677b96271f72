import { providers } from '../clouds/all.js';
import { isOlder } from './port-mapping.js';
import { Refusal } from './refusal.js';
import { servicesOf } from './services.js';
import { checkProject, type World } from './world.js';

/** Enables or disables regional mode. It cannot be disabled while a region has multiple private endpoints. */
export function setRegionalMode(world: World, now: number, projectId: string, enabled: boolean): World {
  checkProject(world, projectId);
  const others = world.regionalMode.filter((id) => id !== projectId);
  if (enabled) return { ...world, regionalMode: [...others, projectId] };
  const places = providers.flatMap((provider) =>
    servicesOf(world, now, projectId, provider).map(
      (service) => `${provider} ${service.atlasRegion}${isOlder(service) ? ' without port mapping' : ''}`,
    ),
  );
  const twice = places.find((place, index) => places.indexOf(place) !== index);
  if (twice !== undefined) {
    const what = `${twice} has multiple private endpoints.`;
    throw new Refusal(409, 'MULTIPLE_PRIVATE_ENDPOINTS_RESTRICTED_TO_SINGLE_REGION', what, [projectId]);
  }
  return { ...world, regionalMode: others };
}
