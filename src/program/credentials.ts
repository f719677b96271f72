import { type Branch, everywhere, everywhereButProject, group, leaf, run, yes } from './shared.js';

/** login, logout, whoami, projects and profile. */
export const credentials = [
  leaf(
    'login',
    'Sign in: try credentials out, then keep them',
    ['login', 'login --profile work', 'login --with-key < key.json'],
    (command, open) =>
      everywhere(
        command
          .option('--with-key', 'read {"publicKey","privateKey"} or two lines from stdin')
          .option('--with-service-account', 'read {"clientId","clientSecret"} or two lines from stdin'),
      ).action(async (options) => {
        const { login } = await import('../commands/login.run.js');
        await run(open, options, login);
      }),
  ),
  leaf('logout', 'Remove the credentials that are kept', ['logout'], (command, open) =>
    everywhere(command).action(async (options) => {
      const { logout } = await import('../commands/logout.run.js');
      await run(open, options, logout);
    }),
  ),
  leaf(
    'whoami',
    'Show which credentials are used, from where, and what they see',
    ['whoami', 'whoami --json | jq -r .origin'],
    (command, open) =>
      everywhere(command).action(async (options) => {
        const { whoami } = await import('../commands/whoami.run.js');
        await run(open, options, whoami);
      }),
  ),
  leaf('projects', 'List the projects that the key can see', ['projects', 'projects --output id'], (command, open) =>
    everywhereButProject(command).action(async (options) => {
      const { projects } = await import('../commands/projects.run.js');
      await run(open, options, projects);
    }),
  ),
  group(
    'profile',
    'Named sets of settings and credentials',
    ['profile create work', 'profile use work'],
    [
      leaf('list', 'List the profiles', ['profile list'], (command, open) =>
        everywhere(command).action(async (options) => {
          const { listProfiles } = await import('../commands/profile/list.run.js');
          await run(open, options, listProfiles);
        }),
      ),
      leaf('use', 'Use a profile where none is named', ['profile use work'], (command, open) =>
        everywhere(command.argument('<name>')).action(async (name, options) => {
          const { useProfile } = await import('../commands/profile/use.run.js');
          await run(open, { ...options, name }, useProfile);
        }),
      ),
      leaf('create', 'Make an empty profile', ['profile create work'], (command, open) =>
        everywhere(command.argument('<name>')).action(async (name, options) => {
          const { createProfile } = await import('../commands/profile/create.run.js');
          await run(open, { ...options, name }, createProfile);
        }),
      ),
      leaf('delete', 'Delete a profile and its secrets', ['profile delete work --yes'], (command, open) =>
        everywhere(command.argument('<name>').option(...yes)).action(async (name, options) => {
          const { deleteProfile } = await import('../commands/profile/delete.run.js');
          await run(open, { ...options, name }, deleteProfile);
        }),
      ),
      leaf('rename', 'Give a profile another name', ['profile rename work payments'], (command, open) =>
        everywhere(command.argument('<from>').argument('<to>')).action(async (from, to, options) => {
          const { renameProfile } = await import('../commands/profile/rename.run.js');
          await run(open, { ...options, from, to }, renameProfile);
        }),
      ),
    ],
  ),
] satisfies Branch[];
