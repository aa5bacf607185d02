// dbmanager: of a file that came in, each notice is kept alone, with its own envelope and nothing of its neighbours.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { writeNotice } from '@staffetta/fatturapa/notices/write-notice.ts';
import { wrapEnvelope } from '@staffetta/fatturapa/signature/envelope.fixture.ts';
import { zipSync } from 'fflate';
import { arrivedNotices } from './arrived-notices.ts';
import { delivered, noticeEvent } from './notices.fixture.ts';

const notice = writeNotice(delivered({ fileName: 'IT01234567897_a.xml' }));
const another = writeNotice(delivered({ fileName: 'IT01234567897_b.xml', sdiId: '112' }));

function keptOf(file: Uint8Array): Buffer[] {
  return arrivedNotices(noticeEvent(file)).map(({ bytes }) => Buffer.from(bytes));
}

test('out of an archive a signed notice is kept in its envelope, an unsigned one as its XML', () => {
  const signed = wrapEnvelope(notice, [], []);
  const zip = zipSync({ 'a_RC_001.xml.p7m': signed, 'b_RC_001.xml': another });
  assert.deepEqual(keptOf(zip), [signed, another]);
});

test('out of no archive a notice is kept as it came', () => {
  const signed = wrapEnvelope(notice, [], []);
  const text = Buffer.from(signed.toString('base64'));
  for (const file of [notice, signed, text]) assert.deepEqual(keptOf(file), [file]);
});

test('a file that the receiver took is read whatever its size', () => {
  const padding = { 'c.xml': Buffer.alloc(5_300_000, '<!-- -->') };
  const zip = zipSync({ 'a_RC_001.xml': notice, ...padding }, { level: 0 });
  assert.ok(zip.length > 5_242_880);
  assert.deepEqual(keptOf(zip), [notice]);
});
