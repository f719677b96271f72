import { isGone } from '../../atlas/errors.js';
import type { Patience } from '../../atlas/http.js';
import { type Endpoint, toDeleted } from '../../atlas/model.js';
import type { Context } from '../../context.js';

/** Reads endpoints again: one by itself, several of a cloud with the list of them all. */
export async function look(context: Context, endpoints: readonly Endpoint[], how: Patience): Promise<Endpoint[]> {
  const atlas = await context.atlas();
  const read = async (endpoint: Endpoint): Promise<Endpoint> => {
    try {
      return await atlas.getService(endpoint.projectId, endpoint.provider, endpoint.id, how);
    } catch (error) {
      if (isGone(error)) return toDeleted(endpoint);
      throw error;
    }
  };
  const [first] = endpoints;
  if (!first) return [];
  const byProvider = new Map<string, Promise<Map<string, Endpoint>>>();
  for (const { provider } of endpoints) {
    const isOnly = endpoints.filter((each) => each.provider === provider).length === 1;
    if (isOnly || byProvider.has(provider)) continue;
    const list = atlas.listServices(first.projectId, provider, how);
    byProvider.set(
      provider,
      list.then((services) => new Map(services.map((each) => [each.id, each]))),
    );
  }
  return Promise.all(
    // What a list leaves out is asked for by name before it counts as gone.
    endpoints.map(async (each) => (await byProvider.get(each.provider))?.get(each.id) ?? read(each)),
  );
}
