// dbmanager: a store from before knows, after its migration, which numbers its invoices have.
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { migrate } from '@staffetta/platform/store/migrate.ts';
import { migratePlatform } from '@staffetta/platform/store/platform-tables.ts';
import { testWorld, type TestWorld } from '@staffetta/platform/test-world.ts';

const migrations = new URL('./migrations/', import.meta.url);
const before0004 = mkdtempSync(join(tmpdir(), 'staffetta-'));
let world: TestWorld;

before(async () => {
  world = await testWorld();
  const older = (path: string): boolean => !/\/(000[4-9]|00[1-9]\d)-[^/]*$/.test(path);
  cpSync(fileURLToPath(migrations), before0004, { recursive: true, filter: older });
});
after(async () => {
  await world.end();
  rmSync(before0004, { recursive: true });
});

/** An invoice with one document, as it was stored before. */
async function insert(place: number, status: string, facts: { kind?: string; number?: string; type?: string } = {}) {
  const { kind = 'internal', number = '7', type = 'TD01' } = facts;
  const id = `00000000-0000-7000-8000-00000000000${place}`;
  await world.store.query({
    text: `WITH invoice AS (
        INSERT INTO dbmanager.invoice (invoice_id, claimed_customer_id, kind, status, sequence, content_id, file_kind, is_text,
          correlation_id, status_last_updated_at, created_at, created_by, updated_at, updated_by)
        VALUES ($1, 2, $2, $3, 1, $1, 'xml', true, 'c', now(), now(), 'test', now(), 'test'))
      INSERT INTO dbmanager.document (invoice_id, position, document_type, number, issued_on, supplier_id)
      VALUES ($1, 1, $5, $4, '2025-03-01', 'it01234567897')`,
    values: [id, kind, status, number, type],
  });
  return id;
}

test('numbers of invoices that were sent are taken over, the oldest first; refused and received ones have none', async () => {
  await migratePlatform(world.store);
  await migrate(world.store, 'dbmanager', pathToFileURL(`${before0004}/`));
  await insert(1, 'INTERNAL_INVOICE_INVALID');
  const first = await insert(2, 'INTERNAL_INVOICE_SENT');
  await insert(3, 'INTERNAL_INVOICE_DELIVERED');
  const credit = await insert(4, 'INTERNAL_INVOICE_NOT_DELIVERED', { type: 'TD04' });
  await insert(5, 'EXTERNAL_INVOICE', { kind: 'external', number: '8' });
  await insert(6, 'INTERNAL_INVOICE_DISCARDED', { number: '9' });
  const applied = await migrate(world.store, 'dbmanager', migrations);
  assert.ok(applied.some((id) => id.startsWith('0004-')));
  const { rows } = await world.store.query({
    text: `SELECT supplier, year, number, family, invoice_id AS "invoiceId", issued_on::text AS "issuedOn"
      FROM dbmanager.issued_number ORDER BY family DESC`,
  });
  const facts = { supplier: 'IT01234567897', year: 2025, number: '7', issuedOn: '2025-03-01' };
  assert.deepEqual(rows, [
    { ...facts, family: 'invoice', invoiceId: first },
    { ...facts, family: 'creditNote', invoiceId: credit },
  ]);
});
