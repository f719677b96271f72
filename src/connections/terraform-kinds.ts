import type { Atlas } from '../atlas/client.js';
import { isLeaving } from '../atlas/status.js';
import type { AnyEndpoint } from '../endpoints/family.js';
import { kinds } from '../endpoints/kinds/all.js';
import { requestTo } from '../endpoints/kinds/requests.js';
import { labelOf, type Part, whyNoImport } from './terraform-blocks.js';

/** A private endpoint that is not of clusters, as a resource, or why it is none. Nothing for one that is being deleted. */
export async function kindParts(atlas: Atlas, endpoint: AnyEndpoint): Promise<Part[]> {
  const kind = kinds.find(({ name }) => name === endpoint.kind);
  if (!kind || isLeaving(endpoint.status, kind.statuses)) return [];
  const { id, projectId, provider } = endpoint;
  const { name, terraform } = kind;
  const known = terraform && (terraform.providers ?? kind.providers).includes(provider);
  const why = known ? whyNoImport(endpoint, true) : `its provider has no such resource for ${provider}.`;
  if (!terraform || why !== undefined)
    return [`${name} ${id} is left out, because Terraform cannot import it: ${why}`];
  const { type, importId, attributes } = terraform;
  // Its own answer has the region in the spelling of the request.
  const answer = Object(await atlas.send({ method: 'GET', ...requestTo(kind, endpoint, id) }));
  const own = attributes.split(/\s+/).map((each) => each.split('='));
  const values = { project_id: projectId, ...Object.fromEntries(own.map(([name, key = '']) => [name, answer[key]])) };
  return [{ type, label: `${name}_${labelOf(endpoint)}`, id, importId: importId(endpoint), values, refs: {} }];
}
