import { command, several } from '../../command.js';

/** The parser answers this itself, without settings or credentials. */
export const help = command({
  name: 'help',
  summary: 'Show help for a command or topic',
  args: { topic: several('command or topic', 'commands') },
  examples: ['help list', 'help waiting'],
  run: () => Promise.reject(new Error('The parser answers this itself.')),
});
