import { environmentOf } from '../../src/commands/sandbox/environment.js';
import { defaultProject } from '../../src/sandbox/world.js';
import { ownFolders } from '../helpers/run-main.js';

/** The environment of a program that uses this sandbox and nothing of the user's settings. */
export function simulatedEnvironment(baseUrl: string): Record<string, string> {
  const env: Record<string, string> = ownFolders();
  for (const { values } of environmentOf(baseUrl, defaultProject, null))
    for (const [name, value] of Object.entries(values)) if (value !== null) env[name] = value;
  return env;
}

/** AWS's SDK reads its variables from the process. Returns what puts the old ones back. */
export function lendToSdk(env: Record<string, string>): () => void {
  const files = { AWS_CONFIG_FILE: '/nonexistent', AWS_SHARED_CREDENTIALS_FILE: '/nonexistent' };
  const own = { ...Object.fromEntries(Object.entries(env).filter(([name]) => name.startsWith('AWS_'))), ...files };
  const before = Object.fromEntries(Object.keys(own).map((name) => [name, process.env[name]]));
  Object.assign(process.env, own);
  return () => {
    for (const [name, value] of Object.entries(before)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  };
}
