// gateway: the paths of signing in and out, and of who one is.
import { HubError } from '@staffetta/flow/errors.ts';
import { toRomeWallTime } from '@staffetta/platform/clock.ts';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Type, type Static } from 'typebox';
import type { Identified } from '../identity.ts';
import { csrfTokenOf } from '../sessions/session-cookie.ts';
import type { SessionInHand } from '../sessions/sessions.ts';
import type { BackChannel } from './back-channel.ts';
import { forPerson, keepPrivate } from './people-page.ts';
import { callbackPath, type SignIn } from './sign-in.ts';
import type { SignOut } from './sign-out.ts';
import { TokenRefused } from './verify-token.ts';

/** What the paths lean on. */
export interface SignInRouteParts {
  readonly signIn: SignIn;
  readonly signOut: SignOut;
  readonly backChannel: BackChannel;
  readonly holderOf: (request: FastifyRequest) => Identified | undefined;
  readonly inHandOf: (request: FastifyRequest) => SessionInHand | undefined;
}

const formBytesMax = 64 * 1024;
const SignInQuery = Type.Object({ returnTo: Type.Optional(Type.String()) });

/** Only these paths read forms: elsewhere a form is no way in. */
function readForms(app: FastifyInstance): void {
  const options = { parseAs: 'string', bodyLimit: formBytesMax } as const;
  app.addContentTypeParser<string>('application/x-www-form-urlencoded', options, (_request, body, done) => {
    done(null, new URLSearchParams(body));
  });
}

function refuseLogout(reply: FastifyReply, why: string): FastifyReply {
  return reply.code(400).send({ error: 'invalid_request', error_description: why });
}

function addBackChannel(app: FastifyInstance, { backChannel }: SignInRouteParts): void {
  const schema = { summary: 'The identity provider ends sessions (OpenID Connect Back-Channel Logout 1.0)' };
  app.post('/signout/backchannel', { schema }, async (request, reply) => {
    keepPrivate(reply);
    const { body } = request;
    const tokens = body instanceof URLSearchParams ? body.getAll('logout_token') : [];
    if (tokens.length !== 1) return refuseLogout(reply, 'Send one logout_token as a form.');
    try {
      return await reply.send({ ended: await backChannel.take(tokens[0]!) });
    } catch (error) {
      if (error instanceof TokenRefused) return refuseLogout(reply, error.message);
      throw error;
    }
  });
}

function untilOf(untilMs: number | undefined): string | undefined {
  return untilMs === undefined || !Number.isFinite(untilMs) ? undefined : toRomeWallTime(new Date(untilMs));
}

function showMe({ caller, how, scopes, untilMs }: Identified, inHand: SessionInHand | undefined) {
  const { name, roles, customerId } = caller;
  const session = inHand && {
    id: inHand.session.key,
    openedBy: inHand.session.how,
    csrfToken: csrfTokenOf(inHand.id),
  };
  return { name, roles, customerId, how, scopes, until: untilOf(untilMs), session };
}

function addMe(app: FastifyInstance, { holderOf, inHandOf }: SignInRouteParts): void {
  const schema = { summary: 'Who I am here: name, roles, customer, how signed in and until when' };
  app.get('/me', { schema }, async (request, reply) => {
    const holder = holderOf(request);
    if (!holder) throw new HubError('KEY_WRONG', 'Nobody is signed in.');
    return keepPrivate(reply).send(showMe(holder, inHandOf(request)));
  });
}

/**
 * Adds the paths `/signin`, `/signin/callback`, `/signout`, `/signout/backchannel` and `/me`.
 * @param app the gateway's server, whose gate every request has passed
 * @param parts what the paths lean on
 */
export async function addSignInRoutes(app: FastifyInstance, parts: SignInRouteParts): Promise<void> {
  addMe(app, parts);
  await app.register(async (forms) => {
    readForms(forms);
    forms.get<{ Querystring: Static<typeof SignInQuery> }>(
      '/signin',
      {
        schema: {
          querystring: SignInQuery,
          summary: 'Signs a person in by the identity provider, then goes to returnTo',
        },
      },
      (request, reply) => forPerson(request, reply, () => parts.signIn.begin(request, reply, request.query.returnTo)),
    );
    forms.get(callbackPath, { schema: { hide: true } }, (request, reply) =>
      forPerson(request, reply, () => parts.signIn.complete(request, reply)),
    );
    forms.post(
      '/signout',
      { schema: { summary: 'Ends my session here and names where to end it at the provider' } },
      (request, reply) => forPerson(request, reply, () => parts.signOut(request, reply)),
    );
    addBackChannel(forms, parts);
  });
}
