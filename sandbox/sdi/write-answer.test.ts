// sandbox: every notice that SdI writes is one, signed, of the right family and name.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Notice } from '@staffetta/fatturapa/notices/notice.ts';
import { readNotices } from '@staffetta/fatturapa/notices/read-notices.ts';
import { verifyXml } from '@staffetta/fatturapa/signature/verify-xml.ts';
import { madeKey } from '@staffetta/fatturapa/signature/keys.fixture.ts';
import { mailbox, today } from './sdi.fixture.ts';
import type { SdiAnswer, SdiFile } from './sdi-records.ts';
import { writeAnswer } from './write-answer.ts';

const key = madeKey('RSA', { commonName: 'SdI', from: new Date('2025-01-01'), to: new Date('2040-01-01') });
const bytes = Buffer.from('<the/>');
const toFirm: SdiFile = {
  sdiId: '200000001',
  way: 'received',
  name: 'IT01234567897_00001.xml.p7m',
  mailbox,
  messageId: '<1@hub>',
  at: today.toISOString(),
  bytes: bytes.length,
  hash: 'ab'.repeat(32),
  family: 'B2B',
  format: 'FPR12',
  recipientCode: 'ABC1234',
  bodies: [
    { number: '12', year: '2026', key: '1' },
    { number: '13/A', year: '2026', key: '2' },
  ],
  errors: [{ code: '00404', description: 'già inviato', suggestion: 'un altro numero' }],
  decided: '',
};
const toBody: SdiFile = { ...toFirm, family: 'PA', format: 'FPA12', recipientCode: 'UFABC1' };

function answer(kind: SdiAnswer['kind'], more: Partial<SdiAnswer> = {}): SdiAnswer {
  const at = today.toISOString();
  return { id: `sdi-200000001-1`, sdiId: '200000001', kind, counter: 1, madeAt: at, dueAt: at, ...more };
}

async function written(file: SdiFile, wish: SdiAnswer) {
  const mail = await writeAnswer(file, wish, () => Promise.resolve(bytes), key, {
    from: 'sdi48@pec.fatturapa.it',
    at: today,
  });
  const [first] = mail.files;
  assert.ok(first);
  const reading = readNotices(first.bytes, { name: first.name });
  const [found] = reading.notices;
  assert.ok(found, JSON.stringify(reading.findings));
  assert.deepEqual(reading.findings, []);
  const isSigned = found.notice.kind !== 'MT';
  assert.equal(verifyXml(found.file.xml, { at: today })?.valid, isSigned ? true : undefined);
  return { mail, notice: found.notice, documents: reading.documents };
}

/** The notice of a kind. */
async function noticeOf<K extends Notice['kind']>(file: SdiFile, wish: SdiAnswer, kind: K) {
  const { notice, mail } = await written(file, wish);
  assert.equal(notice.kind, kind);
  assert.equal(notice.family, wish.kind === 'SE' ? 'PA' : file.family);
  assert.equal(notice.sdiId, '200000001');
  return { notice: notice as Extract<Notice, { kind: K }>, mail };
}

for (const file of [toFirm, toBody]) {
  suite(`of family ${file.family}`, () => {
    test('a receipt of delivery', async () => {
      const { notice, mail } = await noticeOf(file, answer('RC'), 'RC');
      assert.equal(notice.fileName, 'IT01234567897_00001.xml.p7m');
      assert.equal(notice.deliveredAt?.instant, today.toISOString());
      assert.equal(notice.messageId, '200000001001');
      assert.equal(notice.hash, file.family === 'B2B' ? file.hash : undefined);
      assert.equal(mail.subject, 'Ricevuta di consegna 200000001');
      assert.equal(mail.to, mailbox);
      assert.deepEqual(
        mail.files.map(({ name }) => name),
        ['IT01234567897_00001_RC_001.xml'],
      );
    });

    test('a discard with its reasons', async () => {
      const { notice } = await noticeOf(file, answer('NS'), 'NS');
      assert.deepEqual(
        notice.errors.map(({ code, description }) => [code, description]),
        [['00404', 'già inviato']],
      );
      assert.equal(notice.errors[0]?.suggestion, file.family === 'B2B' ? 'un altro numero' : undefined);
    });

    test('no delivery', async () => {
      const { notice } = await noticeOf(file, answer('MC'), 'MC');
      assert.equal(notice.availableSince, file.family === 'B2B' ? '2026-03-31' : undefined);
    });

    test('an incoming invoice: the notice and the file in one mail', async () => {
      const { notice, mail } = await noticeOf(file, answer('MT'), 'MT');
      assert.equal(notice.format, file.format);
      assert.equal(notice.recipient?.code, file.recipientCode);
      assert.equal(mail.subject, 'Invio File 200000001');
      assert.deepEqual(
        mail.files.map(({ name }) => name),
        ['IT01234567897_00001_MT_001.xml', file.name],
      );
      assert.deepEqual(mail.files[1]?.bytes, bytes);
    });

    test('the file of an archive names it', async () => {
      const archive = { sdiId: '200000000', name: 'IT01234567897_00009.zip' };
      const { notice } = await noticeOf({ ...file, archive }, answer('RC'), 'RC');
      assert.deepEqual(notice.archive, { sdiId: archive.sdiId, fileName: archive.name });
    });
  });
}

suite("about a public body's answer", () => {
  test('a refusal of one invoice of a lot', async () => {
    const wish = answer('NE', { esito: 'EC02', reason: 'manca il CIG', position: 2 });
    const { notice } = await noticeOf(toBody, wish, 'NE');
    assert.equal(notice.outcome, 'EC02');
    assert.equal(notice.description, 'manca il CIG');
    assert.deepEqual(notice.invoice, { number: '13/A', year: '2026', position: 2 });
  });

  test('the deadline', async () => {
    const { notice } = await noticeOf(toBody, answer('DT', { position: 1 }), 'DT');
    assert.deepEqual(notice.invoice, { number: '12', year: '2026', position: 1 });
  });

  test('an attestation comes in a zip with the invoice', async () => {
    const plain = { ...toBody, name: 'IT01234567897_00001.xml' };
    const { notice, mail, documents } = await written(plain, answer('AT', { counter: 2 }));
    assert.equal(notice.kind, 'AT');
    assert.deepEqual(
      mail.files.map(({ name }) => name),
      ['IT01234567897_00001_AT_002.zip'],
    );
    assert.deepEqual(
      documents.map(({ name }) => name),
      [plain.name],
    );
  });

  test('one that is not taken, whatever the file', async () => {
    const wish = answer('SE', { rejection: 'EN01', buyersMessageId: 'B-7' });
    const { notice } = await noticeOf(toFirm, wish, 'SE');
    assert.equal(notice.rejection, 'EN01');
    assert.equal(notice.buyersMessageId, 'B-7');
  });
});

test('the same answer is the same notice, byte for byte', async () => {
  const [one, other] = [await written(toBody, answer('NE')), await written(toBody, answer('NE'))];
  assert.deepEqual(one.mail.files, other.mail.files);
});

test('names and texts of strangers do no harm', async () => {
  const evil = { ...toFirm, name: '../../<b>&"\u0000é_\ud800.xml', messageId: '<\u0001>', pec: '\u0002' };
  const errors = [{ code: '00200', description: ']]>\u0000<x>\ud800', suggestion: 'é'.repeat(3000) }];
  const { mail } = await written({ ...evil, errors }, answer('NS'));
  assert.match(mail.files[0]?.name ?? '', /^[A-Za-z0-9_.-]+$/);
});
