// configserver: Spring Cloud Config's paths that encrypt and decrypt single values.
import { HubError } from '@staffetta/flow/errors.ts';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { TextCipher } from './cipher.ts';
import { withoutKeyWords } from './decrypt-sources.ts';

/** What these paths need. */
export interface Encryption {
  readonly cipher: TextCipher | undefined;
  /** False where anybody could ask: then `/decrypt` is refused. */
  readonly mayDecrypt: boolean;
}

/** The answers' words are Spring's: its tools read them. */
const answers = {
  NO_KEY: { code: 404, description: 'No key was installed for encryption service' },
  INVALID: { code: 400, description: 'Text not encrypted with this key' },
  NOT_FOUND: { code: 404, description: 'No public key available' },
  FORBIDDEN: { code: 403, description: 'Without CONFIG_LOGIN nobody may decrypt in production' },
} as const;

function refuse(reply: FastifyReply, status: keyof typeof answers): FastifyReply {
  const { code, description } = answers[status];
  return reply.code(code).send({ description, status });
}

function send(reply: FastifyReply, text: string): FastifyReply {
  return reply.type('text/plain; charset=utf-8').send(text);
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}

function bodyText(body: unknown): string {
  if (typeof body === 'string' && body !== '') return body;
  throw new HubError('BODY_NOT_VALID', 'The body must be the text itself, as text/plain.');
}

/** Tools that call their text a form put a `=` behind it, and escape it; it is the text that is meant. */
function textOf(body: unknown, type: string | undefined): string {
  const text = bodyText(body);
  const isForm = type?.startsWith('application/x-www-form-urlencoded') === true;
  return isForm && text.endsWith('=') ? unescaped(text).replace(/=$/, '') : text;
}

/** Of a cipher text in base64 a `=` at the end may be its own, and its `+` came as one. */
function cipherTextOf(body: unknown, type: string | undefined): string {
  const text = bodyText(body).trim();
  const isForm = type?.startsWith('application/x-www-form-urlencoded') === true;
  const plain = isForm && text.includes('%') ? unescaped(text).replaceAll(' ', '+') : text;
  const meant = /^[0-9a-f]+=$/i.test(plain) ? plain.slice(0, -1) : plain;
  return withoutKeyWords(meant.replace(/^\{cipher\}/, ''));
}

function encrypt(text: string, cipher: TextCipher): string {
  const rest = withoutKeyWords(text);
  const words = /^(?:\{[\w.-]+:[^{}]*\})+/.exec(text)?.[0] ?? '';
  return `${words}${cipher.encrypt(rest)}`;
}

/**
 * Adds `/encrypt`, `/decrypt`, `/encrypt/status` and `/key`, each for all services or with service and profile: there is one key.
 * @param app the service's server
 * @param encryption the key, and whether one may decrypt
 */
export function addEncryptionRoutes(app: FastifyInstance, { cipher, mayDecrypt }: Encryption): void {
  const encrypting = { schema: { summary: 'Encrypts the text of the body; write {cipher} in front of the answer' } };
  const decrypting = { schema: { summary: 'Decrypts the text of the body' } };
  const key = { schema: { summary: 'The public key, where the key is a pair' } };
  for (const whose of ['', '/:app/:profiles'] as const) {
    app.post(`/encrypt${whose}`, encrypting, ({ body, headers }, reply) =>
      cipher ? send(reply, encrypt(textOf(body, headers['content-type']), cipher)) : refuse(reply, 'NO_KEY'),
    );
    app.post(`/decrypt${whose}`, decrypting, ({ body, headers }, reply) => {
      if (!cipher) return refuse(reply, 'NO_KEY');
      if (!mayDecrypt) return refuse(reply, 'FORBIDDEN');
      const text = cipherTextOf(body, headers['content-type']);
      try {
        return send(reply, cipher.decrypt(text));
      } catch {
        return refuse(reply, 'INVALID');
      }
    });
    app.get(`/key${whose}`, key, (_request, reply) =>
      cipher?.publicKey === undefined ? refuse(reply, 'NOT_FOUND') : send(reply, cipher.publicKey),
    );
  }
  app.get('/encrypt/status', { schema: { summary: 'Whether there is a key' } }, (_request, reply) =>
    cipher ? reply.send({ status: 'OK' }) : refuse(reply, 'NO_KEY'),
  );
}
