import type { Endpoint } from '../../atlas/model.js';
import type { Context } from '../../context.js';
import type { View } from '../../ui/view.js';
import { readAttached } from './interfaces.js';
import { terraformOf } from './terraform.js';

/** Endpoints as Terraform writes them, for which their interface endpoints are read. */
export async function describeAll(context: Context, endpoints: readonly Endpoint[]): Promise<Pick<View, 'terraform'>> {
  const described = [];
  for (const endpoint of endpoints) {
    const attached = endpoint.interfaceEndpoints.map((id) => readAttached(context, { service: endpoint, id }));
    described.push({ endpoint, interfaces: await Promise.all(attached) });
  }
  return { terraform: terraformOf(described) };
}
