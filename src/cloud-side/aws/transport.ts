import type { Agent } from 'node:https';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { SignInContext } from '../entry.js';

/** How requests for credentials reach their hosts. */
export interface Transport extends Pick<SignInContext, 'clock' | 'signal' | 'trace' | 'proxyTo'> {
  httpsAgent: Agent;
}

/** An exchange that failed, or that the host could not answer. */
export interface LostExchange {
  host: string;
  proxy: string | undefined;
  error: unknown;
}

/** Sends the SDK's requests for credentials. The SDK hides what fails, so this keeps the last exchange if that failed. */
export class CredentialTransport extends NodeHttpHandler {
  lost: LostExchange | undefined;

  constructor(private readonly way: Transport) {
    const { httpsAgent } = way;
    super({ connectionTimeout: 10_000, requestTimeout: 30_000, throwOnRequestTimeout: true, httpsAgent });
  }

  override async handle(...[request]: Parameters<NodeHttpHandler['handle']>): ReturnType<NodeHttpHandler['handle']> {
    const { clock, signal, trace, proxyTo } = this.way;
    const host = request.port ? `${request.hostname}:${request.port}` : request.hostname;
    const started = clock.monotonic();
    let proxy: string | undefined;
    const end = (status: number | string, error?: unknown) => {
      const via = proxy === undefined ? '' : ` (via proxy ${proxy})`;
      trace?.(`AWS ${request.method} ${host} ${status} ${Math.round(clock.monotonic() - started)} ms${via}`);
      this.lost = error === undefined ? undefined : { host, proxy, error };
    };
    try {
      proxy = proxyTo(`${request.protocol}//${host}`);
      const answer = await super.handle(request, { abortSignal: signal });
      const { statusCode } = answer.response;
      end(statusCode, statusCode < 500 ? undefined : new Error(`HTTP ${statusCode}`));
      return answer;
    } catch (error) {
      end('-', error);
      throw error;
    }
  }
}
