// gateway: keys over REST, for administrators: parse, step, answer.
import { HubError } from '@staffetta/flow/errors.ts';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Static } from 'typebox';
import type { Scope } from '../../route-table.ts';
import type { Identified } from '../identity.ts';
import { actsOn } from './audit.ts';
import { createKey, deleteKey, revokeKey, rotateKey, subjectOf, type Act, type MadeKey } from './key-acts.ts';
import { findKey, listKeys, type KeptKey } from './kept-keys.ts';
import {
  KeyPath,
  KeyRequest,
  KeysQuery,
  readCursor,
  readEnd,
  readTerms,
  ReasonQuery,
  ReasonRequest,
  RotateRequest,
  writeCursor,
} from './key-requests.ts';
import { historyView, keyView, KeysView, KeyStoryView, KeyView, MadeKeyView, RotatedKeyView } from './key-views.ts';
import type { KeptKeys } from './open-kept-keys.ts';

/** What the routes lean on. */
export interface KeyRouteParts {
  /** Undefined where there is no database to keep keys in. */
  readonly keys: KeptKeys | undefined;
  /** Whom a request stands for; the gate let it through. */
  readonly holderOf: (request: FastifyRequest) => Identified;
  readonly overlapMs: number;
}

type KeyCall = { Params: Static<typeof KeyPath> };

const tags = ['keys'];
const pageSize = 50;

function actOf(holder: Identified, reason: string | null | undefined): Act {
  return { by: holder.caller.name, reason: reason ?? undefined };
}

/** Nobody gives away more than he has: a limited credential cannot make itself an unlimited one. */
function insistOnHaving(holder: Identified, wanted: readonly Scope[] | null): void {
  const { scopes } = holder;
  if (scopes === undefined || (wanted !== null && wanted.every((scope) => scopes.includes(scope)))) return;
  const words = `A credential that is limited to ${scopes.join(', ')} gives none with more; name scopes among these.`;
  throw new HubError('ROLE_WRONG', words);
}

function answerMade(reply: FastifyReply, { kept, key }: MadeKey) {
  // Proxies and browsers must not keep it: nobody can show it again.
  reply.code(201).header('cache-control', 'no-store');
  return { ...keyView(kept, kept.createdAt), key };
}

function insistOnKeys(keys: KeptKeys | undefined): KeptKeys {
  if (keys) return keys;
  throw new HubError('KEYS_AWAY', 'This gateway has no database to keep keys in (DATABASE_URL).');
}

async function knownKey(keys: KeptKeys, keyId: string): Promise<KeptKey> {
  const key = await findKey(keys.store(), keyId);
  if (key) return key;
  throw new HubError('KEY_UNKNOWN', `There is no key ${keyId}.`);
}

function addReading(app: FastifyInstance, parts: KeyRouteParts): void {
  const root = '/gateway/api/keys';
  app.get<{ Querystring: Static<typeof KeysQuery> }>(
    root,
    {
      schema: {
        querystring: KeysQuery,
        response: { 200: KeysView },
        summary: 'The kept API keys, the newest first',
        tags,
      },
    },
    async ({ query }) => {
      const keys = insistOnKeys(parts.keys);
      const { state = 'active', customerId, size = pageSize } = query;
      const now = keys.now();
      const rows = await listKeys(keys.store(), { state, customerId, now }, readCursor(query.cursor), size + 1);
      const page = rows.slice(0, size);
      const last = rows.length > size ? page.at(-1) : undefined;
      return { keys: page.map((key) => keyView(key, now)), ...(last && { next: writeCursor(last) }) };
    },
  );
  app.get<KeyCall>(
    `${root}/:keyId`,
    { schema: { params: KeyPath, response: { 200: KeyStoryView }, summary: 'A key, and what was done to it', tags } },
    async ({ params: { keyId } }) => {
      const keys = insistOnKeys(parts.keys);
      const key = await knownKey(keys, keyId);
      const history = historyView(await actsOn(keys.store(), subjectOf(keyId)));
      return { ...keyView(key, keys.now()), history };
    },
  );
}

function addMaking(app: FastifyInstance, { keys: kept, holderOf, overlapMs }: KeyRouteParts): void {
  const root = '/gateway/api/keys';
  app.post<{ Body: KeyRequest }>(
    root,
    {
      schema: { body: KeyRequest, response: { 201: MadeKeyView }, summary: 'Makes a key; it is shown this once', tags },
    },
    async (request, reply) => {
      const keys = insistOnKeys(kept);
      const holder = holderOf(request);
      const terms = readTerms(request.body, keys.now());
      insistOnHaving(holder, terms.scopes);
      return answerMade(reply, await createKey(keys, terms, actOf(holder, request.body.reason)));
    },
  );
  app.post<KeyCall & { Body: RotateRequest }>(
    `${root}/:keyId/rotate`,
    {
      schema: {
        params: KeyPath,
        body: RotateRequest,
        response: { 201: RotatedKeyView },
        summary: 'Makes the key that follows one; the old one goes on for a while',
        tags,
      },
    },
    async (request, reply) => {
      const keys = insistOnKeys(kept);
      const holder = holderOf(request);
      const { overlapSeconds, expiresAt, reason } = request.body;
      const wish = {
        overlapMs: typeof overlapSeconds === 'number' ? overlapSeconds * 1000 : overlapMs,
        expiresAt: expiresAt === undefined ? undefined : readEnd(expiresAt, keys.now()),
      };
      const mayGive = (old: KeptKey): void => insistOnHaving(holder, old.scopes);
      const made = await rotateKey(keys, request.params.keyId, wish, actOf(holder, reason), mayGive);
      const { keyId, expiresAt: end } = made.replaces;
      return { ...answerMade(reply, made), replaces: { keyId, expiresAt: end.toISOString() } };
    },
  );
}

function addEnding(app: FastifyInstance, { keys: kept, holderOf }: KeyRouteParts): void {
  const root = '/gateway/api/keys';
  app.post<KeyCall & { Body: Static<typeof ReasonRequest> }>(
    `${root}/:keyId/revoke`,
    {
      schema: {
        params: KeyPath,
        body: ReasonRequest,
        response: { 200: KeyView },
        summary: 'Ends a key now, at every gateway',
        tags,
      },
    },
    async (request) => {
      const keys = insistOnKeys(kept);
      const act = actOf(holderOf(request), request.body.reason);
      return keyView(await revokeKey(keys, request.params.keyId, act), keys.now());
    },
  );
  app.delete<KeyCall & { Querystring: Static<typeof ReasonQuery> }>(
    `${root}/:keyId`,
    { schema: { params: KeyPath, querystring: ReasonQuery, summary: 'Forgets a key that has ended', tags } },
    async (request) => {
      const { keyId } = request.params;
      await deleteKey(insistOnKeys(kept), keyId, actOf(holderOf(request), request.query.reason));
      return { statusCode: '200', statusMsg: `The key ${keyId} is deleted; its audit rows stay.` };
    },
  );
}

/**
 * Adds the paths about keys.
 * @param app the gateway's server, whose gate every request has passed
 * @param parts what they lean on
 */
export function addKeyRoutes(app: FastifyInstance, parts: KeyRouteParts): void {
  addReading(app, parts);
  addMaking(app, parts);
  addEnding(app, parts);
}
