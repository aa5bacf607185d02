// receiver: one try of a callback by HTTP: a pool per origin, checked addresses, no redirects, a look at the answer.
import type { IncomingHttpHeaders } from 'node:http';
import { isDeepStrictEqual } from 'node:util';
import { Pool, type Dispatcher } from 'undici';
import { blockedAddressCode, checkCallbackUrl, checkedLookup, type CallbackPolicy } from './callback-policy.ts';
import { readRetryAfterMs } from './callback-schedule.ts';

/** How a try ended. */
export type Outcome = 'delivered' | 'refused' | 'redirected' | 'timeout' | 'unreachable' | 'blocked';

/** What a try showed. */
export interface TryResult {
  readonly outcome: Outcome;
  readonly status: number | undefined;
  readonly error: string | undefined;
  /** The answer's first 4 KiB as text. */
  readonly answer: string | undefined;
  readonly retryAfterMs: number | undefined;
  /** No further try makes sense: 410, or a URL that can never be called. */
  readonly permanent: boolean;
  /** The host itself is in trouble, not this callback. */
  readonly hostAway: boolean;
}

/** How the client calls; read anew at each call, so it may be a view of settings. */
export interface ClientOptions {
  readonly policy: CallbackPolicy;
  /** Milliseconds for the whole try. */
  readonly timeoutMs: number;
  readonly connectionsPerHost: number;
  /** A resolver other than the system's. */
  readonly lookup?: Parameters<typeof checkedLookup>[1];
}

/** Makes tries of callbacks. */
export interface CallbackClient {
  /** Posts a body; never throws. `now` judges a `Retry-After` that is a date. */
  post(url: string, headers: Record<string, string>, body: Buffer, now: Date): Promise<TryResult>;
  /** Closes connections; what is under way is cut off. */
  close(): Promise<void>;
}

const answerBytesMax = 4096;
const answerBytesReadMax = 65_536;
const poolsMax = 1000;

/** Connections to an origin, with the limits that they were opened with. */
interface OpenPool {
  readonly pool: Pool;
  readonly limits: ClientOptions;
}

class PoolClient implements CallbackClient {
  readonly #options: ClientOptions;
  readonly #pools = new Map<string, OpenPool>();

  constructor(options: ClientOptions) {
    this.#options = options;
  }

  async post(text: string, headers: Record<string, string>, body: Buffer, now: Date): Promise<TryResult> {
    let url: URL;
    try {
      url = checkCallbackUrl(text, this.#options.policy);
    } catch (error) {
      return { ...noAnswer('blocked', messageOf(error)), permanent: true };
    }
    const path = url.pathname + url.search;
    const pool = this.#poolOf(url.origin);
    return new Promise((resolve) => {
      const answer = new AnswerReader(this.#options.timeoutMs, now, resolve);
      try {
        pool.dispatch({ path, method: 'POST', headers, body }, answer);
      } catch (error) {
        answer.onResponseError(undefined, error instanceof Error ? error : new Error(String(error)));
      }
    });
  }

  async close(): Promise<void> {
    const pools = [...this.#pools.values()];
    this.#pools.clear();
    await Promise.all(pools.map(({ pool }) => pool.destroy()));
  }

  #poolOf(origin: string): Pool {
    const limits = { ...this.#options };
    const known = this.#pools.get(origin);
    this.#pools.delete(origin);
    const isUsable = known !== undefined && isDeepStrictEqual(known.limits, limits);
    // Its limits changed: what is under way in it ends as it began.
    if (known && !isUsable) void known.pool.close();
    const open = isUsable ? known : { pool: openPool(origin, limits), limits };
    // Set again, so that the map's order says which pool was not used for longest.
    this.#pools.set(origin, open);
    const [oldest] = this.#pools;
    if (this.#pools.size > poolsMax && oldest) {
      this.#pools.delete(oldest[0]);
      void oldest[1].pool.close();
    }
    return open.pool;
  }
}

function openPool(origin: string, { timeoutMs, connectionsPerHost, policy, lookup }: ClientOptions): Pool {
  return new Pool(origin, {
    connections: connectionsPerHost,
    pipelining: 1,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    keepAliveTimeout: 30_000,
    allowH2: false,
    connect: { timeout: timeoutMs, lookup: checkedLookup(policy, lookup) },
  });
}

class AnswerReader implements Dispatcher.DispatchHandler {
  readonly #now: Date;
  readonly #resolve: (result: TryResult) => void;
  readonly #timer: NodeJS.Timeout;
  #controller: Dispatcher.DispatchController | undefined;
  #over = false;
  #status: number | undefined;
  #headers: IncomingHttpHeaders = {};
  readonly #chunks: Buffer[] = [];
  #bytes = 0;

  constructor(timeoutMs: number, now: Date, resolve: (result: TryResult) => void) {
    this.#now = now;
    this.#resolve = resolve;
    this.#timer = setTimeout(() => this.#timeOut(timeoutMs), timeoutMs);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#over) controller.abort(new Error('the try is over'));
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    this.#status = status;
    this.#headers = headers;
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#bytes < answerBytesMax) this.#chunks.push(chunk.subarray(0, answerBytesMax - this.#bytes));
    this.#bytes += chunk.length;
    if (this.#bytes <= answerBytesReadMax) return;
    this.#end(this.#answered());
    controller.abort(new Error('the answer is too long'));
  }

  onResponseEnd(): void {
    this.#end(this.#answered());
  }

  onResponseError(_controller: Dispatcher.DispatchController | undefined, error: Error): void {
    // The status is what counts: an answer that breaks off after it was given all the same.
    this.#end(this.#status === undefined ? failedConnection(error) : this.#answered());
  }

  #timeOut(timeoutMs: number): void {
    const silent = this.#status === undefined;
    this.#end(silent ? noAnswer('timeout', `no answer within ${timeoutMs} ms`) : this.#answered());
    this.#controller?.abort(new Error('time-out'));
  }

  #end(result: TryResult): void {
    if (this.#over) return;
    this.#over = true;
    clearTimeout(this.#timer);
    this.#resolve(result);
  }

  #answered(): TryResult {
    const status = this.#status ?? 0;
    const outcome = outcomeOf(status);
    const retryAfter = this.#headers['retry-after'];
    return {
      outcome,
      status,
      error: outcome === 'delivered' ? undefined : `the answer was ${status}`,
      answer: this.#chunks.length > 0 ? readable(Buffer.concat(this.#chunks)) : undefined,
      retryAfterMs: outcome === 'delivered' ? undefined : readRetryAfterMs(retryAfter, this.#now),
      permanent: status === 410,
      hostAway: status === 502 || status === 503 || status === 504,
    };
  }
}

function outcomeOf(status: number): Outcome {
  if (status >= 200 && status < 300) return 'delivered';
  return status >= 300 && status < 400 ? 'redirected' : 'refused';
}

function noAnswer(outcome: Outcome, error: string): TryResult {
  const hostAway = outcome !== 'blocked';
  return {
    outcome,
    status: undefined,
    error: readable(Buffer.from(error)),
    answer: undefined,
    retryAfterMs: undefined,
    permanent: false,
    hostAway,
  };
}

function failedConnection(error: Error): TryResult {
  const code = 'code' in error ? String(error.code) : '';
  if (code === blockedAddressCode) return noAnswer('blocked', error.message);
  if (/TIMEOUT|ETIMEDOUT/.test(code)) return noAnswer('timeout', `${code}: ${error.message}`);
  return noAnswer(
    'unreachable',
    code && !error.message.includes(code) ? `${code}: ${messageOf(error)}` : messageOf(error),
  );
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error);
}

/** The store's text holds neither zero bytes nor halves of characters. */
function readable(bytes: Buffer): string {
  return bytes.toString('utf8').replaceAll('\0', '\uFFFD');
}

/**
 * Makes the client of callbacks. It follows no redirect, obeys no proxy variable, and connects only to addresses that
 * the policy
 * allows (checked on the address that is really connected to).
 * @param options limits and policy
 */
export function createCallbackClient(options: ClientOptions): CallbackClient {
  return new PoolClient(options);
}
