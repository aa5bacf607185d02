// dbmanager: who may use a document number.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { InvoiceStatus } from '@staffetta/flow/statuses.ts';
import { decideDuplicates, type Claimant } from './decide-duplicates.ts';
import type { OwnedNumber, OwningInvoice } from './issued-numbers.ts';
import { claimKey, type NumberClaim } from './number-claims.ts';

function claimOf(number: string): NumberClaim {
  const parts = { supplier: 'IT01234567897', year: 2025, number, family: 'invoice' } as const;
  return { ...parts, key: claimKey(parts), issuedOn: '2025-11-22', bodyIndex: 1, file: undefined };
}

let count = 0;
function claimant(numbers: readonly string[], changes: Partial<Claimant> = {}): Claimant {
  count += 1;
  const invoiceId = `new-${count}`;
  const sha256 = Buffer.from(invoiceId);
  return { invoiceId, invoiceNumber: 100 + count, customerId: 2, sha256, claims: numbers.map(claimOf), ...changes };
}

/** A batch whose numbers were free but for those of stored invoices. */
function decide(batch: readonly Claimant[], stored: Record<string, Partial<OwningInvoice>> = {}) {
  const owned = new Map<string, OwnedNumber>();
  const invoices = new Map<string, OwningInvoice>();
  for (const [number, changes] of Object.entries(stored)) {
    const invoice: OwningInvoice = {
      invoiceId: `old-${number}`,
      invoiceNumber: 7,
      customerId: 2,
      status: 'INTERNAL_INVOICE_SENT',
      detail: null,
      deleted: false,
      sha256: Buffer.from('old'),
      ...changes,
    };
    owned.set(claimOf(number).key, { invoiceId: invoice.invoiceId, issuedOn: '2025-01-31' });
    invoices.set(invoice.invoiceId, invoice);
  }
  for (const { invoiceId, claims } of batch) {
    for (const { key, issuedOn } of claims) if (!owned.has(key)) owned.set(key, { invoiceId, issuedOn });
  }
  return decideDuplicates(batch, owned, invoices);
}

function codesOf(decision: ReturnType<typeof decide>, { invoiceId }: Claimant): string[] {
  return (decision.findings.get(invoiceId) ?? []).map(({ code }) => code);
}

test('a number that a sent invoice has is refused with the number and date of that invoice', () => {
  const late = claimant(['7/A']);
  const decision = decide([late], { '7/A': { invoiceNumber: 41 } });
  const [finding] = decision.findings.get(late.invoiceId) ?? [];
  assert.equal(finding?.code, '00404');
  assert.match(finding?.message.it ?? '', /7\/A del 31\/01\/2025.*fattura numero 41\./s);
  assert.match(finding?.path ?? '', /^FatturaElettronicaBody\[1\]/);
  assert.deepEqual([decision.passed, decision.freed], [[], []]);
});

test("another customer's invoice is not named", () => {
  const late = claimant(['7'], { customerId: 3 });
  const [finding] = decide([late], { '7': { invoiceNumber: 41 } }).findings.get(late.invoiceId) ?? [];
  assert.equal(finding?.code, '00404');
  for (const text of [finding?.message.it, finding?.message.en]) assert.doesNotMatch(text ?? '', /41|31\/01|31 Jan/);
});

test('a discard that a receipt contradicts keeps its number until somebody decides', () => {
  const late = claimant(['7']);
  const decision = decide([late], { '7': { status: 'INTERNAL_INVOICE_DISCARDED', detail: 'DECISION_NEEDED' } });
  assert.deepEqual([codesOf(decision, late), decision.passed], [['00404'], []]);
});

test('what was refused, by us or by the public body, discarded or deleted frees its number', () => {
  const states: Partial<OwningInvoice>[] = [
    { status: 'INTERNAL_INVOICE_INVALID' },
    { status: 'INTERNAL_INVOICE_DELIVERED', detail: 'REFUSED' },
    { status: 'INTERNAL_INVOICE_DISCARDED' },
    { deleted: true },
  ];
  for (const state of states) {
    const late = claimant(['7']);
    const decision = decide([late], { '7': state });
    assert.equal(decision.findings.size, 0);
    assert.deepEqual(
      decision.passed.map(({ invoiceId }) => invoiceId),
      [late.invoiceId],
    );
  }
});

test('whatever was not refused keeps its number, sent or not', () => {
  const statuses: InvoiceStatus[] = [
    'INTERNAL_INVOICE_TOBE_SENT',
    'INTERNAL_INVOICE_SENT',
    'INTERNAL_INVOICE_NOT_SENT',
    'INTERNAL_INVOICE_DELIVERED',
    'INTERNAL_INVOICE_NOT_DELIVERED',
    'INVOICE_ERROR',
  ];
  for (const status of statuses) {
    const late = claimant(['7']);
    assert.deepEqual(codesOf(decide([late], { '7': { status } }), late), ['00404'], status);
  }
});

test('how far the first one came is told, with a remedy that fits', () => {
  const told = (changes: Partial<OwningInvoice>) => {
    const late = claimant(['7']);
    const [finding] = decide([late], { '7': changes }).findings.get(late.invoiceId) ?? [];
    return `${finding?.message.it} ${finding?.fix?.it}`;
  };
  assert.match(told({ status: 'INTERNAL_INVOICE_DELIVERED' }), /già stato inviato a SdI/);
  assert.match(told({ status: 'INTERNAL_INVOICE_TOBE_SENT' }), /sta per essere inviato a SdI.*fattura numero 7\./);
  assert.match(told({ status: 'INTERNAL_INVOICE_TOBE_SENT', detail: 'TO_BE_SIGNED' }), /attende la firma/);
  assert.match(told({ status: 'INTERNAL_INVOICE_NOT_SENT' }), /non è riuscito.*Inviare di nuovo quella.*eliminarla/);
  for (const status of ['INTERNAL_INVOICE_TOBE_SENT', 'INTERNAL_INVOICE_NOT_SENT', 'INVOICE_ERROR'] as const) {
    assert.doesNotMatch(told({ status }), /già stato inviato a SdI/, status);
  }
});

test('to whom a VAT number belongs, only its own documents keep a number from it', () => {
  const rights = new Map([['IT01234567897', new Set([3])]]);
  const by = (customerId: number) => claimant(['7'], { customerId });
  const [stranger, owner, ownersNext, strangerNext] = [by(2), by(3), by(3), by(2)];
  const batch = [stranger, owner, ownersNext, strangerNext];
  const owned = new Map<string, OwnedNumber>([
    [claimOf('7').key, { invoiceId: stranger.invoiceId, issuedOn: '2025-11-22' }],
  ]);
  const decision = decideDuplicates(batch, owned, new Map(), rights);
  assert.deepEqual(
    batch.map((one) => codesOf(decision, one)),
    [[], ['NUMBER_USED_BY_ANOTHER'], ['00404'], ['00404']],
  );
  assert.deepEqual(
    decision.passed.map(({ invoiceId }) => invoiceId),
    [owner.invoiceId],
  );
});

test('the very same bytes are 00002, once for the whole file', () => {
  const sha256 = Buffer.from('same');
  const late = claimant(['7', '8'], { sha256 });
  const decision = decide([late], { '7': { sha256, invoiceNumber: 41 }, '8': { sha256 } });
  assert.deepEqual(codesOf(decision, late), ['00002']);
  const [finding] = decision.findings.get(late.invoiceId) ?? [];
  assert.match(finding?.message.it ?? '', /identico byte per byte \(fattura numero 41\)\.$/);
  assert.doesNotMatch(`${finding?.message.it} ${finding?.fix?.it}`, /nome/);
  const unsent = decide([late], { '7': { sha256, status: 'INTERNAL_INVOICE_NOT_SENT' } }).findings.get(late.invoiceId);
  assert.match(unsent?.[0]?.fix?.it ?? '', /^Inviare di nuovo quella/);
});

test('in one batch the first wins; a lot that loses one number claims none of the others', () => {
  const [first, lot, last] = [claimant(['1']), claimant(['1', '2']), claimant(['2'])];
  const decision = decide([first, lot, last]);
  assert.deepEqual([codesOf(decision, first), codesOf(decision, lot), codesOf(decision, last)], [[], ['00404'], []]);
  assert.deepEqual(
    decision.passed.map(({ claim, invoiceId }) => [claim.number, invoiceId]),
    [['2', last.invoiceId]],
  );
  const [finding] = decision.findings.get(lot.invoiceId) ?? [];
  assert.match(finding?.message.en ?? '', new RegExp(`invoice ${first.invoiceNumber}\\.`));
});

test('a number that was claimed in vain is free again', () => {
  const lot = claimant(['1', '2']);
  const decision = decide([lot], { '1': {} });
  assert.deepEqual(
    decision.freed.map(({ claim, invoiceId }) => [claim.number, invoiceId]),
    [['2', lot.invoiceId]],
  );
});

test('an invoice that comes again is no duplicate of itself', () => {
  const again = claimant(['7'], { invoiceId: 'old-7' });
  assert.deepEqual(codesOf(decide([again, claimant(['9'])], { '7': {} }), again), []);
});
