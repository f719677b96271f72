import { UsageError } from '../base/errors.js';
import { didYouMean } from '../base/suggest.js';

/** The clouds, as the API spells them. */
export const providers = ['AWS', 'AZURE', 'GCP'] as const;
export type Provider = (typeof providers)[number];

/** Reads a provider in any case. Throws a usage error that lists those that exist. */
export function parseProvider(text: string): Provider {
  const provider = providers.find((name) => name === text.trim().toUpperCase());
  if (provider) return provider;
  throw new UsageError(
    `'${text}' is not a provider.`,
    didYouMean(
      text,
      providers.map((name) => name.toLowerCase()),
    ),
  );
}
