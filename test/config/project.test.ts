import { describe, expect, test } from 'vitest';
import type { Atlas } from '../../src/atlas/client.js';
import { CliError, UsageError } from '../../src/base/errors.js';
import { projectIdOf } from '../../src/config/settings.js';
import { findProject, nameless } from '../../src/context/project.js';

const id = '64f0c2a7e1b2c3d4e5f60718';
const given = (value: string) => ({ value, origin: { kind: 'flag', name: 'project' } }) as const;

test('an id is one in either case, and everything else is a name', () => {
  expect(projectIdOf(id)).toBe(id);
  expect(projectIdOf(id.toUpperCase())).toBe(id);
  for (const name of ['Sandbox', id.slice(1), `${id}0`, '']) expect(projectIdOf(name)).toBeUndefined();
});

test('without credentials, a name is no id', () => {
  const missing = new CliError('notAllowed', 'No credentials.', { hint: { text: 'Sign in:', commands: ['login'] } });
  const error = nameless(given('Mine'), missing);
  expect(error).toBeInstanceOf(UsageError);
  expect(error).toMatchObject({ message: expect.stringMatching(/^'Mine' is not a project id /), hint: missing.hint });
  const bug = new Error('A bug.');
  expect(nameless(given('Mine'), bug)).toBe(bug);
});

describe('a name', () => {
  const atlas = (names: readonly string[]) => {
    const projects = names.map((name) => ({ id, name }));
    const asked: string[] = [];
    const findByName = async (name: string) => {
      asked.push(name);
      return projects.find((each) => each.name === name) ?? null;
    };
    return { asked, client: { findProject: findByName, listProjects: async () => projects } as unknown as Atlas };
  };

  test('is looked up', async () => {
    for (const name of ['Mine', 'x'.repeat(64), 'a.b', 'My project (1)']) {
      expect(await findProject(atlas([name]).client, given(name))).toBe(id);
    }
  });

  test.each(['', 'x'.repeat(65), 'a/b', 'a\\b', '.', '..', 'a\u0001', '\u200b'])(
    '%j is not looked up',
    async (name) => {
      const { client, asked } = atlas([name]);
      await expect(findProject(client, given(name))).rejects.toMatchObject({ exit: 'usage' });
      expect(asked).toEqual([]);
    },
  );

  test.each([
    [['Mine'], /Did you mean Mine\?/],
    [[], /24 hex digits\.$/],
  ])('that none of %j has is an error', async (names, hint) => {
    const error = findProject(atlas(names).client, given('Mime'));
    await expect(error).rejects.toMatchObject({ exit: 'usage', hint: { text: expect.stringMatching(hint) } });
  });
});
