// receiver: the headers of a callback: Standard Webhooks 1.0, the correlation id, the API key of the host, the attempt.
import { HubError } from '@staffetta/flow/errors.ts';
import type { TraceContext } from '@staffetta/flow/trace-context.ts';
import { traceHeaders } from '@staffetta/platform/telemetry/tracing.ts';
import { createHmac } from 'node:crypto';

/** What is signed and said about a callback. */
export interface SignedCallback {
  /** `webhook-id`: the same for every try of one outcome. */
  readonly id: string;
  readonly url: URL;
  readonly body: Buffer;
  readonly correlationId: string;
  /** What the customer's own tracing may go on from. */
  readonly trace: TraceContext | undefined;
  /** From 1, over all tries of this outcome. */
  readonly attempt: number;
}

/** What signs and vouches. */
export interface CallbackCredentials {
  readonly secrets: readonly Buffer[];
  /** Host or host:port in lower case → key. */
  readonly apiKeys: ReadonlyMap<string, string>;
  readonly apiKeyHeader: string;
  readonly userAgent: string;
}

/**
 * Reads signing secrets: `whsec_` and base64 of 24 to 64 bytes as Standard Webhooks writes them, or plain text of 24
 * characters or more.
 * @param text secrets by comma; none where empty
 * @throws HubError SETTING_WRONG with the entry's number, never its value
 */
export function readSecrets(text: string): readonly Buffer[] {
  const entries = text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
  return entries.map((entry, index) => {
    const encoded = entry.startsWith('whsec_');
    const secret = Buffer.from(encoded ? entry.slice(6) : entry, encoded ? 'base64' : 'utf8');
    if (secret.length < 24 || (encoded && secret.length > 64)) {
      throw new HubError(
        'SETTING_WRONG',
        `CALLBACK_SECRETS: entry ${index + 1} has ${secret.length} bytes; use 24 to 64.`,
      );
    }
    return secret;
  });
}

/**
 * Signs a callback as Standard Webhooks 1.0 says.
 * @param secrets one signature each, so that a secret can be changed with overlap
 * @param id the webhook's id
 * @param timestamp Unix seconds
 * @param body the exact bytes that are sent
 * @returns `v1,<base64 of HMAC-SHA256 over id.timestamp.body>`, by blank
 */
export function signatureOf(secrets: readonly Buffer[], id: string, timestamp: number, body: Buffer): string {
  const sign = (secret: Buffer): string =>
    createHmac('sha256', secret).update(`${id}.${timestamp}.`).update(body).digest('base64');
  return secrets.map((secret) => `v1,${sign(secret)}`).join(' ');
}

/**
 * Makes the headers of one try of a callback; the trace's are W3C's.
 * @param callback what is sent
 * @param credentials secrets and keys; without a secret there is no signature
 * @param now the instant of the try
 */
export function callbackHeaders(
  callback: SignedCallback,
  credentials: CallbackCredentials,
  now: Date,
): Record<string, string> {
  const timestamp = Math.floor(now.getTime() / 1000);
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    'user-agent': credentials.userAgent,
    // Foreign writers put what they like into their events; a header takes printable ASCII.
    'X-Correlation-ID': callback.correlationId.replaceAll(/[^\x21-\x7e]/g, '?'),
    'webhook-id': callback.id,
    'webhook-timestamp': String(timestamp),
    'x-staffetta-attempt': String(callback.attempt),
    ...traceHeaders(callback.trace),
  };
  if (credentials.secrets.length > 0) {
    headers['webhook-signature'] = signatureOf(credentials.secrets, callback.id, timestamp, callback.body);
  }
  const key = credentials.apiKeys.get(callback.url.host) ?? credentials.apiKeys.get(callback.url.hostname);
  if (key !== undefined) headers[credentials.apiKeyHeader] = key;
  return headers;
}
