import { expect, test } from 'vitest';
import { symbolsOf } from '../../src/ui/view.js';

test.each([
  ['linux', {}, true],
  ['linux', { TERM: 'linux', LANG: 'en_US.UTF-8' }, false],
  ['linux', { LANG: 'C.utf8' }, true],
  ['linux', { LANG: 'C' }, false],
  ['linux', { LANG: 'de_DE@euro' }, false],
  ['linux', { LANG: 'en_US.UTF-8', LC_CTYPE: 'C' }, false],
  ['linux', { LANG: 'C', LC_CTYPE: 'UTF-8' }, true],
  ['linux', { LANG: 'en_US.UTF-8', LC_CTYPE: 'en_US.UTF-8', LC_ALL: 'POSIX' }, false],
  ['linux', { LANG: 'C', LC_ALL: '', LC_CTYPE: 'en_US.UTF-8' }, true],
  ['win32', {}, false],
  ['win32', { WT_SESSION: '1' }, true],
  ['win32', { TERM_PROGRAM: 'vscode' }, true],
  ['win32', { ConEmuTask: '{cmd}' }, true],
  ['win32', { TERMINAL_EMULATOR: 'JetBrains-JediTerm' }, true],
  ['win32', { TERM: 'linux', WT_SESSION: '1' }, false],
  ['win32', { TERM: 'xterm-256color', LANG: 'C' }, true],
] as const)('%s with %j shows Unicode: %j', (platform, env, expected) => {
  const { isUnicode, spell } = symbolsOf(env, platform);
  expect(isUnicode).toBe(expected);
  expect(spell('2m–3m …')).toBe(expected ? '2m–3m …' : '2m-3m ...');
});

test('without Unicode, the signs are different ASCII characters', () => {
  const { good, busy, todo, bad } = symbolsOf({ LC_ALL: 'C' }, 'linux');
  for (const sign of [good, busy, todo, bad]) expect(sign).toMatch(/^[!-~]$/);
  expect(new Set([good, busy, todo, bad]).size).toBe(4);
});
