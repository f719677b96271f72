import { command, optional } from '../../command.js';
import { shells } from './shells.js';

export const completion = command({
  name: 'completion',
  summary: 'Print the script that completes command lines in a shell',
  args: { shell: optional('bash, zsh, fish or powershell', shells) },
  fields: ['shell', 'script'],
  // Start-up files evaluate the script.
  configuration: 'ignored',
  examples: ['completion bash', 'completion fish | source'],
  run: () => import('./command.run.js'),
});
