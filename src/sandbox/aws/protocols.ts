import type { AwsServiceName } from './paths.js';
import { AwsRefusal } from './refusal.js';
import type { Identified } from './signature.js';
import { type Xml, xmlDocument } from './xml.js';

/* What differs between EC2 and STS: how they refuse a key, and how they write answers and errors. */

type Refused = Exclude<Identified['kind'], 'signed'>;

interface AwsService {
  refusals: Readonly<Record<Refused, AwsRefusal>>;
  answer(action: string, content: Xml, requestId: string): string;
  error(refusal: AwsRefusal, requestId: string): string;
}

const ec2Namespace = 'http://ec2.amazonaws.com/doc/2016-11-15/';
const stsNamespace = 'https://sts.amazonaws.com/doc/2011-06-15/';
const notValidated = new AwsRefusal('AuthFailure', 'AWS was not able to validate the provided access credentials', 401);

export const awsServices: Readonly<Record<AwsServiceName, AwsService>> = {
  ec2: {
    refusals: {
      missing: new AwsRefusal('MissingAuthenticationToken', 'The request must be signed with an access key.', 403),
      'unknown-key': notValidated,
      'wrong-signature': notValidated,
    },
    answer: (action, content, requestId) =>
      xmlDocument(`${action}Response`, ec2Namespace, { requestId, ...(content as Record<string, Xml>) }),
    error: ({ errorCode, message }, requestId) =>
      xmlDocument('Response', undefined, {
        Errors: { Error: { Code: errorCode, Message: message } },
        RequestID: requestId,
      }),
  },
  sts: {
    refusals: {
      missing: new AwsRefusal('MissingAuthenticationToken', 'Request is missing Authentication Token', 403),
      'unknown-key': new AwsRefusal(
        'InvalidClientTokenId',
        'The security token included in the request is invalid.',
        403,
      ),
      'wrong-signature': new AwsRefusal(
        'SignatureDoesNotMatch',
        'The request signature we calculated does not match the signature you provided.',
        403,
      ),
    },
    answer: (action, content, requestId) =>
      xmlDocument(`${action}Response`, stsNamespace, {
        ...(content as Record<string, Xml>),
        ResponseMetadata: { RequestId: requestId },
      }),
    error: ({ errorCode, message, status }, requestId) => {
      const Type = status >= 500 ? 'Receiver' : 'Sender';
      return xmlDocument('ErrorResponse', stsNamespace, {
        Error: { Type, Code: errorCode, Message: message },
        RequestId: requestId,
      });
    },
  },
};
