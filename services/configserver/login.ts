// configserver: lets in who gives the login (HTTP Basic), where one is set.
import { HubError } from '@staffetta/flow/errors.ts';
import type { onRequestHookHandler } from 'fastify';
import { createHash, timingSafeEqual } from 'node:crypto';

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/**
 * Makes the hook that asks for the login before every path but health.
 * @param login `user:password`
 * @throws HubError SETTING_WRONG for a text that is none
 */
export function needLogin(login: string): onRequestHookHandler {
  if (!/^[^:]+:./s.test(login)) throw new HubError('SETTING_WRONG', 'CONFIG_LOGIN=(secret): write user:password.');
  const expected = digest(login);
  return (request, reply, done) => {
    if (/^\/actuator\/health(?:\/|\?|$)/.test(request.url)) return done();
    const [, given = ''] = /^Basic ([\w+/=]+)$/i.exec(request.headers.authorization ?? '') ?? [];
    if (timingSafeEqual(expected, digest(Buffer.from(given, 'base64').toString()))) return done();
    reply.header('www-authenticate', 'Basic realm="configserver", charset="UTF-8"');
    return done(
      new HubError(
        'LOGIN_WRONG',
        'This server wants the login of CONFIG_LOGIN (in CONFIG_URL: http://user:password@host).',
      ),
    );
  };
}
