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

/** The folder of what is kept to save round trips; it may be deleted at any time. */
export function cacheDir(env: Env): string {
  return folder(env.ATLAS_PE_CACHE_DIR, platform.cache);
}

function folder(chosen: string | undefined, usual: string): string {
  if (!chosen) return usual;
  return isAbsolute(chosen) ? chosen : resolve(chosen);
}
