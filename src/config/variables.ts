import type { Env } from '../base/host.js';
import { closest, guessed, parseName } from '../base/suggest.js';
import { settingNames, variablesOf } from './settings.js';

/** Our environment variables besides those of settings, and those that the sandbox sets for scripts. */
const others = ['PROFILE', 'SANDBOX', 'LOG_FORMAT', 'DEBUG', 'CONFIG_DIR', 'CACHE_DIR', 'DATA_DIR'];
const ofSandbox = ['SANDBOX_DNS_SERVER', 'SANDBOX_TLS_CA_FILE', 'SANDBOX_TLS_BASE_URL'];

/** Warnings about variables that look like ours. Those that begin with ATLAS_PE_TEST_ are for tests. */
export function unknownVariables(env: Env): string[] {
  const own = [...others, ...ofSandbox].map((name) => `ATLAS_PE_${name}`);
  const known = [...settingNames.flatMap((name) => variablesOf(name).ours), ...own];
  const unknown = Object.keys(env).filter((name) => /^ATLAS_PE_(?!TEST_)/.test(name) && !known.includes(name));
  return unknown.map((name) => {
    const near = closest(name, known);
    return `Unknown environment variable ${name}.${near === undefined ? '' : ` ${guessed(near)}`}`;
  });
}

/** Whether ATLAS_PE_SANDBOX stands for --sandbox. Throws a usage error for anything but these: it must not mean a real account. */
export function isSandboxChosen({ ATLAS_PE_SANDBOX: text }: Env): boolean {
  return ['1', 'true'].includes(parseName('ATLAS_PE_SANDBOX', text || '0', ['1', 'true', '0', 'false']));
}
