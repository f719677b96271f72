import type { Command } from '@commander-js/extra-typings';
import { everywhere, examples, group, leaf, type Open, run } from './shared.js';

/** login, logout, whoami and profile. */
export function declareCredentials(program: Command, open: Open): void {
  everywhere(
    leaf(program, 'login', 'Sign in: try credentials out, then keep them')
      .option('--with-key', 'read {"publicKey","privateKey"} or two lines from stdin')
      .option('--with-service-account', 'read {"clientId","clientSecret"} or two lines from stdin')
      .addHelpText('after', examples('login', 'login --profile work', 'login --with-key < key.json')),
  ).action(async (options) => {
    const { login } = await import('../commands/login.js');
    await run(open, options, login);
  });

  everywhere(
    leaf(program, 'logout', 'Remove the credentials that are kept').addHelpText('after', examples('logout')),
  ).action(async (options) => {
    const { logout } = await import('../commands/logout.js');
    await run(open, options, logout);
  });

  everywhere(
    leaf(program, 'whoami', 'Show which credentials are used, from where, and what they see').addHelpText(
      'after',
      examples('whoami', 'whoami --json | jq -r .origin'),
    ),
  ).action(async (options) => {
    const { whoami } = await import('../commands/whoami.js');
    await run(open, options, whoami);
  });

  const profile = group(program, 'profile', 'Named sets of settings and credentials');

  everywhere(leaf(profile, 'list', 'List the profiles').addHelpText('after', examples('profile list'))).action(
    async (options) => {
      const { listProfiles } = await import('../commands/profile/list.js');
      await run(open, options, listProfiles);
    },
  );

  everywhere(
    leaf(profile, 'use', 'Use a profile where none is named')
      .argument('<name>')
      .addHelpText('after', examples('profile use work')),
  ).action(async (name, options) => {
    const { useProfile } = await import('../commands/profile/use.js');
    await run(open, { ...options, name }, useProfile);
  });

  everywhere(
    leaf(profile, 'create', 'Make an empty profile')
      .argument('<name>')
      .addHelpText('after', examples('profile create work')),
  ).action(async (name, options) => {
    const { createProfile } = await import('../commands/profile/create.js');
    await run(open, { ...options, name }, createProfile);
  });

  everywhere(
    leaf(profile, 'delete', 'Delete a profile and its secrets')
      .argument('<name>')
      .option('-y, --yes', 'do not ask; needed where there is no terminal')
      .addHelpText('after', examples('profile delete work --yes')),
  ).action(async (name, options) => {
    const { deleteProfile } = await import('../commands/profile/delete.js');
    await run(open, { ...options, name }, deleteProfile);
  });

  everywhere(
    leaf(profile, 'rename', 'Give a profile another name')
      .argument('<from>')
      .argument('<to>')
      .addHelpText('after', examples('profile rename work payments')),
  ).action(async (from, to, options) => {
    const { renameProfile } = await import('../commands/profile/rename.js');
    await run(open, { ...options, from, to }, renameProfile);
  });
}
