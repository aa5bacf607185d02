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

test('what was refused, discarded or deleted frees its number', () => {
  const states: Partial<OwningInvoice>[] = [
    { status: 'INTERNAL_INVOICE_INVALID' },
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

test('the very same bytes are 00002, once for the whole file', () => {
  const sha256 = Buffer.from('same');
  const late = claimant(['7', '8'], { sha256 });
  assert.deepEqual(codesOf(decide([late], { '7': { sha256 }, '8': { sha256 } }), late), ['00002']);
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
