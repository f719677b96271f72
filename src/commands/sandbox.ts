import { group } from '../command.js';
import { exec } from './sandbox/exec.js';
import { reset } from './sandbox/reset.js';
import { serve } from './sandbox/serve.js';
import { status } from './sandbox/status.js';

export const sandbox = group({
  name: 'sandbox',
  summary: 'Use the built-in Atlas sandbox, without an account or a network',
  details:
    '--sandbox uses a sandbox that is saved on disk. sandbox exec and sandbox serve run another one, empty and in memory, for ' +
    'other programs.',
  examples: ['sandbox status', 'sandbox exec -- ./my-script.sh'],
  commands: [exec, serve, reset, status],
});
