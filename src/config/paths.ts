import { userInfo } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { CliError } from '../base/errors.js';
import type { Env } from '../base/host.js';

/** The folders of config.json, of the sandbox's saved state, and of caches, which may be deleted at any time. */
const variables = { config: 'ATLAS_PE_CONFIG_DIR', data: 'ATLAS_PE_DATA_DIR', cache: 'ATLAS_PE_CACHE_DIR' } as const;

type Folder = keyof typeof variables;

export function ownFolder(folder: Folder, env: Env) {
  const named = env[variables[folder]];
  return named ? resolve(named) : platformFolders(env)[folder];
}

export function savedSandbox(env: Env) {
  return join(ownFolder('data', env), 'sandbox.json');
}

export function xdgConfigDir(env: Env) {
  return absolute(env.XDG_CONFIG_HOME) ?? join(homeDir(env), '.config');
}

/** Throws a usage error if there is none: private files must not end up in the current folder. */
export function homeDir(env: Env, listedUser: () => { homedir: string } = userInfo): string {
  const variable = process.platform === 'win32' ? 'USERPROFILE' : 'HOME';
  const named = absolute(env[variable]);
  if (named !== undefined) return named;
  try {
    const listed = absolute(listedUser().homedir);
    if (listed !== undefined) return listed;
  } catch {
    // The system doesn't list this user.
  }
  throw new CliError('usage', 'Cannot determine your home directory.', {
    hint: `Set ${variable} to an absolute path, or set ATLAS_PE_CONFIG_DIR, ATLAS_PE_DATA_DIR and ATLAS_PE_CACHE_DIR.`,
  });
}

function platformFolders(env: Env): Record<Folder, string> {
  const home = homeDir(env);
  if (process.platform === 'win32') {
    const roaming = join(absolute(env.APPDATA) ?? join(home, 'AppData', 'Roaming'), 'atlas-pe');
    const local = join(absolute(env.LOCALAPPDATA) ?? join(home, 'AppData', 'Local'), 'atlas-pe');
    return { config: join(roaming, 'Config'), data: join(local, 'Data'), cache: join(local, 'Cache') };
  }
  if (process.platform === 'darwin') {
    const library = (name: string) => join(home, 'Library', name, 'atlas-pe');
    return { config: library('Preferences'), data: library('Application Support'), cache: library('Caches') };
  }
  return {
    config: join(xdgConfigDir(env), 'atlas-pe'),
    data: join(absolute(env.XDG_DATA_HOME) ?? join(home, '.local', 'share'), 'atlas-pe'),
    cache: join(absolute(env.XDG_CACHE_HOME) ?? join(home, '.cache'), 'atlas-pe'),
  };
}

/** The XDG specification says to ignore relative paths. We ignore empty ones too. */
function absolute(path: string | undefined) {
  return path !== undefined && isAbsolute(path) ? path : undefined;
}
