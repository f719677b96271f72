import type { Credentials } from '../atlas/auth.js';
import type { SettingName } from './settings.js';

export interface CredentialKind {
  kind: Credentials['kind'];
  names: readonly [SettingName, ...SettingName[]];
  make(values: readonly string[]): Credentials;
}

export const token: CredentialKind = {
  kind: 'access-token',
  names: ['access-token'],
  make: ([accessToken = '']) => ({ kind: 'access-token', accessToken }),
};
export const serviceAccount = {
  kind: 'service-account',
  names: ['client-id', 'client-secret'],
  make: ([clientId = '', clientSecret = '']) => ({ kind: 'service-account', clientId, clientSecret }),
} as const satisfies CredentialKind;
export const apiKey = {
  kind: 'api-key',
  names: ['public-key', 'private-key'],
  make: ([publicKey = '', privateKey = '']) => ({ kind: 'api-key', publicKey, privateKey }),
} as const satisfies CredentialKind;

/** Strongest first. */
export const credentialKinds: readonly CredentialKind[] = [token, serviceAccount, apiKey];

/** The same for the official clients. The token is last: beside other credentials it may be an expired cache. */
export const officialKinds: readonly CredentialKind[] = [serviceAccount, apiKey, token];

/** In a sentence: `API key`, `service account`, `access token`. */
export function titleOf({ kind }: Pick<Credentials, 'kind'>): string {
  return kind.replace('api', 'API').replace('-', ' ');
}

export function publicIdOf(credentials: Credentials): string | null {
  if (credentials.kind === 'access-token') return null;
  return credentials.kind === 'api-key' ? credentials.publicKey : credentials.clientId;
}

export const credentialNames: readonly SettingName[] = credentialKinds.flatMap(({ names }) => names);
