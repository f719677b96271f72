import { AnswerError, ApiError, type ErrorBody } from './errors.js';
import type { Answer } from './exchange.js';
import { type Method, retryAfterSeconds } from './retry.js';

interface Asked {
  method: Method;
  host: string;
  now: number;
  /** Whether an earlier try may have taken effect. */
  didBefore: boolean;
}

/** The body of a good answer; anything else is thrown as the error that it is. */
export function interpret({ status, headers, body }: Answer, { method, host, now, didBefore }: Asked): unknown {
  const isJson = /^application\/(?:[\w.-]+\+)?json\b/i.test(String(headers['content-type'] ?? ''));
  if (status >= 300 && status < 400) {
    // Not followed, to another host least of all: credentials and requests belong to the host they were made for.
    throw new AnswerError(`${host} answered a redirect to ${String(headers.location ?? 'nowhere')}.`, {
      hint: 'Check the base URL: redirects are not followed.',
      mayHaveArrived: didBefore,
    });
  }
  if (status >= 400) {
    const said = isJson ? parseOr(body, undefined) : undefined;
    const isAtlas = typeof said === 'object' && said !== null;
    // Not "not found": the address itself is wrong, or a proxy answered.
    if (!isAtlas && status === 404)
      throw new AnswerError(`${host} does not know the Atlas API (HTTP 404).`, { mayHaveArrived: didBefore });
    const reason = `${host} answered, but not as Atlas does`;
    // Nor has it to do with roles.
    if (!isAtlas && status === 403) {
      throw new AnswerError(`${reason} (HTTP 403).`, {
        hint: 'A proxy or firewall before Atlas refused the request: ask its administrator to allow it.',
        mayHaveArrived: didBefore,
      });
    }
    const error: ErrorBody = isAtlas ? said : { reason };
    throw new ApiError(status, error, retryAfterSeconds(headers['retry-after'], now));
  }
  if (body.trim() === '') {
    if (method === 'GET') throw new AnswerError(`${host} answered nothing.`, { transient: true });
    return undefined;
  }
  if (!isJson) {
    const kind = /^\s*</.test(body) ? 'HTML' : 'something else';
    throw new AnswerError(`${host} answered ${kind} instead of JSON.`);
  }
  const broken = Symbol('broken');
  const parsed = parseOr(body, broken);
  if (parsed === broken) throw new AnswerError(`${host} answered broken JSON.`, { transient: true });
  return parsed;
}

function parseOr(body: string, fallback: unknown): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return fallback;
  }
}
