// receiver: a JSON document is checked by the dbmanager, which has the profile of its customer.
import type { CheckAnswer } from '@staffetta/fatturapa/check-answer.ts';
import { HubError } from '@staffetta/flow/errors.ts';
import { callerHeader, signCaller, type Caller } from '@staffetta/platform/http/caller.ts';
import type { World } from '@staffetta/platform/service.ts';
import { request, type Dispatcher } from 'undici';

const timeoutMs = 9000;

async function post(world: World, caller: Caller, path: string, body: string, correlationId: string) {
  const url = `${world.addressOf('dbmanager')}${path}`;
  const headers = {
    'content-type': 'application/json',
    'x-correlation-id': correlationId,
    [callerHeader]: signCaller(world.callerSecret, caller, world.clock.now()),
  };
  let answer: Dispatcher.ResponseData;
  try {
    answer = await request(url, { method: 'POST', headers, body, headersTimeout: timeoutMs, bodyTimeout: timeoutMs });
    return { status: answer.statusCode, body: (await answer.body.json()) as CheckAnswer & { errorMessage?: string } };
  } catch (error) {
    throw new HubError('SERVICE_AWAY', 'The dbmanager, which has the profile of the customer, does not answer.', error);
  }
}

/**
 * Has a JSON document completed by its customer's profile and checked; nothing of it is kept.
 * @param world the dbmanager's address
 * @param caller on whose behalf
 * @param customerId whose document
 * @param document in one of its shapes
 * @param correlationId the request's
 * @throws HubError CUSTOMER_UNKNOWN, BODY_NOT_VALID with the dbmanager's own words, SERVICE_AWAY
 */
export async function checkJsonDocument(
  world: World,
  caller: Caller,
  customerId: number,
  document: Readonly<Record<string, unknown>>,
  correlationId: string,
): Promise<CheckAnswer> {
  const path = `/api/customers/${customerId}/verifica`;
  const { status, body } = await post(world, caller, path, JSON.stringify({ document }), correlationId);
  if (status === 200) return body;
  if (status === 404) throw new HubError('CUSTOMER_UNKNOWN', `There is no customer ${customerId}.`);
  const words = body.errorMessage ?? `The dbmanager answered ${status}.`;
  throw new HubError(status < 500 ? 'BODY_NOT_VALID' : 'SERVICE_AWAY', words);
}
