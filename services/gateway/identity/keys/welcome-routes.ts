// gateway: the way to the first administrator: a form, and the key that its code makes.
import { HubError } from '@staffetta/flow/errors.ts';
import type { Log } from '@staffetta/platform/telemetry/log.ts';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Sessions } from '../sessions/sessions.ts';
import { subjectOfKey } from '../sessions/stands-on-key.ts';
import type { MadeKey } from './key-acts.ts';
import type { KeptKeys } from './open-kept-keys.ts';
import { administrator, useLink } from './welcome.ts';
import { welcomeForm, welcomeKey, type FormTrouble, type Page } from './welcome-page.ts';

/** What the routes lean on. */
export interface WelcomeParts {
  readonly keys: KeptKeys;
  /** Undefined where people cannot be signed in by a session. */
  readonly sessions: Pick<Sessions, 'openSession'> | undefined;
  readonly log: Log;
}

const formBytesMax = 2048;

function send(reply: FastifyReply, status: number, { html, headers }: Page): FastifyReply {
  return reply.code(status).headers(headers).type('text/html; charset=utf-8').send(html);
}

/** The browser is signed in too; where its session cannot be kept now, the key alone has to do. */
async function openSession(
  { sessions, log }: WelcomeParts,
  request: FastifyRequest,
  reply: FastifyReply,
  { kept }: MadeKey,
): Promise<boolean> {
  if (!sessions) return false;
  try {
    const rights = { name: administrator, roles: ['ARUBA'] } as const;
    await sessions.openSession(request, reply, { ...rights, subject: subjectOfKey(kept.keyId), how: 'link' });
    return true;
  } catch (error) {
    log.warn({ err: error }, 'welcome.sessionNotOpened');
    return false;
  }
}

/** The key that a code makes; `wrong` where it makes none, `away` where nobody can say. */
async function keyFor({ keys, log }: WelcomeParts, code: string): Promise<MadeKey | FormTrouble> {
  try {
    const made = code === '' ? undefined : await useLink(keys, code);
    if (made) log.warn({ keyId: made.kept.keyId }, 'welcome.administratorMade');
    return made ?? 'wrong';
  } catch (error) {
    if (!(error instanceof HubError) || error.kind !== 'unavailable') throw error;
    return 'away';
  }
}

async function takeCode(parts: WelcomeParts, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  // Without a body nothing was read.
  const { code = '' } = (request.body ?? {}) as { readonly code?: string };
  const made = await keyFor(parts, code);
  if (made === 'wrong') return send(reply, 403, welcomeForm(made));
  if (made === 'away') return send(reply.header('retry-after', '5'), 503, welcomeForm(made));
  const isSignedIn = await openSession(parts, request, reply, made);
  return send(reply, 201, welcomeKey(made.key, isSignedIn));
}

/**
 * Adds the paths `/welcome`, open to everybody: who has the code has all. It is posted, so that no address ever holds it.
 * @param app the gateway's server
 * @param parts what they lean on
 */
export function addWelcomeRoutes(app: FastifyInstance, parts: WelcomeParts): void {
  const hidden = { schema: { hide: true } };
  app.get('/welcome', hidden, (_request, reply) => send(reply, 200, welcomeForm()));
  // A scope of its own: forms are read here and nowhere else.
  void app.register(async (scope) => {
    const reading = { parseAs: 'string', bodyLimit: formBytesMax } as const;
    scope.addContentTypeParser<string>('application/x-www-form-urlencoded', reading, (_request, body, done) =>
      done(null, { code: (new URLSearchParams(body).get('code') ?? '').trim() }),
    );
    scope.removeContentTypeParser('application/json');
    scope.post('/welcome', hidden, (request, reply) => takeCode(parts, request, reply));
  });
}
