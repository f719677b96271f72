import { kinds } from '../../config/credential-kinds.js';
import { secretNames } from '../../config/secrets.js';
import { inKeychain, sandboxProfile } from '../../config/settings.js';
import type { Values } from '../../config/store.js';
import type { Context } from '../../context.js';

/** Lists the profiles: ours, those of the Atlas CLI that have no namesake here, and those that are always there. */
export async function run(context: Context): Promise<void> {
  const { profiles } = await context.config();
  const theirs = (await context.atlasCli.profiles()).filter((name) => !profiles[name]);
  const row = (name: string, from: string, values: Values) => ({
    name,
    current: name === context.profile.name,
    from,
    credentials: kindOf(values),
    secrets: whereOf(values),
    project: values.project ?? null,
    baseUrl: values['base-url'] ?? null,
  });
  const rows = [
    ...Object.entries(profiles).map(([name, values]) => row(name, 'atlas-pe', values)),
    ...(await Promise.all(theirs.map(async (name) => row(name, 'Atlas CLI', await context.atlasCli.values(name))))),
    ...['default', sandboxProfile]
      .filter((name) => !profiles[name] && !theirs.includes(name))
      .map((name) => row(name, 'built in', {})),
  ];
  const columns = ['name', 'current', 'from', 'credentials', 'project'];
  await context.io.print({ single: false, rows, columns, id: 'name' });
}

function kindOf(values: Values): string | null {
  return kinds.find(({ names: [first] }) => values[first])?.kind ?? null;
}

function whereOf(values: Values): string | null {
  const secrets = secretNames.flatMap((name) => values[name] ?? []);
  if (secrets.length === 0) return null;
  return secrets.includes(inKeychain) ? 'keychain' : 'file';
}
