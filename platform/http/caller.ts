// platform: who calls, as the gateway vouches for it: a small signed header that services behind it can trust.
import { HubError } from '@staffetta/flow/errors.ts';
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** The roles of the contract; a customer may only reach what is its own. */
export type Role = 'SDI' | 'ARUBA' | 'CUSTOMER';

/** Who calls: a name for the audit fields, its roles, and the customer it is bound to, if any. */
export interface Caller {
  readonly name: string;
  readonly roles: readonly Role[];
  readonly customerId?: number;
}

/** The header that carries the signed caller between the gateway and a service. */
export const callerHeader = 'x-staffetta-caller';

/** The gateway's word (`true`) that it made the correlation id itself, so that the id tells no double requests. */
export const correlationMadeHeader = 'x-staffetta-correlation-made';

/**
 * Signs a caller for the services behind the gateway (HMAC-SHA256 over the payload and its time).
 * @param secret shared by the gateway and the services
 * @param caller who calls
 * @param now the instant, which the signature carries (valid for five minutes)
 * @returns the header's value
 */
export function signCaller(secret: string, caller: Caller, now: Date): string {
  const payload = Buffer.from(JSON.stringify({ ...caller, at: now.getTime() })).toString('base64url');
  return `${payload}.${macOf(secret, payload)}`;
}

/** How old a signature may be, and how far the clocks of the gateway and of a service may be apart. */
const signatureMsMax = 300_000;

/** What a header says that was signed with the secret, and when that was by the signer's clock. */
function readSigned(secret: string, header: string): { readonly caller: Caller; readonly atMs: number } | undefined {
  const [payload = '', mac = ''] = header.split('.');
  const expected = Buffer.from(macOf(secret, payload));
  const given = Buffer.from(mac);
  if (expected.length !== given.length || !timingSafeEqual(expected, given)) return undefined;
  const { at, ...caller } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Caller & { at: number };
  return { caller, atMs: at };
}

/**
 * Reads a signed caller.
 * @param secret as in `signCaller`
 * @param header the header's value
 * @param now the instant to judge its age by
 * @returns the caller, or undefined where the signature is wrong or older than five minutes
 */
export function readCaller(secret: string, header: string, now: Date): Caller | undefined {
  const signed = readSigned(secret, header);
  return signed && Math.abs(now.getTime() - signed.atMs) <= signatureMsMax ? signed.caller : undefined;
}

function macOf(secret: string, payload: string): string {
  return createHmac('sha256', secret).update(payload).digest('base64url');
}

/** What tells who may call a service. */
export interface CallerRules {
  readonly callerSecret: string;
  /** Whether a call without the gateway's header is trusted as the platform's own. */
  readonly trustDirectCalls: boolean;
}

/** The caller's own credential may be as good as can be: what is wrong is time, and between machines of the hub. */
function clocksApart(apartMs: number): HubError {
  const minutes = Math.round(Math.abs(apartMs) / 60_000);
  const when = apartMs > 0 ? `${minutes} min ago` : `in ${minutes} min from now`;
  return new HubError(
    'CLOCKS_APART',
    `By this machine's clock the gateway vouched for this caller ${when}; ${signatureMsMax / 60_000} min are allowed either way.`,
  );
}

const directCaller: Caller = { name: 'direct', roles: ['ARUBA', 'SDI'] };

/**
 * Finds out who calls a service behind the gateway.
 * @param headers the request's
 * @param rules the shared secret, and whether a call without the signed header is trusted
 * @param now the real time: a hub's clock that was turned must not refuse anybody
 * @throws HubError KEY_WRONG for a signature that is wrong, and for a direct call that is not trusted; CLOCKS_APART for one that was made
 *   more than five minutes from now
 */
export function callerOf(headers: IncomingHttpHeaders, rules: CallerRules, now: Date): Caller {
  const signed = headers[callerHeader];
  if (signed === undefined) {
    if (rules.trustDirectCalls) return directCaller;
    throw new HubError('KEY_WRONG', 'This call did not come through the gateway.');
  }
  const read = typeof signed === 'string' ? readSigned(rules.callerSecret, signed) : undefined;
  if (!read) throw new HubError('KEY_WRONG', 'The signature of the caller is wrong: it was made with another secret.');
  const apartMs = now.getTime() - read.atMs;
  if (Math.abs(apartMs) > signatureMsMax) throw clocksApart(apartMs);
  return read.caller;
}

/**
 * Refuses callers without any of some roles.
 * @param caller who calls
 * @param roles one of them is enough
 * @throws HubError ROLE_WRONG
 */
export function needRole(caller: Caller, roles: readonly Role[]): void {
  if (caller.roles.some((role) => roles.includes(role))) return;
  throw new HubError('ROLE_WRONG', `This needs the role ${roles.join(' or ')}.`);
}
