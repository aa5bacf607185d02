// receiver: a document of a known customer is checked by the dbmanager, which has its profile and the archive.
import { realTime } from '@staffetta/platform/clock.ts';
import type { CheckAnswer } from '@staffetta/fatturapa/check-answer.ts';
import { HubError, type ErrorCode } from '@staffetta/flow/errors.ts';
import type { TraceContext } from '@staffetta/flow/trace-context.ts';
import { callerHeader, signCaller, type Caller } from '@staffetta/platform/http/caller.ts';
import { calling } from '@staffetta/platform/telemetry/call-spans.ts';
import type { World } from '@staffetta/platform/service.ts';
import { request } from 'undici';

/** What is asked. */
export interface Question {
  /** On whose behalf. */
  readonly caller: Caller;
  /** Whose document. */
  readonly customerId: number;
  /** JSON: the document as a file or in one of its shapes. */
  readonly body: string;
  readonly correlationId: string;
  readonly trace: TraceContext | undefined;
}

/** The dbmanager bounds its own time: this much longer its answer may be on its way. */
const onItsWayMs = 500;
const route = '/api/customers/{customerId}/verifica';
const askedFrom = { service: 'receiver', to: 'dbmanager', method: 'POST', route };

async function post(world: World, { caller, customerId, body, correlationId, trace }: Question, answerMs: number) {
  const url = `${world.addressOf('dbmanager')}/api/customers/${customerId}/verifica`;
  const headers = {
    'content-type': 'application/json',
    'x-correlation-id': correlationId,
    [callerHeader]: signCaller(world.callerSecret, caller, realTime(world.clock)),
  };
  const timeoutMs = answerMs + onItsWayMs;
  try {
    const answer = await calling({ ...askedFrom, parent: trace }, (traced) =>
      request(url, {
        method: 'POST',
        headers: { ...headers, ...traced },
        body,
        headersTimeout: timeoutMs,
        bodyTimeout: timeoutMs,
      }),
    );
    return { status: answer.statusCode, body: (await answer.body.json()) as CheckAnswer & { errorMessage?: string } };
  } catch (error) {
    throw new HubError('SERVICE_AWAY', 'The dbmanager, which has the profile of the customer, does not answer.', error);
  }
}

/** Status → what is said of it here; all other refusals are of the body. */
const refusals: ReadonlyMap<number, ErrorCode> = new Map([
  [413, 'DOCUMENT_TOO_LARGE'],
  [429, 'TOO_MANY_REQUESTS'],
  [503, 'WORK_BROKE_OFF'],
]);

/**
 * Has a document of a customer checked as if it were sent; nothing of it is kept.
 * @param world the dbmanager's address
 * @param question what is asked, for whom
 * @param answerMs within how long the dbmanager answers
 * @throws HubError CUSTOMER_UNKNOWN; BODY_NOT_VALID, DOCUMENT_TOO_LARGE, TOO_MANY_REQUESTS and WORK_BROKE_OFF with the dbmanager's own
 *   words; SERVICE_AWAY
 */
export async function askDbmanager(world: World, question: Question, answerMs: number): Promise<CheckAnswer> {
  const { status, body } = await post(world, question, answerMs);
  if (status === 200) return body;
  if (status === 404) throw new HubError('CUSTOMER_UNKNOWN', `There is no customer ${question.customerId}.`);
  const words = body.errorMessage ?? `The dbmanager answered ${status}.`;
  throw new HubError(refusals.get(status) ?? (status < 500 ? 'BODY_NOT_VALID' : 'SERVICE_AWAY'), words);
}
