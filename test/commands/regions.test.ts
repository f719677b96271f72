import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { providers } from '../../src/clouds/all.js';
import { knownRegions } from '../../src/clouds/regions.js';
import { ownFolders, runCli } from '../helpers/run-cli.js';
import { Screen } from '../helpers/screen.js';

const run = (line: string, env = ownFolders()) => runCli(line.split(' '), { env });

test.each(providers)('regions lists every region of %s, without credentials and configuration', async (provider) => {
  const word = provider.toLowerCase();
  const { exitCode, stdout, stderr } = await run(`regions --provider ${word} --output id`);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(stdout.trimEnd().split('\n')).toEqual(knownRegions(provider));
  const all = JSON.parse((await run('regions --json')).stdout);
  const own = all.filter((each: { provider: string }) => each.provider === provider);
  expect(JSON.parse((await run(`regions --provider ${word} --json`)).stdout)).toEqual(own);
  expect(own).toHaveLength(knownRegions(provider).length);
});

test('regions has both spellings', async () => {
  const west = { provider: 'AZURE', region: 'westeurope', atlasRegion: 'EUROPE_WEST' };
  expect(JSON.parse((await run('regions --json')).stdout)).toContainEqual(west);
  expect((await run('regions')).stdout).toContain('AZURE\twesteurope\tEUROPE_WEST\n');
  const screen = new Screen({ columns: 80, rows: 10 });
  await runCli(['regions', '--provider', 'aws'], { screen });
  expect(screen.raw).toMatch(/ATLAS-REGION[\s\S]*\bus-gov-east-1 +US_GOV_EAST_1\b/);
});

test('regions works with a configuration that cannot be read, and refuses another provider', async () => {
  const env = ownFolders();
  mkdirSync(env.ATLAS_PE_CONFIG_DIR ?? '', { recursive: true, mode: 0o700 });
  writeFileSync(join(env.ATLAS_PE_CONFIG_DIR ?? '', 'config.json'), '{"profiles":', { mode: 0o600 });
  expect((await run('regions --output id', env)).stdout).toContain('us-east-1\n');
  const { exitCode, stderr } = await run('regions --provider ibm');
  expect([exitCode, stderr]).toEqual([2, expect.stringContaining('Valid values: aws, azure, gcp')]);
});
