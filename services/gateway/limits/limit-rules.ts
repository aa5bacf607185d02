// gateway: which limits count for a request: its credential's, its customer's, its address's. Pure.
import { isIPv6 } from 'node:net';
import { isRefusal, type Identification } from '../identity/identity.ts';
import type { Bucket, LimitName, RateRule } from './rate-limit.ts';

/** The limits in force; undefined where there is no such limit. */
export interface LimitRules {
  /** Of a credential without a rule of its own, and of an address from which nobody signed in. */
  readonly client: RateRule;
  /** Of all credentials of one customer together. */
  readonly customer: RateRule | undefined;
  /** Of all that comes from one address, whoever signed in. */
  readonly address: RateRule | undefined;
  /** Of one customer's expensive requests. */
  readonly expensive: RateRule | undefined;
  /** Of wrong credentials from one address. */
  readonly signIn: RateRule | undefined;
}

/** What is known of a request when its limits are asked for. */
export interface Asked {
  /** As `addressBlock` gives it. */
  readonly address: string;
  readonly found: Identification;
  readonly isExpensive: boolean;
  /** Whether the route is open to everybody, so that a wrong credential is no try to get in. */
  readonly isOpen: boolean;
}

/**
 * Gives the address that limits count by. Whoever has one address of IPv6 has its whole /64 (RFC 6177), so that all of it counts as one.
 * @param address as a socket gives it
 */
export function addressBlock(address: string): string {
  const plain = address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address;
  if (!isIPv6(plain)) return plain;
  const [head = '', tail] = plain.split('%', 1)[0]!.split('::', 2);
  const before = head === '' ? [] : head.split(':');
  if (tail === undefined) return `${before.slice(0, 4).join(':')}::/64`;
  const after = tail === '' ? [] : tail.split(':');
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0');
  return `${[...before, ...zeros, ...after].slice(0, 4).join(':')}::/64`;
}

function bucket(limit: LimitName, name: string, rule: RateRule | undefined): Bucket[] {
  return rule ? [{ limit, name, rule }] : [];
}

/**
 * Tells which buckets a request takes a token of.
 * @param rules in force
 * @param asked the request
 * @returns at least one
 */
export function bucketsOf(rules: LimitRules, asked: Asked): readonly Bucket[] {
  const { address, found, isExpensive, isOpen } = asked;
  const total = bucket('address-total', address, rules.address);
  if (!found || isRefusal(found)) {
    // Only a wrong credential is a try to get in; one that cannot be judged now is no fault of its holder.
    const isTry = !isOpen && (found?.refused === 'KEY_WRONG' || found?.refused === 'TOKEN_WRONG');
    return [
      ...bucket('address', address, rules.client),
      ...total,
      ...(isTry ? bucket('sign-in', address, rules.signIn) : []),
    ];
  }
  const { customerId } = found.caller;
  const whose = customerId === undefined ? found.id : String(customerId);
  return [
    ...bucket('key', found.id, found.rateRule ?? rules.client),
    ...(customerId === undefined ? [] : bucket('customer', whose, rules.customer)),
    ...(isExpensive ? bucket('expensive', whose, rules.expensive) : []),
    ...total,
  ];
}
