// platform: one call to a discovery server, and the choice among several: the one that answered last comes first.
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { request } from 'undici';
import { splitLogin } from '../http/url-login.ts';

/** What is asked of a server. */
export interface EurekaCall {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Below the base URL, with its slash: `/apps/RECEIVER`. */
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** A server's answer. */
export interface EurekaAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The body, parsed; undefined where it is no JSON. */
  readonly json: unknown;
}

const answerBytesMax = 64 * 1024 * 1024;

const unzipped = promisify(gunzip);

async function readBody(body: AsyncIterable<Uint8Array>, encoding: unknown): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of body) {
    bytes += part.length;
    if (bytes > answerBytesMax) throw new Error('the discovery server’s answer is over 64 MiB');
    parts.push(part);
  }
  const whole = Buffer.concat(parts);
  // Bounded here too: a few bytes can unfold into gigabytes.
  const plain = encoding === 'gzip' ? await unzipped(whole, { maxOutputLength: answerBytesMax }) : whole;
  return plain.toString('utf8');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Calls a discovery server.
 * @param serverUrl its base, such as `http://host:8761/eureka`; a login in it becomes a Basic header
 * @param call what is asked
 * @returns the answer, whatever its status
 * @throws where no answer comes (also past the signal), and TypeError where the base is no URL
 */
export async function callEureka(serverUrl: string, call: EurekaCall): Promise<EurekaAnswer> {
  const { url, headers } = splitLogin(serverUrl);
  const json = call.body === undefined ? {} : { 'content-type': 'application/json' };
  const answer = await request(`${url}${call.path}`, {
    method: call.method,
    signal: call.signal,
    headers: { ...headers, ...json, accept: 'application/json', 'accept-encoding': 'gzip', ...call.headers },
    body: call.body === undefined ? null : JSON.stringify(call.body),
  });
  const text = await readBody(answer.body, answer.headers['content-encoding']);
  return { status: answer.statusCode, headers: answer.headers, json: parsed(text) };
}

/** Several servers of one registry. */
export interface ServerList {
  /**
   * Tries the servers in turn, from the one that answered last, until one takes the work.
   * @throws the last server's failure where none does
   */
  first<T>(work: (serverUrl: string) => Promise<T>): Promise<T>;
  /** The one that answered last; undefined where none is named. */
  current(): string | undefined;
}

/**
 * Makes a list of servers.
 * @param serverUrls their bases, the preferred one first
 * @param stopped ends the trying
 */
export function serverList(serverUrls: readonly string[], stopped: AbortSignal): ServerList {
  let place = 0;
  return {
    async first(work) {
      let trouble: unknown = new Error('no discovery server is named');
      for (let tried = 0; tried < serverUrls.length && !stopped.aborted; tried++) {
        try {
          return await work(serverUrls[place]!);
        } catch (error) {
          trouble = error;
          if (!stopped.aborted) place = (place + 1) % serverUrls.length;
        }
      }
      throw trouble;
    },
    current: () => serverUrls[place],
  };
}

/**
 * The wait before the next try: it doubles from the first to the longest.
 * @param firstMs the wait after the first failure
 * @param longestMs the longest
 * @param failures how many tries in a row failed before, from 0
 */
export function backOffMs(firstMs: number, longestMs: number, failures: number): number {
  return Math.min(firstMs * 2 ** Math.min(failures, 16), longestMs);
}
