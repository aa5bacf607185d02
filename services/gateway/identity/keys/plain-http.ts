// gateway: what becomes of an API key that came in plain http from another machine, where anybody on the way could read it.
import type { Profile } from '@staffetta/platform/service.ts';
import { BlockList } from 'node:net';
import type { KeySettings } from './key-settings.ts';

/** What is done with such a key. */
export type PlainHttpVerdict = 'pass' | 'warn' | 'refuse' | 'revoke';

/** Judges one request. @param isSecure whether it came by TLS, here or at a proxy that is trusted */
export type PlainHttpRule = (address: string, isSecure: boolean) => PlainHttpVerdict;

/** This machine. */
const here = new BlockList();
here.addSubnet('127.0.0.0', 8, 'ipv4');
here.addAddress('::1', 'ipv6');

/** Networks that the internet does not carry (RFC 1918, RFC 6598, RFC 3927, RFC 4193, RFC 4291). */
const inside = new BlockList();
inside.addSubnet('10.0.0.0', 8, 'ipv4');
inside.addSubnet('172.16.0.0', 12, 'ipv4');
inside.addSubnet('192.168.0.0', 16, 'ipv4');
inside.addSubnet('100.64.0.0', 10, 'ipv4');
inside.addSubnet('169.254.0.0', 16, 'ipv4');
inside.addSubnet('fc00::', 7, 'ipv6');
inside.addSubnet('fe80::', 10, 'ipv6');

function isIn(list: BlockList, address: string): boolean {
  const plain = address.startsWith('::ffff:') ? address.slice(7) : address;
  return list.check(plain, plain.includes(':') ? 'ipv6' : 'ipv4');
}

/**
 * Makes the rule of the setting `GATEWAY_KEYS_OVER_HTTP`. Nothing is redirected to https: a redirect would come after the key was
 * seen, and hide the mistake ("Protecting Credentials with HTTP APIs", httpapi working group of the IETF).
 * @param wish the setting
 * @param profile dev allows all by default; production refuses what comes from a public address and warns of the rest
 */
export function plainHttpRule(wish: KeySettings['keysOverHttp'], profile: Profile): PlainHttpRule {
  const rule = wish ?? (profile === 'production' ? 'refuse-public' : 'allow');
  return (address, isSecure) => {
    if (isSecure || rule === 'allow' || isIn(here, address)) return 'pass';
    if (rule === 'refuse-public') return isIn(inside, address) ? 'warn' : 'refuse';
    return rule === 'refuse' || rule === 'revoke' ? rule : 'warn';
  };
}
