import type { Provider } from '../atlas/provider.js';
import { CliError } from '../base/errors.js';

/** What each cloud answered, and why the others didn't. */
export interface Answers<T> {
  answers: ReadonlyMap<Provider, T>;
  failures: ReadonlyMap<Provider, CliError>;
}

/**
 * Asks each cloud by itself, all at the same time. Throws where what one says is final (not allowed, no such project), and
 * where none answers.
 */
export async function askClouds<T>(
  clouds: readonly Provider[],
  ask: (cloud: Provider) => Promise<T>,
): Promise<Answers<T>> {
  const answers = new Map<Provider, T>();
  const failures = new Map<Provider, CliError>();
  const settled = await Promise.allSettled(clouds.map(async (cloud) => answers.set(cloud, await ask(cloud))));
  for (const [index, each] of settled.entries()) {
    const cloud = clouds[index];
    if (each.status === 'fulfilled' || cloud === undefined) continue;
    if (!(each.reason instanceof CliError) || each.reason.exit !== 'unexpected') throw each.reason;
    failures.set(cloud, each.reason);
  }
  const [first] = failures.values();
  if (first && answers.size === 0) throw first;
  return { answers, failures };
}
