import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'vitest';
import { pluginManifest } from '../../tools/plugin-manifest.js';
import { bin } from '../helpers/run-program.js';
import { hasPeers } from './peers.js';
import { serve } from './served.js';

/** The Atlas CLI signs in to the sandbox with its own configuration, and atlas-pe has none. */
const signIn = `baseUrl=$ATLAS_PE_BASE_URL project=$ATLAS_PE_PROJECT publicKey=$ATLAS_PE_PUBLIC_KEY privateKey=$ATLAS_PE_PRIVATE_KEY
  unset \${!ATLAS_PE_*} \${!MONGODB_ATLAS_P*} MONGODB_ATLAS_OPS_MANAGER_URL MONGODB_ATLAS_BASE_URL
  for each in "public_api_key $publicKey" "private_api_key $privateKey" "project_id $project" "ops_manager_url $baseUrl/"; do
    atlas config set $each > set.txt
  done`;

describe.skipIf(!hasPeers)('a plugin of the Atlas CLI (skipped without it)', { concurrent: true }, () => {
  /** A sandbox, and a home folder in which the Atlas CLI has the plugin. */
  async function withPlugin() {
    const sandbox = await serve();
    const plugin = join(sandbox.folder, '.config/atlascli/plugins/atlas-pe');
    cpSync(bin(), plugin, { recursive: true });
    writeFileSync(join(plugin, 'manifest.yml'), pluginManifest('atlas-pe'));
    return sandbox;
  }

  test('the Atlas CLI lists it, and its help names the command', async ({ expect }) => {
    await using sandbox = await withPlugin();
    expect(await sandbox.output('atlas plugin list')).toContain('atlas-pe');
    expect(await sandbox.output('atlas --help')).toMatch(/^ +pe +Manage private endpoints/m);
  });

  test('uses the login of the Atlas CLI, and whoami says so', async ({ expect }) => {
    await using sandbox = await withPlugin();
    const pe = (line: string) => sandbox.output(`${signIn}\natlas pe ${line}`);
    const whoami = JSON.parse(await pe('whoami --json'));
    expect(whoami).toMatchObject({ kind: 'api-key', id: 'sandbox1', origin: 'Atlas CLI profile default' });
    const created = JSON.parse(await pe('create us-east-1 --wait --json --quiet'));
    expect(JSON.parse(await pe('list --json'))).toEqual([expect.objectContaining({ id: created.id })]);
  });

  test('prints what atlas-pe prints; the Atlas CLI makes every exit code other than 0 a 1', async ({ expect }) => {
    await using sandbox = await withPlugin();
    for (const [line, exitCode] of [
      ['--version', 0],
      ['create --help', 0],
      ['lst', 2],
      ['get us-east-1', 3],
      ['completion bash', 0],
    ] as const) {
      const own = await sandbox.run(`atlas-pe ${line}`);
      expect([own.code, await sandbox.run(`atlas pe ${line}`)], line).toEqual([
        exitCode,
        { ...own, code: Math.min(exitCode, 1) },
      ]);
    }
  });
});
