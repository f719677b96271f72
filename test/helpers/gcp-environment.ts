import { environmentOf } from '../../src/commands/sandbox/environment.js';

/** The variables that lead to a sandbox's Google Cloud. */
export function gcpEnvironment(baseUrl: string): Record<string, string> {
  const all = environmentOf(baseUrl, '', null).flatMap(({ values }) => Object.entries(values));
  return Object.fromEntries(
    all.flatMap(([name, value]) => (/^(?:CLOUDSDK|GOOGLE)_/.test(name) && value !== null ? [[name, value]] : [])),
  );
}
