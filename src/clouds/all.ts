import { UsageError } from '../base/errors.js';
import { oneOf } from '../base/listed.js';
import { didYouMean } from '../base/suggest.js';
import { aws } from './aws.js';
import { azure } from './azure.js';
import type { Cloud } from './cloud.js';
import { gcp } from './gcp.js';

/** The clouds, as the API spells them. */
const table = { AWS: aws, AZURE: azure, GCP: gcp } as const satisfies Record<string, Cloud>;

export type Provider = keyof typeof table;

export const clouds: Readonly<Record<Provider, Cloud>> = table;

export const providers = Object.keys(table) as Provider[];

/** The cloud of a command that names none. */
export const defaultProvider: Provider = 'AWS';

/** The cloud whose services may admit regions other than their own. */
export const remoteProvider = providers.find((name) => clouds[name].hasRemoteRegions) ?? defaultProvider;

/** As command lines spell them. */
export const providerWords = providers.map((name) => name.toLowerCase());

/** `aws, azure or gcp`. */
export const anyProvider = oneOf(providerWords);

/** What help says of something that not all clouds have alike: `AWS: …; GCP: …`. */
export function byCloud(words: (cloud: Cloud) => string | undefined): string {
  return providers
    .flatMap((name) => {
      const said = words(clouds[name]);
      return said === undefined ? [] : [`${clouds[name].title}: ${said}`];
    })
    .join('; ');
}

/** Reads a provider in any case. Throws a usage error that lists those that exist. */
export function parseProvider(text: string): Provider {
  const provider = providers.find((name) => name === text.trim().toUpperCase());
  if (provider) return provider;
  throw new UsageError(`'${text}' is not a provider.`, didYouMean(text, providerWords));
}
