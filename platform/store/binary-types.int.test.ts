// platform: binary results say the same as text results.
import { freshDatabase } from '@staffetta/tools/servers/postgres.ts';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openStore } from './store.ts';

test('every type that has a binary reader gives what its text gives', async () => {
  const database = await freshDatabase();
  const store = openStore(database.url);
  const text = `SELECT true AS yes, false AS no, '\\x00ff10'::bytea AS bytes, ''::bytea AS empty, -7::bigint AS long, 7::integer AS int,
    'è🧾'::text AS text, 'v'::varchar AS varchar, '2026-11-22T10:15:30.123Z'::timestamptz AS at,
    '1969-07-20T20:17:40Z'::timestamptz AS before, '0190a0b0-c0d0-7e0f-8a1b-2c3d4e5f6071'::uuid AS id,
    '{"a": ["b", 1, null]}'::jsonb AS json, NULL::bytea AS nothing`;
  const plain = await store.query({ text });
  const binary = await store.query({ text, binary: true });
  assert.deepEqual(binary.rows, plain.rows);
  await assert.rejects(store.query({ text: 'SELECT 1.5::numeric AS odd', binary: true }), /No binary reader/);
  await store.close();
  await database.drop();
});
