// receiver: one try of a held callback: signs it, posts it, and says what follows.
import type { TraceContext } from '@staffetta/flow/trace-context.ts';
import { realTime } from '@staffetta/platform/clock.ts';
import type { World } from '@staffetta/platform/service.ts';
import { within, type SpanWish } from '@staffetta/platform/telemetry/tracing.ts';
import type { CallbackClient, TryResult } from './callback-client.ts';
import { nextTryInMs, retryAfterMsMax } from './callback-schedule.ts';
import type { ReceiverOptions } from './config.ts';
import type { Held } from './held-callbacks.ts';
import type { ReceiverMetrics } from './metrics.ts';
import { callbackId } from './pending-callbacks.ts';
import type { Settlement } from './settle-callbacks.ts';
import { callbackHeaders, type CallbackCredentials } from './sign-callback.ts';

/** What a try showed, ready to be written down. */
export interface Tried {
  readonly settlement: Settlement;
  /** The host itself is in trouble. */
  readonly hostAway: boolean;
  /** Milliseconds for which the host asked to be left alone; 0 where it did not. */
  readonly pauseMs: number;
}

/** Makes one try of a callback. */
export type CallbackTry = (held: Held) => Promise<Tried>;

/** What a try needs. */
export interface TryParts {
  readonly world: World;
  readonly options: ReceiverOptions;
  readonly client: CallbackClient;
  readonly metrics: ReceiverMetrics;
  /** A number from 0 up to 1, for the jitter. */
  readonly random?: () => number;
}

/**
 * Makes the function that tries callbacks and logs every try.
 * @param parts what it needs
 */
export function callbackTries(parts: TryParts): CallbackTry {
  const { world, options, client, metrics, random = Math.random } = parts;
  // Read at each try: secrets are changed while the service runs.
  const credentials = (): CallbackCredentials => ({
    secrets: options.secrets,
    apiKeys: options.apiKeys,
    apiKeyHeader: options.callbackApiKeyHeader,
    userAgent: `Staffetta/${world.version}`,
  });
  const make = async (held: Held, trace: TraceContext | undefined): Promise<Tried> => {
    const startedAt = realTime(world.clock);
    const begun = performance.now();
    const result = await client.post(
      held.callback.url,
      headersOf(held, trace, credentials(), startedAt),
      held.callback.body,
      startedAt,
    );
    const durationMs = Math.round(performance.now() - begun);
    const settlement = settle(held, result, startedAt, durationMs, nextOf(held, result, world, options, random()));
    report(world, metrics, settlement);
    const asked = result.status === 429 || result.status === 503;
    const pauseMs = asked ? Math.min(result.retryAfterMs ?? 0, retryAfterMsMax) : 0;
    return { settlement, hostAway: result.hostAway, pauseMs };
  };
  return (held) =>
    within('receiver', 'callback', spanOf(held), async (span) => {
      const tried = await make(held, span?.trace ?? held.callback.trace);
      const { status, outcome } = tried.settlement.attempt;
      span?.note({ 'http.response.status_code': status, 'staffetta.callback.outcome': outcome });
      if (outcome !== 'delivered') span?.fail(outcome);
      return tried;
    });
}

function spanOf({ callback }: Held): SpanWish {
  const facts = {
    'http.request.method': 'POST',
    'server.address': URL.canParse(callback.url) ? new URL(callback.url).hostname : undefined,
    'staffetta.correlation_id': callback.correlationId,
    'staffetta.invoice.id': callback.invoiceId,
    'staffetta.callback.sequence': callback.sequence,
    'staffetta.callback.attempt': callback.attempts + 1,
  };
  return { kind: 'client', parent: callback.trace, facts };
}

function headersOf(
  { callback }: Held,
  trace: TraceContext | undefined,
  credentials: CallbackCredentials,
  now: Date,
): Record<string, string> {
  const { correlationId, body, attempts } = callback;
  // A URL that cannot be read never gets as far as its headers; the client says so.
  if (!URL.canParse(callback.url)) return {};
  const url = new URL(callback.url);
  return callbackHeaders(
    { id: callbackId(callback), url, body, correlationId, trace, attempt: attempts + 1 },
    credentials,
    now,
  );
}

function nextOf(
  { callback }: Held,
  result: TryResult,
  world: World,
  options: ReceiverOptions,
  random: number,
): Settlement['next'] {
  if (result.outcome === 'delivered') return 'delivered';
  const failed = { tries: callback.tries + 1, permanent: result.permanent, retryAfterMs: result.retryAfterMs };
  const waitMs = nextTryInMs(options.callbackScheduleMs, options.callbackJitter, failed, random);
  return waitMs === undefined ? 'dead' : new Date(realTime(world.clock).getTime() + waitMs);
}

function settle(
  { callback, owner }: Held,
  result: TryResult,
  startedAt: Date,
  durationMs: number,
  next: Settlement['next'],
): Settlement {
  const { invoiceId, sequence, attempts } = callback;
  const { outcome, status, error, answer } = result;
  const attempt = { invoiceId, sequence, attempt: attempts + 1, startedAt, durationMs, outcome, status, error, answer };
  return { callback, owner, attempt, next };
}

function report({ log, clock }: World, metrics: ReceiverMetrics, { callback, attempt, next }: Settlement): void {
  const line = {
    correlationId: callback.correlationId,
    callbackId: callbackId(callback),
    host: callback.host,
    attempt: attempt.attempt,
    outcome: attempt.outcome,
    status: attempt.status,
    durationMs: attempt.durationMs,
    error: attempt.error,
    next: next instanceof Date ? next.toISOString() : next,
  };
  metrics.attempts.observe({ outcome: attempt.outcome }, attempt.durationMs / 1000);
  if (next === 'dead') metrics.dead.inc();
  if (attempt.attempt === 1) {
    metrics.firstAttempt.observe((realTime(clock).getTime() - callback.createdAt.getTime()) / 1000);
  }
  if (next === 'delivered') log.debug(line, 'callback.attempted');
  else log.info(line, 'callback.attempted');
}
