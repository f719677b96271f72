import { stringify } from 'yaml';
import { description, homepage, name, version } from '../package.json';

/** The manifest.yml that makes a folder with this program a plugin of the Atlas CLI: `atlas pe COMMAND`. */
export function pluginManifest(binary: string): string {
  const [owner] = new URL(homepage).pathname.split('/').filter(Boolean);
  const pe = { description: 'Manage private endpoints: atlas pe --help' };
  return stringify({ name, description, version, github: { owner, name }, binary, commands: { pe } });
}
