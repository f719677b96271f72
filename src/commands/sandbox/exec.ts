import { command, required, several } from '../../command.js';
import { servingFlags } from './serve.js';

export const exec = command({
  name: 'exec',
  summary: 'Run a command with an empty sandbox',
  details:
    'Starts a sandbox, sets the variables that point atlas-pe, the Atlas CLI, Terraform and AWS clients at it, and unsets those of ' +
    'your accounts. Then it runs the command, stops the sandbox, and exits with the exit code of the command.',
  args: { command: required('program or script to run', 'files'), arg: several('its arguments', 'files') },
  flags: servingFlags,
  runsCommand: true,
  examples: ['sandbox exec -- ./my-script.sh', 'sandbox exec --faults faults.yaml --ready-after 2s -- npm test'],
  configuration: 'ignored',
  run: async () => (await import('./exec.run.js')).run,
});
