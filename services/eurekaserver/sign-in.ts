// eurekaserver: who may come in, where a password is set (HTTP Basic, RFC 7617).
import { createHash, timingSafeEqual } from 'node:crypto';
import type { onRequestHookHandler } from 'fastify';

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/**
 * Makes the gate. Health stays open: whoever watches over processes has no login.
 * @param user the name
 * @param password the password
 */
export function basicGate(user: string, password: string): onRequestHookHandler {
  const expected = digest(`Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`);
  return (request, reply, done) => {
    const given = digest(request.headers.authorization?.replace(/^basic\s+/i, 'Basic ') ?? '');
    const isHealth = /^\/actuator\/health(\/|\?|$)/.test(request.url);
    if (isHealth || timingSafeEqual(given, expected)) return done();
    const challenge = 'Basic realm="discovery", charset="UTF-8"';
    return void reply
      .code(401)
      .header('www-authenticate', challenge)
      .type('text/plain')
      .send('Sign in to this server.');
  };
}
