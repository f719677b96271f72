import { userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Env } from '../../src/base/host.js';
import { openAtlasCli } from '../../src/config/atlas-cli.js';
import { homeDir, ownFolder } from '../../src/config/paths.js';

/** All folders that depend on the environment. */
const folders = (env: Env) => [
  ownFolder('config', env),
  ownFolder('data', env),
  ownFolder('cache', env),
  openAtlasCli(env, async () => null).file(),
];

describe.skipIf(process.platform !== 'linux')('folders on Linux', () => {
  const usual = (home: string) => [
    join(home, '.config/atlas-pe'),
    join(home, '.local/share/atlas-pe'),
    join(home, '.cache/atlas-pe'),
    join(home, '.config/atlascli/config.toml'),
  ];

  test('follow the XDG specification', () => {
    const env = { HOME: '/h', XDG_CONFIG_HOME: '/c', XDG_DATA_HOME: '/d', XDG_CACHE_HOME: '/k' };
    expect(folders(env)).toEqual(['/c/atlas-pe', '/d/atlas-pe', '/k/atlas-pe', '/c/atlascli/config.toml']);
    expect(folders({ HOME: '/h' })).toEqual(usual('/h'));
  });

  test.each(['', 'relative', '../x', '.'])('an XDG folder of %j is ignored', (path) => {
    const env = { HOME: '/h', XDG_CONFIG_HOME: path, XDG_DATA_HOME: path, XDG_CACHE_HOME: path };
    expect(folders(env)).toEqual(usual('/h'));
  });

  test.each([undefined, '', 'relative', '.'])("if HOME is %j, the user's home folder is used", (HOME) => {
    expect(folders({ HOME })).toEqual(usual(userInfo().homedir));
  });
});

describe.skipIf(process.platform === 'win32')('folders on other platforms', () => {
  afterEach(() => vi.restoreAllMocks());
  const on = (platform: NodeJS.Platform) => vi.spyOn(process, 'platform', 'get').mockReturnValue(platform);

  test('are in the Library on macOS', () => {
    on('darwin');
    expect(folders({ HOME: '/h', XDG_CONFIG_HOME: '/c', XDG_DATA_HOME: '/d', XDG_CACHE_HOME: '/k' })).toEqual([
      '/h/Library/Preferences/atlas-pe',
      '/h/Library/Application Support/atlas-pe',
      '/h/Library/Caches/atlas-pe',
      '/h/Library/Application Support/atlascli/config.toml',
    ]);
  });

  test('are in AppData on Windows', () => {
    on('win32');
    const env = { HOME: '/x', USERPROFILE: '/h' };
    const [roaming, local] = ['/h/AppData/Roaming/atlas-pe/Config', '/h/AppData/Local/atlas-pe'];
    expect(folders(env).slice(0, 3)).toEqual([roaming, `${local}/Data`, `${local}/Cache`]);
    const moved = folders({ ...env, APPDATA: '/r', LOCALAPPDATA: '/l' });
    expect(moved).toEqual(['/r/atlas-pe/Config', '/l/atlas-pe/Data', '/l/atlas-pe/Cache', '/r/atlascli/config.toml']);
    expect(folders({ ...env, AppData: '/a', APPDATA: '/r' }).at(-1)).toBe('/a/atlascli/config.toml');
    expect(folders(env).at(-1)).toBe('/h/atlascli/config.toml');
    const hint = { text: expect.stringMatching(/^Set USERPROFILE/), commands: [] };
    expect(() => homeDir({}, () => ({ homedir: '' }))).toThrow(expect.objectContaining({ hint }));
  });
});

test.each([{}, { homedir: '' }])('a user whose listed home folder is %j must set HOME', ({ homedir }) => {
  const listedUser = () => {
    if (homedir === undefined) throw new Error('ENOENT');
    return { homedir };
  };
  expect(() => homeDir({ HOME: '' }, listedUser)).toThrow(
    expect.objectContaining({ exitCode: 2, hint: { text: expect.stringMatching(/^Set HOME/), commands: [] } }),
  );
});

test('ATLAS_PE_*_DIR may be relative', () => {
  const env = { ATLAS_PE_CONFIG_DIR: 'c', ATLAS_PE_DATA_DIR: './d', ATLAS_PE_CACHE_DIR: '/k' };
  expect([ownFolder('config', env), ownFolder('data', env), ownFolder('cache', env)]).toEqual([
    resolve('c'),
    resolve('d'),
    resolve('/k'),
  ]);
});
