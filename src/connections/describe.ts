import type { Endpoint } from '../atlas/model.js';
import type { Context } from '../context.js';
import { CliError, InterruptedError } from '../base/errors.js';
import type { View } from '../ui/view.js';
import { describe, readAttached } from '../interfaces/find.js';
import { terraformOf } from './terraform.js';

/**
 * Endpoints as Terraform writes them, for which their interface endpoints are read. `onFailure` is told which of those
 * could not be read, and are left out.
 */
export async function describeAll(
  context: Context,
  endpoints: readonly Endpoint[],
  onFailure: (what: string, error: CliError) => void,
): Promise<Pick<View, 'terraform'>> {
  const described = [];
  for (const endpoint of endpoints) {
    const interfaces = [];
    for (const id of endpoint.interfaceEndpoints) {
      const attached = { service: endpoint, id };
      try {
        interfaces.push(await readAttached(context, attached));
      } catch (error) {
        if (!(error instanceof CliError) || error instanceof InterruptedError) throw error;
        onFailure(describe(attached), error);
      }
    }
    described.push({ endpoint, interfaces });
  }
  return { terraform: terraformOf(described) };
}
