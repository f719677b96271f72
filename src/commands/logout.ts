import { command } from '../command.js';

export const logout = command({
  name: 'logout',
  summary: 'Remove the saved credentials',
  examples: ['logout'],
  run: async () => (await import('./logout.run.js')).run,
});
