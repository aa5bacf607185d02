// gateway: what is looked at before anybody is asked who they are: method, target, host and headers of a request. Pure.
import type { IncomingMessage } from 'node:http';
import { hostOf } from './client.ts';

/** What the door lets through. */
export interface DoorRules {
  /** Hosts that requests may name; empty for any. */
  readonly hosts: readonly string[];
  readonly urlBytesMax: number;
  readonly headerCountMax: number;
  readonly headerBytesMax: number;
}

/** Why a request is not let in. */
export interface DoorRefusal {
  readonly status: 400 | 405 | 414 | 421 | 431 | 501 | 505;
  readonly why: string;
}

/** The methods that mean something here. TRACE would show a client's own secrets to scripts; CONNECT is for proxies. */
export const methodsAllowed = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

const methods = new Set(methodsAllowed);
const versions = new Set(['1.0', '1.1', '2.0']);
const visible = /^[\x21-\x7e]+$/;
const hostForm = /^(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i;
/** Headers of which a second one could make two servers read a request differently (RFC 9112 §3.2, §6.3). */
const single = new Set(['host', 'content-length', 'transfer-encoding', 'content-type', 'authorization', 'expect']);

function refuse(status: DoorRefusal['status'], why: string): DoorRefusal {
  return { status, why };
}

function checkTarget(target: string, { urlBytesMax }: DoorRules, host: string | undefined): DoorRefusal | undefined {
  if (target.length > urlBytesMax) return refuse(414, `The path with its query is longer than ${urlBytesMax} bytes.`);
  if (!visible.test(target)) return refuse(400, 'The path or its query holds characters that must be encoded.');
  if (target.startsWith('/') || target === '*') return undefined;
  const form = /^https?:\/\/([^/?#]*)/i.exec(target);
  if (!form) return refuse(400, 'The target of a request begins with a slash.');
  // RFC 9112 §3.2.2: the absolute form wins over Host. Where both differ some server on the way would read the other.
  return form[1]?.toLowerCase() === host?.toLowerCase()
    ? undefined
    : refuse(400, 'The target names another host than the header Host.');
}

function fitsHost(host: string, known: string): boolean {
  return known.startsWith('*.') ? host.endsWith(known.slice(1)) && host.length > known.length - 1 : host === known;
}

function checkHost(host: string | undefined, target: string, { hosts }: DoorRules): DoorRefusal | undefined {
  if (host === undefined) return undefined;
  if (!hostForm.test(host)) return refuse(400, 'The host is no name and no address.');
  // Whoever asks for health asks an address of the inside.
  if (hosts.length === 0 || target.startsWith('/actuator/health')) return undefined;
  const name = host.replace(/:\d+$/, '').toLowerCase();
  return hosts.some((known) => fitsHost(name, known.toLowerCase()))
    ? undefined
    : refuse(421, 'This gateway does not answer for that host; GATEWAY_HOSTS names those it does.');
}

function checkHeaders(incoming: IncomingMessage, rules: DoorRules): DoorRefusal | undefined {
  const { rawHeaders, headers } = incoming;
  const { headerCountMax, headerBytesMax } = rules;
  if (rawHeaders.length / 2 > headerCountMax) return refuse(431, `A request has at most ${headerCountMax} headers.`);
  // Node's parser bounds HTTP/1; of HTTP/2 it holds clients to the bound only once they have heard of it.
  if (incoming.httpVersionMajor === 2 && rawHeaders.join('').length > headerBytesMax) {
    return refuse(431, `The headers of a request have at most ${headerBytesMax} bytes.`);
  }
  const seen = new Set<string>();
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]!.toLowerCase();
    if (!single.has(name)) continue;
    if (seen.has(name)) return refuse(400, `The header ${name} stands there twice.`);
    seen.add(name);
  }
  const coding = headers['transfer-encoding'];
  if (coding === undefined) return undefined;
  if (incoming.httpVersion !== '1.1') return refuse(400, 'Transfer-Encoding is of HTTP/1.1 only.');
  return coding.toLowerCase() === 'chunked' ? undefined : refuse(501, 'The only Transfer-Encoding here is chunked.');
}

/**
 * Looks at a request as it came, before its path is read and before anybody is asked who they are.
 * @param incoming its head
 * @param rules in force
 * @returns undefined where it may come in
 */
export function checkRequest(incoming: IncomingMessage, rules: DoorRules): DoorRefusal | undefined {
  const { method = '', url = '' } = incoming;
  if (!methods.has(method)) return refuse(405, `The methods here are ${methodsAllowed.join(', ')}.`);
  if (!versions.has(incoming.httpVersion)) return refuse(505, 'The versions of HTTP here are 1.0, 1.1 and 2.');
  const host = hostOf(incoming);
  if (incoming.headers.host !== undefined && incoming.headers.host !== host) {
    return refuse(400, 'The headers :authority and Host name different hosts.');
  }
  return checkTarget(url, rules, host) ?? checkHost(host, url, rules) ?? checkHeaders(incoming, rules);
}
