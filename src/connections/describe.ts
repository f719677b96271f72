import type { Endpoint } from '../atlas/model.js';
import { type CliError, isFailure } from '../base/errors.js';
import type { Session } from '../endpoints/session.js';
import { attachedTo, describe, readAttached } from '../interfaces/find.js';
import type { View } from '../ui/view.js';
import { terraformOf } from './terraform.js';

/**
 * Endpoints as Terraform writes them, for which their interface endpoints are read. `onFailure` is told which of those
 * could not be read, and are left out.
 */
export async function describeAll(
  session: Pick<Session, 'atlas'>,
  endpoints: readonly Endpoint[],
  onFailure: (what: string, error: CliError) => void,
): Promise<Pick<View, 'own'>> {
  const described = [];
  for (const endpoint of endpoints) {
    const interfaces = [];
    for (const attached of attachedTo([endpoint])) {
      try {
        interfaces.push(await readAttached(session, attached));
      } catch (error) {
        if (!isFailure(error)) throw error;
        onFailure(describe(attached), error);
      }
    }
    described.push({ endpoint, interfaces });
  }
  return { own: { terraform: terraformOf(described) } };
}
