import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openKeychain } from '../../src/config/store.js';
import { sandboxKeys } from '../../src/sandbox/gate.js';
import { defaultProject } from '../../src/sandbox/world.js';
import { ownFolders } from '../helpers/run-cli.js';
import { runProgram } from '../helpers/run-program.js';
import { startSandbox } from '../helpers/sandbox.js';

/*
 * Uses a real Secret Service, but never that of the machine's user: .ci/run starts one with with-secret-service.sh. The
 * order is fixed, because the last test locks it.
 */
const isThere = process.env.ATLAS_PE_TEST_KEYCHAIN === '1';
const { publicKey, privateKey } = sandboxKeys;

describe.skipIf(!isThere)(
  'a real keychain (skipped without test/helpers/with-secret-service.sh)',
  { shuffle: false },
  () => {
    const bus = { DBUS_SESSION_BUS_ADDRESS: process.env.DBUS_SESSION_BUS_ADDRESS ?? '' };
    let sandbox: Awaited<ReturnType<typeof startSandbox>>;
    beforeAll(async () => {
      sandbox = await startSandbox();
    });
    afterAll(() => sandbox.close());

    test('stores the secret of a login, and the next command uses it', async () => {
      const env: Record<string, string> = { ...ownFolders(), ...bus, ATLAS_PE_BASE_URL: sandbox.baseUrl };
      const login = await runProgram(
        ['login', '--with-key', '--project', 'Sandbox'],
        env,
        `${publicKey}\n${privateKey}\n`,
      );
      expect(login).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('the system keychain') });
      const file = join(env.ATLAS_PE_CONFIG_DIR ?? '', 'config.json');
      expect(readFileSync(file, 'utf8')).not.toContain(privateKey);
      expect(await (await openKeychain())?.get('atlas-pe', 'default/private-key')).toBe(privateKey);
      expect(await runProgram(['list', '--json'], env)).toMatchObject({ exitCode: 0, stdout: '[]\n' });
      expect(await runProgram(['logout'], env)).toMatchObject({ exitCode: 0 });
      expect(await (await openKeychain())?.get('atlas-pe', 'default/private-key')).toBeNull();
    });

    test("has the Atlas CLI's keys, which can sign in", async () => {
      const env: Record<string, string> = { ...ownFolders(), ...bus };
      const folder = join(env.XDG_CONFIG_HOME ?? '', 'atlascli');
      mkdirSync(folder, { recursive: true });
      const toml = `[default]\nproject_id = "${defaultProject}"\nops_manager_url = "${sandbox.baseUrl}/"\n`;
      writeFileSync(join(folder, 'config.toml'), toml);
      const keychain = await openKeychain();
      await keychain?.set('atlascli_default', 'public_api_key', publicKey);
      await keychain?.set('atlascli_default', 'private_api_key', privateKey);
      expect(await runProgram(['list', '--json'], env)).toMatchObject({ exitCode: 0, stdout: '[]\n', stderr: '' });
    });

    test('that is locked gives an error with a hint', async () => {
      const env: Record<string, string> = { ...ownFolders(), ...bus, ATLAS_PE_BASE_URL: sandbox.baseUrl };
      await runProgram(['login', '--with-key', '--project', 'Sandbox'], env, `${publicKey}\n${privateKey}\n`);
      const at = ['--session', '--print-reply', '--dest=org.freedesktop.secrets', '/org/freedesktop/secrets'];
      const collection = 'array:objpath:/org/freedesktop/secrets/collection/login';
      execFileSync('dbus-send', [...at, 'org.freedesktop.Secret.Service.Lock', collection]);
      const { exitCode, stderr } = await runProgram(['list'], env);
      expect([exitCode, stderr]).toEqual([
        1,
        expect.stringMatching(/^Error: Cannot access the keychain: .+\nHint: /),
      ]);
    });
  },
);
