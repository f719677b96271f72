import { Readable } from 'node:stream';
import { NodeHttpHandler, type NodeHttpHandlerOptions } from '@smithy/node-http-handler';
import { bytesOf, largestAnswerMb } from '../../base/files.js';
import { RequestError } from '../../http/request-error.js';
import type { SignInContext } from '../cloud.js';
import { unanswered } from './explain.js';

type Handle = NodeHttpHandler['handle'];

/** Sends the SDK's requests. They carry credentials: to other hosts only over TLS, whatever the settings name. */
export class Transport extends NodeHttpHandler {
  constructor(
    options: NodeHttpHandlerOptions,
    readonly proxyTo: SignInContext['proxyTo'],
  ) {
    super({ connectionTimeout: 10_000, ...options });
  }

  override async handle(...[request, how]: Parameters<Handle>): ReturnType<Handle> {
    const host = request.port ? `${request.hostname}:${request.port}` : request.hostname;
    try {
      this.proxyTo(`${request.protocol}//${host}`);
    } catch (error) {
      throw unanswered(host, undefined, error);
    }
    const { response } = await super.handle(request, how);
    const bytes = await bytesOf(response.body as Readable, largestAnswerMb * 2 ** 20);
    if (bytes) return { response: Object.assign(response, { body: Readable.from([bytes]) }) };
    throw new RequestError(`${host} returned a response larger than ${largestAnswerMb} MB.`);
  }
}
