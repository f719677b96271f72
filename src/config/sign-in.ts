import type { Credentials } from '../atlas/auth.js';
import { accessPage, defaultBaseUrl } from '../atlas/base-url.js';
import { CliError } from '../base/errors.js';
import { at, claimsOf } from '../base/json.js';
import { cmd, commandLine, option } from '../base/shell.js';
import { checked, inOrder, type Origin, originText, type Resolved, type Sources, strongest } from './precedence.js';
import { readSecret } from './secrets.js';
import { inKeychain, projectIdOf, type SettingName } from './settings.js';

export interface SignIn {
  credentials: Credentials;
  origin: Origin;
  baseUrl: string;
}

/** Throws if the credentials are an access token that has expired. That of the Atlas CLI is from a login in the browser. */
export function checkNotExpired({ credentials, origin }: SignIn, now: number): void {
  if (credentials.kind !== 'access-token') return;
  const seconds = at(claimsOf(credentials.accessToken), 'exp');
  if (typeof seconds !== 'number' || seconds * 1000 > now) return;
  if (origin.kind !== 'atlasCli') {
    const hint = 'Get a new one, which is valid for one hour, or use a service account or an API key.';
    throw new CliError('notAllowed', `The access token from ${originText(origin)} has expired.`, { hint });
  }
  const login = cmd`atlas auth login ${option('--profile', origin.name === 'default' ? undefined : origin.name)}`;
  throw new CliError('notAllowed', `The sign-in of ${originText(origin)} has expired.`, {
    hint: { text: 'Run any command of the Atlas CLI to renew it, or sign in again:', commands: [login.text] },
  });
}

/** A pair comes from one source: keys are never mixed. Throws if half is missing, all is, or it is for another host. */
export async function resolveSignIn(sources: Sources): Promise<SignIn> {
  const { name } = sources.profile;
  // Our variables, the official ones, the profile, the Atlas CLI's. In each, the first kind that has any value counts.
  const all = inOrder(sources);
  for (const [place, source] of all.entries()) {
    for (const { names, make } of await source.kinds()) {
      const found = await Promise.all(names.map(source.find));
      const first = found.find((part) => part !== undefined);
      if (!first) continue;
      const missing = names[found.indexOf(undefined)];
      if (missing !== undefined) {
        const other = names.find((name) => name !== missing);
        const message = `Missing ${missing}. The ${other} comes from ${originText(first.origin)}.`;
        throw new CliError('notAllowed', message, { hint: 'Set both in the same place.' });
      }
      // Credentials belong to the host they were saved for. An environment variable must not send them to another host.
      const used = await strongest('base-url', all);
      const saved = first.origin.kind === 'environment' ? used : await strongest('base-url', all.slice(place));
      if (!used || used.value !== saved?.value) throw foreignHost(first.origin, used, saved);
      const values = await Promise.all(names.map((name, index) => readValue(name, found[index] ?? first, sources)));
      return { credentials: make(values), origin: first.origin, baseUrl: used.value };
    }
  }
  const login = commandLine(cmd`login ${option('--profile', name === 'default' ? undefined : name)}`);
  const isLocked = (await sources.atlasCli.profiles()).includes(name) && (await sources.keychain()) === null;
  const locked = isLocked
    ? 'The Atlas CLI may have its login in the keychain, which atlas-pe cannot open here. '
    : '';
  const inScript = 'In a script, set ATLAS_PE_PUBLIC_KEY and ATLAS_PE_PRIVATE_KEY (atlas-pe help environment). ';
  const text = `${locked}${inScript}Sign in, or try it in the sandbox, without an account:`;
  const hint = { text, commands: [login, commandLine(cmd`connect us-east-1 --sandbox`)] };
  throw new CliError('notAllowed', 'Not signed in to Atlas.', { reason: 'noCredentials', hint });
}

/** The page for new credentials. A setting that is not valid is reported elsewhere. */
export async function accessPageFor(sources: Sources): Promise<string | undefined> {
  const all = inOrder(sources);
  const valid = (name: SettingName) => strongest(name, all).catch(() => null);
  const [host, project] = [await valid('base-url'), await valid('project')];
  return accessPage(host?.value ?? defaultBaseUrl, project ? projectIdOf(project.value) : undefined);
}

async function readValue(name: SettingName, found: Resolved, { keychain, profile }: Sources) {
  if (found.value !== inKeychain) return checked(name, found).value;
  return checked(name, { ...found, value: await readSecret(keychain, profile.name, name) }).value;
}

function foreignHost(origin: Origin, used: Resolved | null, saved: Resolved | null) {
  const other = `${used?.value} (${used && originText(used.origin)})`;
  const message = `The credentials from ${originText(origin)} are for ${saved?.value}, not for ${other}.`;
  const hint =
    'Set credentials for that host in the environment, or save the base URL and the credentials in another profile.';
  return new CliError('notAllowed', message, { hint });
}
