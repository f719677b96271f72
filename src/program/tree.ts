import { completion } from './completion.js';
import { config } from './config.js';
import { credentials } from './credentials.js';
import { endpoints } from './endpoints.js';
import { interfaces } from './interfaces.js';
import { projects } from './projects.js';
import { sandbox } from './sandbox.js';
import type { Branch } from './shared.js';

/** Every command there is, below the heading that help shows it under. */
export const headings: Readonly<Record<string, readonly Branch[]>> = {
  'Private endpoints:': [...endpoints, ...interfaces, ...projects],
  'Account and settings:': [...credentials, ...config],
  'Sandbox:': sandbox,
  'Help:': completion,
};

/** The same without headings. */
export const tree: readonly Branch[] = Object.values(headings).flat();
