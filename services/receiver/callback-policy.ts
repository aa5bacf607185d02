// receiver: where callbacks may go: absolute http(s) URLs without user; in production https and public addresses only.
import { HubError } from '@staffetta/flow/errors.ts';
import { lookup as resolve, type LookupAddress } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/** What is allowed besides https to public addresses. */
export interface CallbackPolicy {
  readonly allowHttp: boolean;
  readonly allowPrivate: boolean;
}

const urlCharactersMax = 2000;

// The special-purpose registries of IANA (RFC 6890 and its updates), plus multicast and the reserved class E.
const specialV4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
];

// Everything outside 2000::/3 (loopback, IPv4-mapped ::ffff:0:0/96, NAT64 64:ff9b::/96, unique local, link local,
// multicast),
// and inside it: protocol assignments with Teredo, documentation, 6to4.
const specialV6 = ['::/3', '4000::/2', '8000::/1', '2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];

// Two lists, because node would judge every IPv4 address by a rule on the IPv4-mapped range.
const blockedV4 = blockList(specialV4, 'ipv4');
const blockedV6 = blockList(specialV6, 'ipv6');

function blockList(ranges: readonly string[], family: 'ipv4' | 'ipv6'): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [net = '', prefix] = range.split('/');
    list.addSubnet(net, Number(prefix), family);
  }
  return list;
}

/**
 * Tells whether an address is public, that is outside every special range (private, loopback, link local, IPv4-mapped,
 * NAT64 …).
 * @param address an IPv4 or IPv6 address in text; anything else counts as not public
 */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !blockedV4.check(address, 'ipv4');
  return family === 6 && !blockedV6.check(address, 'ipv6');
}

/**
 * Checks where a callback may go, as far as its text tells (names are checked again when they are resolved). The URL
 * parser has
 * by then written decimal, octal and hexadecimal forms of IPv4 in the usual one. Control characters and halves of
 * characters are refused: no header, log or database could keep them.
 * @param text the URL as it was given
 * @param policy what is allowed
 * @returns the URL
 * @throws HubError CALLBACK_NOT_ALLOWED with what is wrong, never with the URL's query
 */
export function checkCallbackUrl(text: string, policy: CallbackPolicy): URL {
  if (text.length > urlCharactersMax) throw refused(`is longer than ${urlCharactersMax} characters`);
  if (!/^https?:\/\/[^\s\\\p{Cc}\p{Cs}]+$/iu.test(text) || !URL.canParse(text))
    throw refused('is no absolute http(s) URL');
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') throw refused('carries a user or password');
  if (url.protocol === 'http:' && !policy.allowHttp) throw refused('is plain http');
  if (!policy.allowPrivate && isPrivateHost(hostnameOf(url))) throw refused('leads to a private or special address');
  return url;
}

/**
 * Gives a URL's host as the network needs it.
 * @param url any http(s) URL
 * @returns the name, or the address without brackets
 */
export function hostnameOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '');
}

function isPrivateHost(host: string): boolean {
  if (isIP(host) !== 0) return !isPublicAddress(host);
  return /(^|\.)localhost\.?$/i.test(host);
}

function refused(why: string): HubError {
  return new HubError('CALLBACK_NOT_ALLOWED', `The callback ${why}.`);
}

/** An error of name resolution that the policy made, told apart from the network's own. */
export const blockedAddressCode = 'CALLBACK_ADDRESS_BLOCKED';

/**
 * Makes the name resolution of callbacks: the connection goes to exactly the addresses that were checked, so that a
 * name that
 * changes between check and connection (DNS rebinding) gains nothing.
 * @param policy where private addresses are allowed, nothing is filtered
 * @param lookup the system's resolver
 * @returns a `lookup` for `net.connect`; it fails with `blockedAddressCode` where a name has only special addresses
 */
export function checkedLookup(policy: CallbackPolicy, lookup: typeof resolve = resolve): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, []);
      const allowed = policy.allowPrivate ? addresses : addresses.filter(({ address }) => isPublicAddress(address));
      const [first] = allowed;
      if (!first) return callback(blockedAddress(hostname), []);
      return options.all ? callback(null, allowed) : answerOne(callback, first);
    });
  };
}

function answerOne(callback: Parameters<LookupFunction>[2], { address, family }: LookupAddress): void {
  callback(null, address, family);
}

function blockedAddress(hostname: string): NodeJS.ErrnoException {
  const error: NodeJS.ErrnoException = new Error(`${hostname} has only private or special addresses`);
  error.code = blockedAddressCode;
  return error;
}
