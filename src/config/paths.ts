import { isAbsolute, resolve } from 'node:path';
import envPaths from 'env-paths';
import type { Env } from '../system.js';

const platform = envPaths('atlas-pe', { suffix: '' });

/** The folder of config.json. */
export function configDir(env: Env): string {
  return folder(env.ATLAS_PE_CONFIG_DIR, platform.config);
}

/** The folder of the sandbox's saved state. */
export function dataDir(env: Env): string {
  return folder(env.ATLAS_PE_DATA_DIR, platform.data);
}

function folder(chosen: string | undefined, usual: string): string {
  if (!chosen) return usual;
  return isAbsolute(chosen) ? chosen : resolve(chosen);
}
