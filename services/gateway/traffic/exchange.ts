// gateway: one request from its arrival to its answer: its turn, its tries, and what the client reads where there is no answer.
import type { TraceContext } from '@staffetta/flow/trace-context.ts';
import { requestTrace } from '@staffetta/platform/http/request-trace.ts';
import { errorBody } from '@staffetta/platform/http/server.ts';
import type { Clock } from '@staffetta/platform/clock.ts';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { Dispatcher } from 'undici';
import type { GatewayMetrics } from '../metrics.ts';
import type { CallOutcome, Leave } from './breaker.ts';
import type { Cluster } from './cluster.ts';
import type { Endpoint, TryOutcome } from './endpoint.ts';
import { answerFallback, type AwayReason } from './fallback.ts';
import type { Lane } from './lane.ts';
import type { Load } from './load.ts';
import { Hop, isEventStream, type HeadVerdict, type HopEnd } from './proxy-hop.ts';
import { requestHeaders, type Introduction } from './proxy-headers.ts';
import { announcedBytes, bodyKindOf, readAway, readWhole, streamOf } from './request-body.ts';
import { isSafeAgain, waitBefore } from './retry-rule.ts';
import type { Streams } from './streams.ts';
import { beginTry, endTry, traceList } from './try-span.ts';
import { joinSockets, upgradeOf } from './upgrade.ts';

/** Where one request goes. */
export interface Destination {
  readonly lane: Lane;
  readonly cluster: Cluster;
  /** What the client reads of who is asked. */
  readonly service: string;
  /** The path at the service, encoded, with its query. */
  readonly target: string;
  /** The client's path, for what it reads in errors. */
  readonly path: string;
  readonly introduction: Introduction;
  /** Whether whoever is asked makes one of two requests with the same `Idempotency-Key`. */
  readonly honoursKeys: boolean;
}

/** What all exchanges lean on. */
export interface ExchangeParts {
  readonly load: Load;
  readonly streams: Streams;
  readonly metrics: GatewayMetrics;
  readonly clock: Clock;
  readonly supportContact: string;
  /** Of the settings, asked at each use. */
  readonly values: () => { readonly retryBytesMax: number; readonly streamIdleMs: number };
}

type Body = Buffer | AsyncIterable<Buffer> | null;

/** Answers that say more of the instance than of the request. */
const unwell = new Set([502, 503, 504]);

function outcomeOf(end: HopEnd): TryOutcome {
  switch (end.kind) {
    case 'answered':
      return unwell.has(end.status) ? 'failed' : 'good';
    case 'away':
      return end.sent || end.reason === 'slow' ? 'failed' : 'refused';
    case 'upgraded':
      return 'good';
    case 'cut':
    case 'discarded':
      return 'failed';
    case 'left':
    case 'noRoom':
    case 'unfit':
    case 'tooLarge':
      return 'unknown';
  }
}

function hasHeader(list: readonly string[], name: string): boolean {
  return list.some((text, index) => index % 2 === 0 && text === name);
}

/** One request. */
export class Exchange {
  readonly #parts: ExchangeParts;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #to: Destination;
  readonly #tried: Endpoint[] = [];
  #isKeyed = false;
  #body: Body = null;
  #headers: string[] = [];
  #trace: TraceContext | undefined;
  #leave: Leave | undefined;
  #stopTimer: ((outcome: CallOutcome) => void) | undefined;
  #deadlineMs = 0;
  #hop: Hop | undefined;
  #streamOver: (() => void) | undefined;

  constructor(parts: ExchangeParts, request: IncomingMessage, response: ServerResponse, to: Destination) {
    this.#parts = parts;
    this.#request = request;
    this.#response = response;
    this.#to = to;
  }

  /** Takes the request in. */
  begin(): void {
    const { bodyBytesMax } = this.#to.lane.rules;
    if (upgradeOf(this.#request)) return this.#parts.streams.hasRoom ? this.#enter(null) : this.#refuse('full');
    if ((announcedBytes(this.#request) ?? 0) > bodyBytesMax) return this.#answerTooLarge();
    const kind = bodyKindOf(this.#request, this.#parts.values().retryBytesMax);
    if (kind === 'whole') return readWhole(this.#request, (body) => this.#enter(body));
    this.#enter(kind === 'stream' ? streamOf(this.#request, bodyBytesMax) : null);
  }

  #enter(body: Body): void {
    this.#body = body;
    let isMyTurn = false;
    const left = (): void => stopWaiting?.();
    const stopWaiting = this.#to.lane.bulkhead.enter({
      go: () => {
        isMyTurn = true;
        this.#response.off('close', left);
        this.#start();
      },
      tooLate: () => {
        this.#response.off('close', left);
        this.#refuse('full');
      },
    });
    if (isMyTurn) return;
    if (stopWaiting) this.#response.once('close', left);
    else this.#refuse('full');
  }

  #start(): void {
    const { lane, cluster, introduction, honoursKeys } = this.#to;
    this.#leave = lane.breaker.ask();
    if (!this.#leave) {
      lane.bulkhead.leave();
      return this.#refuse('spared', lane.breaker.retryAfterMs());
    }
    this.#parts.load.inFlight += 1;
    cluster.budget.earn();
    this.#stopTimer = this.#parts.metrics.startCall(lane.name);
    this.#deadlineMs = performance.now() + lane.rules.answerTimeoutMs;
    this.#headers = requestHeaders(this.#request, introduction);
    // As the service reads it: a key that stays behind (Connection names it, a route removes it) saves from nothing.
    this.#isKeyed = honoursKeys && lane.rules.retryKeyed && hasHeader(this.#headers, 'idempotency-key');
    this.#trace = requestTrace(this.#request);
    const length = this.#isStreamed ? announcedBytes(this.#request) : undefined;
    if (length !== undefined) this.#headers.push('content-length', String(length));
    this.#try();
  }

  get #isStreamed(): boolean {
    return this.#body !== null && !Buffer.isBuffer(this.#body);
  }

  #isSafe(sent: boolean): boolean {
    const method = this.#request.method ?? 'GET';
    return isSafeAgain({ method, hasKey: this.#isKeyed, sent, isBodyKept: !this.#isStreamed });
  }

  get #hasTriesLeft(): boolean {
    return this.#tried.length <= this.#to.lane.rules.retries;
  }

  #try(): void {
    const { cluster, lane } = this.#to;
    const mayDare = this.#tried.length < lane.rules.retries;
    const endpoint = cluster.choose(this.#tried, this.#isSafe(true), mayDare);
    if (!endpoint) return this.#fail(this.#tried.length === 0 ? 'absent' : 'unreachable');
    this.#tried.push(endpoint);
    endpoint.inFlight += 1;
    const { era } = endpoint;
    const { method = 'GET' } = this.#request;
    const span = beginTry(this.#trace, { method, lane: lane.name, number: this.#tried.length });
    this.#hop = this.#newHop((end) => {
      if (span) endTry(span, end);
      endpoint.inFlight -= 1;
      const outcome = outcomeOf(end);
      cluster.note(endpoint, outcome, era);
      this.#parts.metrics.countTry(lane.name, endpoint.address, outcome);
      this.#over(end, endpoint);
    });
    this.#dispatch(endpoint, this.#hop, span?.trace ?? this.#trace);
  }

  #newHop(onEnd: (end: HopEnd) => void): Hop {
    const { lane, introduction, cluster } = this.#to;
    const { answerTimeoutMs, tryTimeoutMs } = lane.rules;
    const leftMs = Math.max(1, this.#deadlineMs - performance.now());
    const isLast = tryTimeoutMs === 0 || !this.#hasTriesLeft || !this.#isSafe(true) || !cluster.hasOther(this.#tried);
    return new Hop({
      response: this.#response,
      introduction,
      streamed: this.#isStreamed,
      timeoutMs: isLast ? leftMs : Math.min(leftMs, tryTimeoutMs),
      idleMs: answerTimeoutMs,
      streamIdleMs: this.#parts.values().streamIdleMs,
      onHead: (status, headers) => this.#judge(status, headers),
      onEnd,
    });
  }

  #dispatch({ pool, basePath }: Endpoint, hop: Hop, trace: TraceContext | undefined): void {
    const options = {
      method: this.#request.method ?? 'GET',
      path: basePath + this.#to.target,
      headers: [...this.#headers, ...traceList(trace)],
      body: this.#body,
      headersTimeout: this.#isStreamed ? this.#to.lane.rules.answerTimeoutMs : 0,
      ...(upgradeOf(this.#request) && { upgrade: 'websocket' }),
    };
    pool.dispatch(options as Dispatcher.DispatchOptions, hop);
  }

  /** An instance that is busy or leaves (503 with Retry-After) is no answer where another one may have a better. */
  #judge(status: number, headers: IncomingHttpHeaders): HeadVerdict {
    if (status === 503 && headers['retry-after'] !== undefined && this.#mayGoOn(true)) return 'discard';
    if (!isEventStream(headers)) return 'write';
    if (!this.#parts.streams.hasRoom) return 'noRoom';
    // It stays for long, and takes nobody's place.
    this.#end('good');
    this.#streamOver = this.#parts.streams.add('events', () => this.#hop?.end());
    return 'write';
  }

  /** Whether there may be another try, and takes leave for it. */
  #mayGoOn(sent: boolean): boolean {
    if (!this.#hasTriesLeft || !this.#isSafe(sent) || performance.now() >= this.#deadlineMs) return false;
    if (!this.#to.cluster.hasOther(this.#tried)) return false;
    // What was not sent was no work for anybody.
    return !sent || this.#to.cluster.budget.spend();
  }

  #over(end: HopEnd, endpoint: Endpoint): void {
    switch (end.kind) {
      case 'answered':
        this.#streamOver?.();
        return this.#end('good');
      case 'left':
        this.#streamOver?.();
        return this.#end('unknown');
      case 'cut':
        this.#streamOver?.();
        return this.#end(this.#blame(endpoint));
      case 'away':
        return this.#mayGoOn(end.sent) ? this.#again(end.reason) : this.#fail(end.reason, endpoint);
      case 'discarded':
        return this.#again('unwell');
      case 'noRoom':
        return this.#fail('full');
      case 'unfit':
        return this.#answerUnfit(end.why);
      case 'tooLarge':
        this.#end('unknown');
        return this.#answerTooLarge();
      case 'upgraded':
        this.#end('good');
        endpoint.inFlight += 1;
        return joinSockets(this.#request, end, {
          correlationId: this.#to.introduction.correlationId,
          streams: this.#parts.streams,
          idleMs: this.#parts.values().streamIdleMs,
          onOver: () => (endpoint.inFlight -= 1),
        });
    }
  }

  /** A failure counts against the route only where nobody else was left to go to: else the instance bears it alone. */
  #blame(endpoint: Endpoint): CallOutcome {
    return this.#to.cluster.hasHealthyOther(endpoint) ? 'unknown' : 'failed';
  }

  #again(why: AwayReason | 'unwell'): void {
    this.#parts.metrics.countRetry(this.#to.lane.name, why);
    const waitMs = waitBefore(this.#tried.length, Math.random());
    if (waitMs === 0) return this.#try();
    setTimeout(() => {
      if (this.#response.destroyed) this.#end('unknown');
      else this.#try();
    }, waitMs);
  }

  #end(outcome: CallOutcome): void {
    if (!this.#leave) return;
    this.#leave(outcome);
    this.#leave = undefined;
    this.#stopTimer?.(outcome);
    this.#parts.load.inFlight -= 1;
    this.#to.lane.bulkhead.leave();
  }

  #fail(reason: AwayReason, endpoint?: Endpoint): void {
    this.#end(endpoint ? this.#blame(endpoint) : 'unknown');
    this.#fall(reason);
  }

  #refuse(reason: AwayReason, retryAfterMs?: number): void {
    this.#parts.metrics.countRefusal(this.#to.lane.name, reason);
    this.#fall(reason, retryAfterMs);
  }

  #fall(reason: AwayReason, retryAfterMs = 1000): void {
    if (this.#response.destroyed) return;
    const { service, path, introduction } = this.#to;
    const { supportContact, clock } = this.#parts;
    const words = { path, service, reason, supportContact, retryAfterMs, now: clock.now() };
    answerFallback(this.#response, words, introduction.correlationId);
  }

  #answerUnfit(why: string): void {
    this.#end('unknown');
    this.#answer(400, `The request cannot be handed on: ${why}. Correct it.`);
  }

  #answerTooLarge(): void {
    const { bodyBytesMax } = this.#to.lane.rules;
    this.#parts.metrics.countRefusal(this.#to.lane.name, 'tooLarge');
    const words = `The body is over ${bodyBytesMax} bytes, the most that is handed on here. Send less at a time.`;
    // The rest of it may never come: the connection is of no more use.
    readAway(this.#request, () => this.#answer(413, words, { connection: 'close' }));
  }

  #answer(status: number, message: string, headers: Readonly<Record<string, string>> = {}): void {
    if (this.#response.destroyed) return;
    const { path, introduction } = this.#to;
    const text = JSON.stringify(errorBody(path, status, message, this.#parts.clock.now()));
    const always = {
      'content-type': 'application/json; charset=utf-8',
      'x-correlation-id': introduction.correlationId,
    };
    this.#response.writeHead(status, { ...always, 'content-length': Buffer.byteLength(text), ...headers });
    this.#response.end(text);
  }
}
