// gateway: signing in by an API key in X-API-KEY, or in Authorization: Bearer for clients that can do only that.
import type { FastifyRequest } from 'fastify';
import type { ClientReader } from '../listener/client.ts';
import { isRefusal, type Identification, type Identifier, type Refusal } from './identity.ts';
import { noneOfOurs, type KeyJudge } from './keys/judge-key.ts';
import { holdsKey, readKey } from './keys/key-form.ts';
import type { PlainHttpRule } from './keys/plain-http.ts';
import type { ApiKeys } from './setting-keys.ts';

/** What keys are judged by. */
export interface KeyHeaderParts {
  readonly settingKeys: ApiKeys;
  /** Judges kept keys; undefined where there is no database to keep any in. */
  readonly judge: KeyJudge | undefined;
  readonly plainHttp: PlainHttpRule;
  /** From where a request comes. */
  readonly clientOf: ClientReader;
  /** Told of a key that came in plain http, by the name that limits and logs know it by. */
  readonly onPlainHttp: (credential: string, verdict: 'warn' | 'refuse' | 'revoke', request: FastifyRequest) => void;
}

function wrong(why: string): Refusal {
  return { refused: 'KEY_WRONG', why };
}

const damaged = wrong('The API key is cut, mistyped or in the wrong letter case: it does not fit its own check sum.');
const sentTwice = wrong('There is more than one API key in this request.');
const inAddress = wrong(
  'An API key never goes into the address, which logs and browsers keep: make a new one and send it in the header X-API-KEY.',
);
const overHttp = wrong('An API key is not taken over plain http, where anybody on the way can read it: use https.');

const keyParameter = /[?&](?:x-api-key|api[_-]?key|access[_-]?token)=/i;
const bearer = /^bearer +(\S.*)$/i;

/** The key of the Authorization header; tokens of others that are carried there are none of ours. */
function bearerKey({ headers }: FastifyRequest): string | undefined {
  const { authorization } = headers;
  if (authorization === undefined) return undefined;
  const token = bearer.exec(authorization)?.[1];
  return token !== undefined && readKey(token).kind !== 'other' ? token : undefined;
}

/** Node keeps one Authorization header of several and joins others with commas; what a client meant by two nobody knows. */
function isDoubled({ raw }: FastifyRequest, name: 'x-api-key' | 'authorization'): boolean {
  // Requests of HTTP/2 have no headersDistinct.
  return raw.rawHeaders.filter((text, index) => index % 2 === 0 && text.toLowerCase() === name).length > 1;
}

function judged(text: string, request: FastifyRequest, parts: KeyHeaderParts): ReturnType<KeyJudge> {
  const { settingKeys, judge, clientOf } = parts;
  const read = readKey(text);
  if (read.kind === 'key') return judge ? judge({ text, read, from: clientOf(request.raw).address }) : noneOfOurs;
  const holder = text === '' ? undefined : settingKeys.holderOf(text);
  if (holder) return holder;
  if (isDoubled(request, 'x-api-key')) return sentTwice;
  return read.kind === 'damaged' ? damaged : noneOfOurs;
}

function afterTransport(found: Identification, request: FastifyRequest, parts: KeyHeaderParts): Identification {
  if (!found || isRefusal(found)) return found;
  const { address, proto } = parts.clientOf(request.raw);
  const verdict = parts.plainHttp(address, proto === 'https');
  if (verdict === 'pass') return found;
  parts.onPlainHttp(found.id, verdict, request);
  return verdict === 'warn' ? found : overHttp;
}

/**
 * Signs in by API key: first of all those of the settings, which have any form, and the kept ones (`stf_…`).
 * @param parts what they are judged by
 */
export function keyHeader(parts: KeyHeaderParts): Identifier {
  return {
    identify(request) {
      const { url, headers } = request;
      if (url.includes('stf_') && holdsKey(url)) return inAddress;
      const header = headers['x-api-key'];
      const asBearer = bearerKey(request);
      if (asBearer !== undefined && (header !== undefined || isDoubled(request, 'authorization'))) return sentTwice;
      const text = typeof header === 'string' ? header : asBearer;
      if (text === undefined) return undefined;
      const found = judged(text, request, parts);
      return found instanceof Promise
        ? found.then((known) => afterTransport(known, request, parts))
        : afterTransport(found, request, parts);
    },
  };
}

/** Refuses what came without any credential but with a key as a parameter, and says where keys go. */
export const keyInQuery: Identifier = {
  identify: ({ url }) => (keyParameter.test(url) ? inAddress : undefined),
};
