import { command, optional } from '../../command.js';
import { shells } from './shells.js';

export const completion = command({
  name: 'completion',
  summary: 'Print a shell completion script',
  args: { shell: optional('bash, zsh, fish or powershell', shells) },
  fields: ['shell', 'script'],
  // Shell start-up files run this command.
  configuration: 'ignored',
  examples: ['completion bash', 'completion fish | source'],
  run: async () => (await import('./command.run.js')).run,
});
