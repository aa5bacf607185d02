// journeys: many invoices at once, each posted again until it is accepted, as a careful client does; and the reckoning after.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { HubClient } from './client.ts';
import type { Estate } from './estate.ts';
import { goodOutcomes } from './outcomes.ts';
import { allTails, until, type Patience } from './wait.ts';

/** Invoices on their way in. */
export interface Flood {
  readonly story: string;
  readonly ids: readonly string[];
  /** How many were answered 202 so far. */
  accepted(): number;
  /** Resolves when all were; rejects when one is refused for good or two minutes have passed. */
  readonly done: Promise<void>;
}

/** How a flood is made. */
export interface FloodOptions {
  readonly count: number;
  /** How many requests at a time; 32 by default. */
  readonly atOnce?: number;
  /** Straight to these receivers in turn, instead of through the gateway. */
  readonly receivers?: readonly HubClient[];
  /** What is posted, one for each; small invoices by default. */
  readonly documents?: readonly string[];
}

/** How many mails a killed sender, or one whose database was cut off, may repeat: those it had sent and not yet noted. */
export const killRepeatsMax = 30;

const patienceMs = 120_000;
let floods = 0;

/**
 * Posts many invoices, each with a correlation id and an Idempotency-Key of its own. A request that gets no answer, or 503, is
 * sent again: only the key keeps it single.
 * @param estate where
 * @param options how many, and which way
 */
export function startFlood(
  estate: Estate,
  { count, atOnce = 32, receivers = [], documents = [] }: FloodOptions,
): Flood {
  floods += 1;
  const story = `flood-${floods}`;
  const callback = estate.sandbox.callbackUrl(story);
  const ids = Array.from({ length: count }, () => `${story}-${randomUUID()}`);
  const deadline = performance.now() + patienceMs;
  let accepted = 0;
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < ids.length; index = next++) {
      const client = receivers[index % receivers.length] ?? estate.client;
      const correlationId = ids[index] ?? '';
      const document = documents[index];
      const posting = { correlationId, idempotencyKey: correlationId, callback, direct: receivers.length > 0 };
      await insist(client, { ...posting, ...(document !== undefined && { document }) }, deadline);
      accepted += 1;
    }
  };
  const done = Promise.all(Array.from({ length: atOnce }, worker)).then(() => undefined);
  // Whoever awaits `done` hears of it; until then Node must not end the run.
  done.catch(() => undefined);
  return { story, ids, accepted: () => accepted, done };
}

async function insist(client: HubClient, posting: Parameters<HubClient['post']>[0], deadline: number): Promise<void> {
  for (let last = ''; ; await sleep(40)) {
    try {
      const { status, text } = await client.post(posting);
      if (status === 202) return;
      if (status !== 503) throw new RefusedError(`an invoice of the flood was answered ${status}: ${text}`);
      last = `503 ${text}`;
    } catch (error) {
      if (error instanceof RefusedError) throw error;
      last = String(error);
    }
    if (performance.now() > deadline) {
      throw new Error(
        `an invoice of the flood was not accepted in ${patienceMs} ms; last: ${last}\n${await allTails()}`,
      );
    }
  }
}

class RefusedError extends Error {}

/** Waits until so many of a flood are accepted. */
export async function untilAccepted(flood: Flood, count: number): Promise<void> {
  await until(
    `${count} accepted invoices`,
    async () => flood.accepted(),
    (accepted) => accepted >= count,
  );
}

/**
 * Reckons up a flood: one row each, all SENT, one file name each, each outcome told under one webhook-id, no dead letter.
 * @param estate where
 * @param flood which
 * @param expected.repeatsMax how many mails may have been repeated, under the same name and Message-ID: none, but for a sender that
 *   was killed between the mail server's 250 and its note of it
 */
export async function untilAllWell(
  estate: Estate,
  flood: Flood,
  expected: { repeatsMax: number },
  patience: Patience = { timeoutMs: 90_000 },
): Promise<void> {
  await flood.done;
  const invoices = await until(
    `the ${flood.ids.length} invoices of the flood to be SENT`,
    () => rowsOf(estate, flood),
    (found) =>
      [...found.values()].flat().filter(({ status }) => status === 'INTERNAL_INVOICE_SENT').length >= flood.ids.length,
    { ...patience },
  );
  assert.deepEqual(
    flood.ids.filter((id) => invoices.get(id)?.length !== 1),
    [],
    'each request is one row',
  );
  const numbers = new Set([...invoices.values()].flat().map(({ invoiceNumber }) => invoiceNumber));
  assert.equal(numbers.size, flood.ids.length, 'each row has a number of its own');
  await untilAllTold(estate, flood, patience);
  await checkMails(estate, flood, expected.repeatsMax);
  const open = await estate.client.deadLetters({ state: 'open' });
  assert.deepEqual(open, [], 'nothing was set aside');
}

/** An invoice of a flood, as the list shows it. */
export interface FloodRow {
  readonly invoiceNumber: number;
  readonly status: string;
  readonly detail: string | undefined;
}

/** The invoices of a flood, by their correlation ids. */
export async function rowsOf({ client }: Estate, flood: Flood): Promise<Map<string, FloodRow[]>> {
  const mine = new Set(flood.ids);
  const found = new Map<string, FloodRow[]>();
  for (let page = 0; ; page += 1) {
    const { content } = await client.invoices({ page: String(page), size: '200', sort: 'invoiceNumber,asc' });
    for (const { correlationId = '', invoiceNumber, invoiceStatus: status, detail } of content) {
      if (!mine.has(correlationId)) continue;
      found.set(correlationId, [...(found.get(correlationId) ?? []), { invoiceNumber, status, detail }]);
    }
    if (content.length < 200) return found;
  }
}

async function untilAllTold({ sandbox }: Estate, flood: Flood, patience: Patience): Promise<void> {
  const wanted = flood.ids.length * goodOutcomes.length;
  const path = `/${flood.story}`;
  const look = async () => {
    const told = await sandbox.callbacks({ path, answered: 200 });
    return new Map(told.map((one) => [one.webhookId, `${one.correlationId} ${one.invoiceStatus}`]));
  };
  const told = await until(`${wanted} different callbacks`, look, (byId) => byId.size >= wanted, patience);
  assert.equal(told.size, wanted, 'no outcome has two webhook-ids');
  const missing = flood.ids.flatMap((id) => goodOutcomes.map((status) => `${id} ${status}`));
  const seen = new Set(told.values());
  assert.deepEqual(
    missing.filter((one) => !seen.has(one)),
    [],
    'each outcome was told',
  );
}

async function checkMails(estate: Estate, flood: Flood, repeatsMax: number): Promise<void> {
  const mails = await estate.sandbox.mails();
  const mine = mails.filter(({ correlationId }) => correlationId.startsWith(`${flood.story}-`));
  const names = new Map(
    mine.map(({ correlationId, messageId, attachments }) => [attachments[0]?.name, `${correlationId} ${messageId}`]),
  );
  assert.equal(names.size, flood.ids.length, 'each invoice went out under one name of its own');
  assert.equal(new Set(names.values()).size, flood.ids.length, 'and under one Message-ID');
  assert.equal(
    new Set(mine.map(({ correlationId }) => correlationId)).size,
    flood.ids.length,
    'each invoice was mailed',
  );
  const repeats = mine.length - flood.ids.length;
  assert.ok(repeats <= repeatsMax, `${repeats} mails were repeated, ${repeatsMax} may be`);
}
