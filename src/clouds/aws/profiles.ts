import { parseKnownFiles } from '@smithy/core/config';
import { CliError } from '../../base/errors.js';
import type { Env } from '../../base/host.js';
import { closest, guessed, listed } from '../../base/words.js';

type Profile = Readonly<Record<string, string | undefined>>;

/** A profile and those that it gets its credentials from, in this order. */
export async function lineage(name = 'default') {
  const profiles = await parseKnownFiles({});
  const found = new Map<string, Profile & { name: string }>();
  for (let next: string | undefined = name; next !== undefined && !found.has(next); ) {
    const profile: Profile = profiles[next] ?? {};
    found.set(next, { ...profile, name: next });
    next = profile.source_profile;
  }
  return [...found.values()];
}

/** Throws a not-found error for a profile, or a source_profile, that neither file of the AWS configuration has. */
export async function checkAwsProfile(given: string, env: Env) {
  const profiles = await parseKnownFiles({});
  const name = (await lineage(given)).map((each) => each.name).find((each) => each !== 'default' && !profiles[each]);
  if (name === undefined) return;
  const files = [env.AWS_CONFIG_FILE || '~/.aws/config', env.AWS_SHARED_CREDENTIALS_FILE || '~/.aws/credentials'];
  const names = Object.keys(profiles).filter((each) => !/^(?:sso-session|services)\./.test(each));
  const near = closest(name, names);
  const which = name === given ? `AWS profile '${name}'` : `source_profile '${name}' of AWS profile '${given}'`;
  const hint = near === undefined ? `Existing profiles: ${listed(names) || 'none'}` : guessed(near);
  throw new CliError('notFound', `${which} not found in ${files.join(' or ')}.`, { hint });
}

export async function caBundleOf(given: string | undefined, env: Env) {
  if (env.AWS_CA_BUNDLE) return { setting: 'AWS_CA_BUNDLE', file: env.AWS_CA_BUNDLE };
  const [profile] = await lineage(given ?? (env.AWS_PROFILE || undefined));
  return { setting: 'ca_bundle', file: profile?.ca_bundle || undefined };
}
