import { Readable } from 'node:stream';
import { NodeHttpHandler, type NodeHttpHandlerOptions } from '@smithy/node-http-handler';
import type { SignInContext } from '../entry.js';
import { CloudError } from '../errors.js';
import { unanswered } from './explain.js';

/** Bytes. The limit of the other APIs: a page of 1,000 VPC endpoints is about 3 MB. */
const largestMb = 16;

type Handle = NodeHttpHandler['handle'];

/**
 * Sends the SDK's requests. They carry credentials, so they go to other hosts only over TLS, whatever the variables and the
 * files of the AWS configuration name as an endpoint.
 */
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
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of response.body as Readable) {
      chunks.push(chunk);
      size += chunk.length;
      // Leaving the loop destroys the stream, so the rest is not downloaded.
      if (size > largestMb * 1024 * 1024)
        throw new CloudError(`${host} returned a response larger than ${largestMb} MB.`, { mayHaveArrived: true });
    }
    return { response: Object.assign(response, { body: Readable.from(chunks) }) };
  }
}
