import type { Frontend, SandboxOptions } from '../frontend.js';
import { restFrontend } from '../rest.js';

export function gcpFrontend(options: SandboxOptions): Frontend {
  return restFrontend(options, {
    prefix: '/gcp',
    token: 'sandbox',
    routes: [],
    errorBody: ({ errorCode, detail }) => ({ error: { code: errorCode, message: detail } }),
    refusals: { credentials: { status: 401, code: 'authError' }, route: { status: 404, code: 'notFound' } },
    errorCode: (status) => `HTTP ${status}`,
  });
}
