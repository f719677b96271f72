import { command, several } from '../../command.js';

/* Commands that the parser answers itself, without settings or credentials. */

export const help = command({
  name: 'help',
  summary: 'Show help for a command or topic',
  args: { topic: several('command or topic', 'commands') },
  examples: ['help list', 'help waiting'],
  run: answered,
});

export const version = command({ name: 'version', summary: 'Print the version', examples: ['version'], run: answered });

function answered(): Promise<never> {
  return Promise.reject(new Error('The command line answers this itself.'));
}
