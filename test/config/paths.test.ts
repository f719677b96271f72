import { userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Env } from '../../src/base/host.js';
import { openAtlasCli } from '../../src/config/atlas-cli.js';
import { cacheDir, configDir, dataDir, homeDir } from '../../src/config/paths.js';

/** Every folder that is derived from the environment. */
const folders = (env: Env) => [
  ...[configDir(env), dataDir(env), cacheDir(env)],
  openAtlasCli(env, async () => null).file,
];

describe.skipIf(process.platform !== 'linux')('folders on Linux', () => {
  const usual = (home: string) => [
    ...[join(home, '.config/atlas-pe'), join(home, '.local/share/atlas-pe'), join(home, '.cache/atlas-pe')],
    join(home, '.config/atlascli/config.toml'),
  ];

  test('are those of the XDG specification', () => {
    const env = { HOME: '/h', XDG_CONFIG_HOME: '/c', XDG_DATA_HOME: '/d', XDG_CACHE_HOME: '/k' };
    expect(folders(env)).toEqual(['/c/atlas-pe', '/d/atlas-pe', '/k/atlas-pe', '/c/atlascli/config.toml']);
    expect(folders({ HOME: '/h' })).toEqual(usual('/h'));
  });

  test.each(['', 'relative', '../x', '.'])('an XDG folder that reads %j is ignored', (path) => {
    const env = { HOME: '/h', XDG_CONFIG_HOME: path, XDG_DATA_HOME: path, XDG_CACHE_HOME: path };
    expect(folders(env)).toEqual(usual('/h'));
  });

  test.each([undefined, '', 'relative', '.'])("a HOME that reads %j is replaced by the user's own", (HOME) => {
    expect(folders({ HOME })).toEqual(usual(userInfo().homedir));
  });
});

test.each([
  [
    'not listed',
    () => {
      throw new Error('ENOENT');
    },
  ],
  ['listed without one', () => ({ homedir: '' })],
])('a user who is %s and has no HOME has to set one', (_, listedUser) => {
  expect(() => homeDir({ HOME: '' }, listedUser)).toThrow(
    expect.objectContaining({ exitCode: 2, hint: { text: expect.stringMatching(/^Set HOME/), commands: [] } }),
  );
});

test('a folder that is named may be relative, since that is what was asked for', () => {
  const env = { ATLAS_PE_CONFIG_DIR: 'c', ATLAS_PE_DATA_DIR: './d', ATLAS_PE_CACHE_DIR: '/k' };
  expect([configDir(env), dataDir(env), cacheDir(env)]).toEqual([resolve('c'), resolve('d'), resolve('/k')]);
});
