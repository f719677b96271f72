import { group } from '../command.js';
import { disable } from './regional-mode/disable.js';
import { enable } from './regional-mode/enable.js';
import { get } from './regional-mode/get.js';

export const regionalMode = group({
  name: 'regional-mode',
  summary: 'Whether a region may have several private endpoints',
  examples: ['regional-mode get', 'regional-mode enable --yes'],
  commands: [get, enable, disable],
});
