// journeys: many invoices, each with an outcome of its own at SdI; and the reckoning: what SdI said is what each invoice came to, once.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { Chance } from './chance.ts';
import type { Invoice } from './client.ts';
import type { Estate } from './estate.ts';
import { rowsOf, startFlood, type Flood, type FloodRow } from './flood.ts';
import { invoiceXml, type InvoiceChanges } from './invoices.ts';
import { isAtRest, untilMailbox } from './pec-reader.ts';
import { SdiDesk, type SdiFileSeen } from './sdi-desk.ts';
import { until, type Patience } from './wait.ts';

const toPublicBody = { format: 'FPA12' } as const;

/** What the sandbox's SdI is told in the documents; those that stand here twice are drawn twice as often. */
const wishes: readonly InvoiceChanges[] = [
  {},
  {},
  {},
  { reasons: ['SDI:DOPPIA'] },
  { reasons: ['SDI:MC'] },
  { reasons: ['SDI:MC SDI:DOPPIA'] },
  { reasons: ['SDI:SCARTO 00311 00324'] },
  { reasons: ['SDI:SCARTO 00320 SDI:DOPPIA'] },
  { ...toPublicBody, reasons: ['SDI:ACCETTA SDI:DISORDINE'] },
  { ...toPublicBody, reasons: ['SDI:RIFIUTA importo errato SDI:DOPPIA'] },
];

/** What SdI decided → where the invoice ends. */
const ends: Readonly<Record<string, { readonly status: string; readonly detail: string }>> = {
  RC: { status: 'INTERNAL_INVOICE_DELIVERED', detail: 'DELIVERED_TO_RECIPIENT' },
  MC: { status: 'INTERNAL_INVOICE_NOT_DELIVERED', detail: 'AVAILABLE_TO_CUSTOMER' },
  SCARTO: { status: 'INTERNAL_INVOICE_DISCARDED', detail: 'DISCARDED_BY_SDI' },
  ACCETTA: { status: 'INTERNAL_INVOICE_DELIVERED', detail: 'ACCEPTED' },
  RIFIUTA: { status: 'INTERNAL_INVOICE_DELIVERED', detail: 'REFUSED' },
};

const endStatuses = new Set(Object.values(ends).map(({ status }) => status));
const inOrder = ['INTERNAL_INVOICE_TOBE_SENT', 'INTERNAL_INVOICE_SENT'];
const atOnce = 8;

/** Invoices on their way to SdI. */
export interface SdiFlood extends Flood {
  /** Correlation id → the document's own number, by which SdI knows it too. */
  readonly numberOf: ReadonlyMap<string, string>;
}

/**
 * Posts many invoices whose outcomes at SdI are drawn.
 * @param estate where; its sandbox must be SdI
 * @param count how many
 * @param chance what draws
 */
export function startSdiFlood(estate: Estate, count: number, chance: Chance): SdiFlood {
  const run = randomBytes(4).toString('hex');
  const numbers = Array.from({ length: count }, (_, at) => `${run}/${at + 1}`);
  const documents = numbers.map((number) => invoiceXml({ ...chance.oneOf(wishes), number }));
  const flood = startFlood(estate, { count, documents });
  return { ...flood, numberOf: new Map(flood.ids.map((id, at) => [id, numbers[at] ?? ''])) };
}

/** How many invoices of an estate have come to their end at SdI. */
export async function countEnded({ client }: Estate): Promise<number> {
  const counts = await Promise.all([...endStatuses].map((status) => client.countInvoices({ status })));
  return counts.reduce((sum, count) => sum + count, 0);
}

/** Correlation id → the files with that invoice that came to SdI, the first one first. */
type SeenBySdi = ReadonlyMap<string, readonly SdiFileSeen[]>;

/**
 * Reckons up a flood once all is over: every invoice is one row and one transmission under one name of its own, and ends as SdI
 * decided; each status was told once; each notice and receipt is kept once; nothing failed, nothing was set aside. A mail that
 * was repeated was refused by SdI and changed nothing.
 * @param estate where; only floods of this kind may be in it
 * @param flood which
 * @returns how many mails repeated one that SdI had
 */
export async function untilAllAnswered(
  estate: Estate,
  flood: SdiFlood,
  patience: Patience = { timeoutMs: 120_000 },
): Promise<number> {
  await flood.done;
  const count = flood.ids.length;
  await until(
    `the ${count} invoices to end`,
    () => countEnded(estate),
    (ended) => ended >= count,
    patience,
  );
  const seen = await untilSdiIsDone(estate, flood, patience);
  const rows = await untilEndedSo(estate, flood, seen, patience);
  await untilToldOnce(estate, flood, seen, patience);
  await untilAllKept(estate, flood, seen, rows, patience);
  await untilMailbox(estate.client, 'all mails are done', isAtRest, patience);
  assert.deepEqual(await estate.client.deadLetters({ state: 'open' }), [], 'nothing was set aside');
  return [...seen.values()].reduce((sum, files) => sum + files.length - 1, 0);
}

async function untilSdiIsDone({ sandbox }: Estate, flood: SdiFlood, patience: Patience): Promise<SeenBySdi> {
  const desk = new SdiDesk(sandbox);
  const look = async () => {
    const files = (await desk.files()).toReversed();
    const byNumber = Map.groupBy(files, ({ invoices }) => invoices[0]?.number ?? '');
    return new Map([...flood.numberOf].map(([id, number]) => [id, byNumber.get(number) ?? []]));
  };
  const isDone = (all: SeenBySdi): boolean =>
    [...all.values()].every(
      (files) => files.length > 0 && files.every(({ answers }) => answers.every(({ sent }) => sent)),
    );
  const seen = await until('SdI to have each invoice and to have sent all answers', look, isDone, patience);
  for (const [id, [first, ...repeats]] of seen) {
    for (const { fileName, decided } of repeats) {
      assert.equal(fileName, first?.fileName, `${id} came to SdI under one name`);
      assert.equal(decided, 'SCARTO 00002', `the repeat of ${fileName} was refused`);
    }
  }
  const names = new Set([...seen.values()].map(([first]) => first?.fileName.toLowerCase()));
  assert.equal(names.size, flood.ids.length, 'no two invoices have one name');
  return seen;
}

function filesFor(id: string, seen: SeenBySdi): readonly SdiFileSeen[] {
  return seen.get(id) ?? [];
}

function endOf(id: string, seen: SeenBySdi): { readonly status: string; readonly detail: string } {
  const [first] = filesFor(id, seen);
  const found = ends[/^[A-Z]+/.exec(first?.decided ?? '')?.[0] ?? ''];
  if (!found) throw new Error(`SdI decided ${first?.decided} about ${id}, which is no end that this story knows`);
  return found;
}

async function untilEndedSo(
  estate: Estate,
  flood: SdiFlood,
  seen: SeenBySdi,
  patience: Patience,
): Promise<ReadonlyMap<string, readonly FloodRow[]>> {
  let rows = new Map<string, FloodRow[]>();
  const look = async (): Promise<string[]> => {
    rows = await rowsOf(estate, flood);
    return flood.ids.flatMap((id) => {
      const { status, detail } = endOf(id, seen);
      const found = (rows.get(id) ?? []).map((row) => `${row.status} ${row.detail}`).join(', ');
      return found === `${status} ${detail}` ? [] : [`${id}: ${found} and not ${status} ${detail}`];
    });
  };
  await until('each invoice to end once, as SdI decided', look, (wrong) => wrong.length === 0, patience);
  return rows;
}

async function untilToldOnce({ sandbox }: Estate, flood: SdiFlood, seen: SeenBySdi, patience: Patience): Promise<void> {
  const look = async (): Promise<string[]> => {
    const told = await sandbox.callbacks({ path: `/${flood.story}`, answered: 200 });
    const once = [...new Map(told.map((one) => [one.webhookId, one])).values()];
    const byId = Map.groupBy(once, ({ correlationId }) => correlationId);
    return flood.ids.flatMap((id) => {
      const statuses = (byId.get(id) ?? [])
        .toSorted((one, other) => (one.sequence ?? 0) - (other.sequence ?? 0))
        .map(({ invoiceStatus }) => String(invoiceStatus));
      return isToldWell(statuses, id, seen) ? [] : [`${id}: ${statuses.join(', ')}`];
    });
  };
  await until('each status to be told once, in order', look, (wrong) => wrong.length === 0, patience);
}

/** SENT may be left out where SdI's answer was there before the note that the mail went out. */
function isToldWell(statuses: readonly string[], id: string, seen: SeenBySdi): boolean {
  const { status } = endOf(id, seen);
  // Of a file that SdI got twice it may be asked for a decision, which the first one's answer then gives.
  const told = filesFor(id, seen).length > 1 ? statuses.filter((one, at) => one !== statuses[at - 1]) : statuses;
  const wanted = [...inOrder, status];
  const withoutSent = wanted.filter((one) => one !== 'INTERNAL_INVOICE_SENT');
  return [wanted, withoutSent].some((one) => one.join() === told.join());
}

/** The last answers may still be on their way through the mailbox; what was right once is not looked at again. */
async function untilAllKept(
  { client }: Estate,
  { ids }: Flood,
  seen: SeenBySdi,
  rows: ReadonlyMap<string, readonly FloodRow[]>,
  patience: Patience,
): Promise<void> {
  let left = ids;
  const troubleOf = async (id: string): Promise<string | undefined> => {
    const invoice = await client.invoice(rows.get(id)?.[0]?.invoiceNumber ?? 0);
    try {
      return checkInvoice(invoice, id, seen);
    } catch (error) {
      return String(error);
    }
  };
  const look = async (): Promise<string[]> => {
    const wrong = new Map<string, string>();
    for (let from = 0; from < left.length; from += atOnce) {
      const some = left.slice(from, from + atOnce);
      const troubles = await Promise.all(some.map((id) => troubleOf(id)));
      for (const [at, trouble] of troubles.entries()) if (trouble !== undefined) wrong.set(some[at] ?? '', trouble);
    }
    left = [...wrong.keys()];
    return [...wrong.values()];
  };
  await until('each invoice to keep all that came about it, once', look, (wrong) => wrong.length === 0, patience);
}

/** @throws AssertionError that says what is missing or too much */
function checkInvoice({ transmissions = [], notices = [] }: Invoice, id: string, seen: SeenBySdi): undefined {
  const files = filesFor(id, seen);
  assert.deepEqual(
    transmissions.map(({ fileName }) => fileName),
    [files[0]?.fileName],
    `${id} has one transmission, under the name that came to SdI`,
  );
  assert.equal(transmissions[0]?.sdiId, files[0]?.sdiId, `${id} goes by the id of the file that SdI took first`);
  const answers = files.flatMap(({ sdiId, answers: all }) =>
    all.map(({ kind, fileName }) => `${sdiId} ${kind} ${fileName}`),
  );
  const sent = [...new Set(answers)].map((one) => one.split(' ').slice(0, 2).join(' '));
  const kept = notices.map(({ sdiId, kind }) => `${sdiId} ${kind}`);
  assert.deepEqual(kept.toSorted(), sent.toSorted(), `${id} keeps each notice once`);
  const receipts = new Set(transmissions[0]?.receipts?.map(({ receipt }) => receipt));
  assert.deepEqual(
    [...receipts].toSorted(),
    ['accettazione', 'avvenuta-consegna'],
    `${id} has the provider's receipts`,
  );
  if (files.length === 1) assert.equal(transmissions[0]?.receipts?.length, 2, `${id} has each receipt once`);
}
