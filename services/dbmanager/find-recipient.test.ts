// dbmanager: whom a document is for: VAT number, tax code, recipient code, PEC, in this order.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HubError } from '@staffetta/flow/errors.ts';
import { pickRecipient, readAsked } from './find-recipient.ts';
import type { RecipientKey, RecipientRow } from './recipients.ts';

const asked = { vatNumber: 'IT07654321095', taxCode: 'X', recipientCode: 'ABC1234', pec: 'a@pec.example' };
const has = (customerId: number, ...keys: RecipientKey[]): RecipientRow[] => keys.map((key) => ({ customerId, key }));

test('what comes first decides, whoever has the rest', () => {
  const rows = [...has(1, 'recipientCode', 'pec'), ...has(2, 'taxCode'), ...has(3, 'vatNumber')];
  assert.deepEqual(pickRecipient(asked, rows), { customerId: 3, matchedBy: 'vatNumber' });
  assert.deepEqual(pickRecipient(asked, rows.slice(0, 3)), { customerId: 2, matchedBy: 'taxCode' });
  assert.deepEqual(pickRecipient(asked, rows.slice(0, 2)), { customerId: 1, matchedBy: 'recipientCode' });
  assert.deepEqual(pickRecipient(asked, has(1, 'pec')), { customerId: 1, matchedBy: 'pec' });
});

test('branches of one firm are told apart by what comes after', () => {
  const rows = [...has(1, 'vatNumber'), ...has(2, 'vatNumber', 'recipientCode')];
  assert.deepEqual(pickRecipient(asked, rows), { customerId: 2, matchedBy: 'recipientCode' });
});

test('several equal ones are named, and nobody is picked', () => {
  const rows = [...has(1, 'vatNumber', 'pec'), ...has(2, 'vatNumber', 'pec'), ...has(3, 'taxCode')];
  assert.throws(
    () => pickRecipient(asked, rows),
    (error) => error instanceof HubError && error.code === 'RECIPIENT_AMBIGUOUS' && error.message.includes('1, 2'),
  );
});

test('where nobody has any of it, that is said', () => {
  assert.throws(
    () => pickRecipient(asked, []),
    (error) => error instanceof HubError && error.code === 'RECIPIENT_UNKNOWN' && error.message.includes('ABC1234'),
  );
});

test('spellings are one; eleven digits are Italian; what is empty was not asked', () => {
  assert.deepEqual(readAsked({ vatNumber: ' 07654321095', taxCode: 'rss', recipientCode: '', pec: 'A@Pec.Example' }), {
    vatNumber: 'IT07654321095',
    taxCode: 'RSS',
    pec: 'a@pec.example',
  });
  assert.deepEqual(readAsked({ vatNumber: 'de123456789' }), { vatNumber: 'DE123456789' });
});
