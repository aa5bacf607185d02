// platform: who calls, as the gateway vouches for it: a small signed header that services behind it can trust.
import { createHmac, timingSafeEqual } from 'node:crypto';

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

/**
 * Reads a signed caller.
 * @param secret as in `signCaller`
 * @param header the header's value
 * @param now the instant to judge its age by
 * @returns the caller, or undefined where the signature is wrong or older than five minutes
 */
export function readCaller(secret: string, header: string, now: Date): Caller | undefined {
  const [payload = '', mac = ''] = header.split('.');
  const expected = Buffer.from(macOf(secret, payload));
  const given = Buffer.from(mac);
  if (expected.length !== given.length || !timingSafeEqual(expected, given)) return undefined;
  const { at, ...caller } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Caller & { at: number };
  return Math.abs(now.getTime() - at) <= 300_000 ? caller : undefined;
}

function macOf(secret: string, payload: string): string {
  return createHmac('sha256', secret).update(payload).digest('base64url');
}
