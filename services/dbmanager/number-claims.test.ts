// dbmanager: which numbers a file would use up.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Envelope, EnvelopeBody } from '@staffetta/fatturapa/envelope.ts';
import { claimsOf } from './number-claims.ts';

function documentWith(bodies: EnvelopeBody[], supplier: Envelope['supplier'] = { idPaese: 'IT', idCodice: '1' }) {
  const envelope: Envelope = { format: 'ordinary', transmitter: {}, supplier, customer: {}, bodies };
  return { envelope, signatures: [] };
}

const body = { tipoDocumento: 'TD01', data: '2025-12-31', numero: '7' };

test('a number counts with its supplier, the year of its date and its kind', () => {
  const keysOf = (changes: EnvelopeBody, supplier?: Envelope['supplier']) =>
    claimsOf([documentWith([{ ...body, ...changes }], supplier)]).map(({ key }) => key);
  const same: [EnvelopeBody, Envelope['supplier']?][] = [
    [{}],
    [{ data: '2025-01-01' }],
    [{ tipoDocumento: 'TD24' }],
    [{}, { idPaese: 'it', idCodice: '1' }],
  ];
  for (const [changes, supplier] of same) assert.deepEqual(keysOf(changes, supplier), keysOf({}));
  const other: [EnvelopeBody, Envelope['supplier']?][] = [
    [{ data: '2026-01-01' }],
    [{ numero: '07' }],
    [{ tipoDocumento: 'TD04' }],
    [{ tipoDocumento: 'TD08' }],
    [{}, { idPaese: 'IT', idCodice: '2' }],
  ];
  for (const [changes, supplier] of other) assert.notDeepEqual(keysOf(changes, supplier), keysOf({}));
});

test('each number of a file is claimed once, with the place where it stands', () => {
  const claims = claimsOf([
    { ...documentWith([body, { ...body, numero: '8' }, body]), name: 'a.xml' },
    { ...documentWith([{ ...body, numero: '9' }]), name: 'b.xml' },
  ]);
  assert.deepEqual(
    claims.map(({ number, bodyIndex, file }) => [number, bodyIndex, file]),
    [
      ['7', 1, 'a.xml'],
      ['8', 2, 'a.xml'],
      ['9', 1, 'b.xml'],
    ],
  );
});

test('what has no supplier, no date or no number claims nothing', () => {
  assert.deepEqual(claimsOf([documentWith([body], {})]), []);
  assert.deepEqual(claimsOf([documentWith([{ numero: '7' }, { data: '2025-01-01' }])]), []);
  assert.deepEqual(claimsOf([{ signatures: [] }]), []);
});
