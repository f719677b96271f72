import { group } from '../command.js';
import { reset } from './sandbox/reset.js';
import { serve } from './sandbox/serve.js';
import { status } from './sandbox/status.js';

export const sandbox = group({
  name: 'sandbox',
  summary: 'The built-in Atlas: no account, no network',
  examples: ['sandbox status', 'sandbox serve > sandbox.env &'],
  commands: [serve, reset, status],
});
