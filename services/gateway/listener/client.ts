// gateway: from where a request comes; what a proxy before the gateway says of it counts only where that proxy is trusted.
import { HubError } from '@staffetta/flow/errors.ts';
import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';

/** From where a request comes. */
export interface Client {
  /** The client's address, or that of the first proxy that is not ours. */
  readonly address: string;
  readonly proto: 'http' | 'https';
  /** The host that the client asked for; undefined where it named none. */
  readonly host: string | undefined;
  /** What the services behind read in `X-Forwarded-For`. */
  readonly forwardedFor: string;
}

/** Tells from where a request comes. */
export type ClientReader = (incoming: IncomingMessage) => Client;

const loopback = ['127.0.0.0/8', '::1/128'];

function addNetwork(list: BlockList, text: string): void {
  const [address = '', length] = text.split('/');
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  const bits = length === undefined ? (family === 'ipv6' ? 128 : 32) : Number(length);
  if (isIP(address) === 0 || !/^\d{1,3}$/.test(length ?? '0') || bits > (family === 'ipv6' ? 128 : 32)) {
    const message = `GATEWAY_TRUSTED_PROXIES: "${text}" is no address and no network; write 10.0.0.0/8, fd00::/8, 192.0.2.7 or loopback.`;
    throw new HubError('SETTING_WRONG', message);
  }
  list.addSubnet(address, bits, family);
}

/**
 * Reads a list of networks.
 * @param texts addresses, networks (`10.0.0.0/8`) or `loopback`
 * @returns a function that tells whether an address is among them
 * @throws HubError SETTING_WRONG naming the entry
 */
export function readNetworks(texts: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const text of texts) for (const one of text === 'loopback' ? loopback : [text]) addNetwork(list, one);
  return (address) => {
    if (texts.length === 0) return false;
    const plain = address.startsWith('::ffff:') ? address.slice(7) : address;
    const kind = isIP(plain);
    return kind !== 0 && list.check(plain, kind === 6 ? 'ipv6' : 'ipv4');
  };
}

function one(value: string | string[] | undefined): string {
  return Array.isArray(value) ? value.join(',') : (value ?? '');
}

function words(value: string | string[] | undefined): string[] {
  return one(value)
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
}

/** The host that a request asks for (HTTP/2 names it in `:authority`). */
export function hostOf({ headers }: IncomingMessage): string | undefined {
  const authority = headers[':authority'];
  return typeof authority === 'string' ? authority : headers.host;
}

/** Whether the client's own connection is encrypted. */
export function isEncrypted({ socket }: IncomingMessage): boolean {
  return 'encrypted' in socket && socket.encrypted === true;
}

/** Walks from the nearest proxy outwards, as far as proxies are trusted; what is no address ends the walk. */
function walk(peer: string, said: readonly string[], isTrusted: (address: string) => boolean): string {
  let client = peer;
  for (const address of said.toReversed()) {
    if (!isTrusted(client) || isIP(address) === 0) break;
    client = address;
  }
  return client;
}

/**
 * Makes the reader.
 * @param isTrusted tells the proxies whose `X-Forwarded-*` headers count
 */
export function createClientReader(isTrusted: (address: string) => boolean): ClientReader {
  const known = new WeakMap<IncomingMessage, Client>();

  function read(incoming: IncomingMessage): Client {
    const { headers } = incoming;
    const peer = incoming.socket.remoteAddress ?? 'unknown';
    const proto = isEncrypted(incoming) ? 'https' : 'http';
    const host = hostOf(incoming);
    if (!isTrusted(peer)) return { address: peer, proto, host, forwardedFor: peer };
    const said = words(headers['x-forwarded-for']);
    const saidProto = words(headers['x-forwarded-proto']).at(-1);
    return {
      address: walk(peer, said, isTrusted),
      proto: saidProto === 'https' || saidProto === 'http' ? saidProto : proto,
      host: words(headers['x-forwarded-host']).at(-1) ?? host,
      forwardedFor: [...said.filter((word) => isIP(word) !== 0), peer].join(', '),
    };
  }

  return (incoming) => {
    const found = known.get(incoming) ?? read(incoming);
    known.set(incoming, found);
    return found;
  };
}
