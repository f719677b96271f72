import type { Frontend, SandboxOptions } from '../frontend.js';
import { restFrontend } from '../rest.js';
import { addressRoutes } from './addresses.js';
import { forwardingRuleRoutes } from './forwarding-rules.js';
import { sandboxGcpToken } from './network.js';
import { gcpProjectRoutes } from './project.js';
import { gcpErrorBody, reasonOfStatus } from './refusal.js';

/** Compute Engine v1 and Resource Manager v3, as far as private endpoints need them. */
export function gcpFrontend(options: SandboxOptions): Frontend {
  return restFrontend(options, {
    prefix: '/gcp',
    token: sandboxGcpToken,
    routes: [...gcpProjectRoutes, ...addressRoutes, ...forwardingRuleRoutes],
    errorBody: gcpErrorBody,
    errorCode: reasonOfStatus,
    refusals: { credentials: { status: 401, code: 'authError' }, route: { status: 404, code: 'notFound' } },
  });
}
