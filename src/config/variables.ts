import type { Env } from '../base/host.js';
import { closest, guessed, parseName } from '../base/suggest.js';
import { settingNames, variablesOf } from './settings.js';

/** Our environment variables besides those of settings. The sandbox sets the last three for scripts. */
const others = [
  'ATLAS_PE_PROFILE',
  'ATLAS_PE_SANDBOX',
  'ATLAS_PE_LOG_FORMAT',
  'ATLAS_PE_DEBUG',
  'ATLAS_PE_CONFIG_DIR',
  'ATLAS_PE_CACHE_DIR',
  'ATLAS_PE_DATA_DIR',
  'ATLAS_PE_SANDBOX_DNS_SERVER',
  'ATLAS_PE_SANDBOX_TLS_CA_FILE',
  'ATLAS_PE_SANDBOX_TLS_BASE_URL',
];

/** Warnings about variables that look like ours. Those that begin with ATLAS_PE_TEST_ are for tests. */
export function unknownVariables(env: Env): string[] {
  const known = [...settingNames.flatMap((name) => variablesOf(name).ours), ...others];
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
