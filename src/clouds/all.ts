import { oneOf, parseName } from '../base/words.js';
import { aws } from './aws/facts.js';
import { azure } from './azure/facts.js';
import type { CloudFacts } from './facts.js';
import { gcp } from './gcp/facts.js';

const table = { AWS: aws, AZURE: azure, GCP: gcp } as const satisfies Record<string, CloudFacts>;

export type Provider = keyof typeof table;

export const clouds: Readonly<Record<Provider, CloudFacts>> = table;

export const providers = Object.keys(table) as Provider[];

export const defaultProvider: Provider = 'AWS';

export const remoteProvider = providers.find((name) => clouds[name].hasRemoteRegions) ?? defaultProvider;

/** The cloud whose services are of two kinds, with and without port mapping. */
export const twoKindProvider = providers.find((name) => clouds[name].older) ?? defaultProvider;

export const providerWords = providers.map((name) => name.toLowerCase());

export const anyProvider = oneOf(providerWords);

export const cloudFlags = {
  ...aws.setup,
  network: { ...aws.setup.network, ...gcp.setup.network, ...azure.setup.network },
  signIn: { ...aws.setup.signIn, ...gcp.setup.signIn, ...azure.setup.signIn },
};

export function stepTitle(provider: Provider, stepId: string) {
  return clouds[provider].setup.steps.find(({ id }) => id === stepId)?.title ?? stepId;
}

/** Help for something that differs by cloud: `AWS: …; GCP: …`. */
export function byCloud(words: (cloud: CloudFacts) => string | null | undefined) {
  const all = providers.map((name) => ({ title: clouds[name].title, text: words(clouds[name]) }));
  return all.flatMap(({ title, text }) => (text ? [`${title}: ${text}`] : [])).join('; ');
}

/** Reads a provider in upper or lower case. Throws a usage error that lists the providers. */
export function parseProvider(text: string) {
  return parseName('provider', text, providerWords).toUpperCase() as Provider;
}
