// signer: a key behind a remote signing service: it gets a digest and gives a signature (docs/adr/0011-signing.md).
import { algorithmOf } from '@staffetta/fatturapa/signature/certificate-facts.ts';
import type { Der } from '@staffetta/fatturapa/signature/signing-key.ts';
import { HubError } from '@staffetta/flow/errors.ts';
import { hash } from 'node:crypto';
import type { KeyFace } from './key-face.ts';

/** Where the service is and how it knows us. */
export interface RemoteKeyOptions {
  /** Base URL without a slash at its end. */
  readonly url: string;
  readonly secret: string | undefined;
  readonly timeoutMs: number;
  /** The signer's certificate and those above; where there are none the service is asked. */
  readonly certificates: readonly Der[];
}

const answerBytesMax = 256 * 1024;
const base64Form = /^[A-Za-z0-9+/\r\n]+={0,2}\s*$/;

function away(words: string, cause?: unknown): HubError {
  return new HubError('SIGNING_FAILED', words, cause);
}

async function readLimited(answer: Response, limit: number): Promise<string> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of answer.body ?? []) {
    size += piece.length;
    if (size > limit) throw new RangeError(`the answer is larger than ${limit} bytes`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}

async function ask(options: RemoteKeyOptions, path: string, body?: object): Promise<{ status: number; text: string }> {
  const { url, secret, timeoutMs } = options;
  const answer = await fetch(`${url}${path}`, {
    method: body ? 'POST' : 'GET',
    // A bearer token must not follow wherever an answer points.
    redirect: 'error',
    signal: AbortSignal.timeout(timeoutMs),
    headers: {
      accept: 'application/json',
      ...(body && { 'content-type': 'application/json' }),
      ...(secret !== undefined && { authorization: `Bearer ${secret}` }),
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  return { status: answer.status, text: await readLimited(answer, answerBytesMax) };
}

async function answerOf(options: RemoteKeyOptions, path: string, body?: object): Promise<Record<string, unknown>> {
  const place = `The signing service ${options.url}${path}`;
  const told = await ask(options, path, body).catch((error: unknown) => {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : '';
    throw away(
      `${place} does not answer: ${error instanceof Error ? error.message : String(error)} ${cause}`.trim(),
      error,
    );
  });
  if (told.status === 401 || told.status === 403) {
    throw new HubError('SETTING_WRONG', `${place} refuses SIGNER_REMOTE_SECRET (${told.status}).`);
  }
  if (told.status !== 200) throw away(`${place} answered ${told.status}: ${told.text.slice(0, 300)}`);
  try {
    const answer: unknown = JSON.parse(told.text);
    if (typeof answer === 'object' && answer !== null) return answer as Record<string, unknown>;
  } catch (error) {
    throw away(`${place} answered with something else than JSON.`, error);
  }
  throw away(`${place} answered with JSON that is no object.`);
}

function bytesOf(value: unknown, what: string, { url }: RemoteKeyOptions): Buffer {
  if (typeof value === 'string' && base64Form.test(value)) return Buffer.from(value, 'base64');
  throw away(`The signing service ${url} gave no ${what} in base64.`);
}

async function fetchCertificates(options: RemoteKeyOptions): Promise<Der[]> {
  const { certificate, chain = [] } = await answerOf(options, '/certificate');
  const above = Array.isArray(chain) ? chain : [];
  return [certificate, ...above].map((value) => bytesOf(value, 'certificate', options));
}

/**
 * A remote signing service as a place of a key.
 * @param options where it is, the secret, the time-out
 */
export function remoteKey(options: RemoteKeyOptions): KeyFace {
  return {
    says: `the signing service ${options.url}`,
    // Services count and bill signatures.
    triesAtStart: false,
    async open() {
      const given = options.certificates.length > 0 ? options.certificates : await fetchCertificates(options);
      const [certificate, ...chain] = given;
      if (!certificate) throw away(`The signing service ${options.url} gave no certificate.`);
      const algorithm = algorithmOf(certificate);
      return {
        certificate,
        chain,
        algorithm,
        async sign(data) {
          const digest = hash('sha256', data, 'base64');
          const { signature } = await answerOf(options, '/sign', { algorithm, digest });
          return bytesOf(signature, 'signature', options);
        },
        close: () => Promise.resolve(),
      };
    },
  };
}
