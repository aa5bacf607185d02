// mailbox: what is to be done with a mail, whatever it is.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { attachment, daticert, mail, multipart, pec, receipt } from '@staffetta/fatturapa/mail/pec-mail.fixture.ts';
import { signMail } from '@staffetta/fatturapa/mail/sign-mail.ts';
import { unrelatedMails } from '@staffetta/fatturapa/mail/unrelated-mails.fixture.ts';
import { makeAuthority, makeHolder } from '@staffetta/fatturapa/signature/authority.fixture.ts';
import { keyInMemory } from '@staffetta/fatturapa/signature/key-object.ts';
import { servers, sharedFolder } from '@staffetta/tools/servers/available.ts';
import { planMail, type MailPlan } from './plan-mail.ts';

const ourId = '<IT01234567890_00001.xml.0198f7a2-1111-7000-8000-0123456789ab@staffetta.example>';

function whatOf({ things }: MailPlan): string[] {
  return things.map(({ what }) => what);
}

function receiptAbout(messageId: string): Buffer {
  const wish = {
    type: 'errore-consegna',
    error: 'no-dest',
    errorText: 'casella inesistente',
    deliveredTo: 'sdi01@pec.fatturapa.it',
  };
  return Buffer.from(receipt(wish).toString('latin1').replace('<1@hub.example>', messageId), 'latin1');
}

test('a receipt about a mail of ours travels with what the provider certifies', () => {
  const plan = planMail(receiptAbout(ourId), {});
  const [thing] = plan.things;
  assert.ok(thing?.what === 'receipt');
  assert.equal(thing.receipt.receipt, 'errore-consegna');
  assert.equal(thing.receipt.ofMessageId, ourId);
  assert.equal(thing.receipt.reason, 'no-dest: casella inesistente');
  assert.match(thing.receipt.daticert ?? '', /<postacert /);
  assert.equal(plan.aside, undefined);
});

test("a receipt about somebody else's mail is understood, and there is nothing to do", () => {
  const plan = planMail(receiptAbout('<1@hub.example>'), {});
  assert.deepEqual([plan.things, plan.aside, plan.idle], [[], undefined, 'NOT_OF_OURS']);
});

for (const [what, header, certified] of [
  ['without brackets', ourId.slice(1, -1), '1@hub.example'],
  ['in what is certified alone', '<of-its-own@gestore.example>', ourId],
] as const) {
  test(`a receipt that names our mail ${what} is about our mail`, () => {
    const certificate = daticert({ type: 'accettazione' }).replace(
      '&lt;1@hub.example&gt;',
      certified.replace('<', '&lt;').replace('>', '&gt;'),
    );
    const entity = multipart('signed', 'firma', [
      multipart('mixed', 'dentro', [attachment('daticert.xml', certificate)]),
    ]);
    const from = 'From: posta-certificata@gestore.example';
    const plan = planMail(
      mail(
        [from, 'Subject: ACCETTAZIONE: x', 'X-Ricevuta: accettazione', `X-Riferimento-Message-ID: ${header}`],
        entity,
      ),
      {},
    );
    assert.deepEqual(
      plan.things.map((thing) => thing.what === 'receipt' && thing.receipt.ofMessageId),
      [ourId],
    );
  });
}

test('every unrelated mail has a plan: nothing to hand over, a reason to be set aside, texts that can be stored', () => {
  for (const mail of unrelatedMails) {
    const plan = planMail(mail, {});
    assert.deepEqual(plan.things, []);
    assert.ok(plan.aside, plan.kind);
    const texts = JSON.stringify(plan.summary);
    assert.ok(!texts.includes('\\u0000') && !/\\ud[89a-f]/i.test(texts), texts.slice(0, 200));
  }
});

test('a message of SdI with neither notice nor invoice is set aside', () => {
  const plan = planMail(pec('sdi03@pec.fatturapa.it', 'Avviso', []), {});
  assert.deepEqual([plan.things, plan.aside], [[], 'NOTHING_INSIDE']);
});

test('an attachment of SdI that is no notice, but should be one, is seen by a person', () => {
  const plan = planMail(pec('sdi03@pec.fatturapa.it', 'Notifica', [attachment('IT01_1_RC_001.xml', '<x')]), {});
  assert.deepEqual([plan.things, plan.aside], [[], 'PARTLY']);
});

test(
  "SdI's mails of the samples: a notice with SdI's address, an invoice with its data",
  { skip: servers.shared.missing },
  () => {
    const folder = join(sharedFolder(), 'sdi', 'samples', 'pec', 'oca');
    const delivered = planMail(readFileSync(join(folder, 'sdi-ricevuta-di-consegna.eml')), {});
    assert.deepEqual([whatOf(delivered), delivered.aside], [['notice', 'address'], undefined]);
    const [notice, address] = delivered.things;
    assert.ok(notice?.what === 'notice' && address?.what === 'address');
    assert.match(Buffer.from(notice.bytes).toString(), /^<\?xml.*RicevutaConsegna/s);
    assert.deepEqual([address.address, address.saidBy], ['sdi03@pec.fatturapa.it', 'answer']);
    assert.deepEqual(address.to, ['l.battistini@pec.it']);

    const arrived = planMail(readFileSync(join(folder, 'sdi-invio-file-p7m.eml')), {});
    assert.deepEqual([whatOf(arrived), arrived.aside], [['invoice', 'address'], undefined]);
    const [invoice, from] = arrived.things;
    assert.ok(invoice?.what === 'invoice' && from?.what === 'address');
    assert.deepEqual([from.address, from.saidBy], ['sdi03@pec.fatturapa.it', 'invoice']);
    assert.deepEqual([invoice.name, invoice.sdiId], ['IT01234567890_FPR04.xml.p7m', '7339338']);
    assert.match(Buffer.from(invoice.metadata).toString(), /MetadatiInvioFile|FileMetadati/);
    assert.ok(Object.keys(invoice.recipient).length > 0);
  },
);

test(
  'an invoice without its data, and data without their invoice, are set aside by name',
  { skip: servers.shared.missing },
  () => {
    const folder = join(sharedFolder(), 'sdi', 'samples', 'pec', 'oca');
    const [invoice] = planMail(readFileSync(join(folder, 'sdi-invio-file-p7m.eml')), {}).things;
    assert.ok(invoice?.what === 'invoice');
    const alone = planMail(pec('sdi03@pec.fatturapa.it', 'Invio', [attachment(invoice.name, invoice.bytes)]), {});
    assert.deepEqual([alone.things, alone.aside], [[], 'METADATA_MISSING']);
    const bare = planMail(pec('sdi03@pec.fatturapa.it', 'Invio', [attachment('a_MT_001.xml', invoice.metadata)]), {});
    assert.deepEqual([bare.things, bare.aside], [[], 'INVOICE_MISSING']);
  },
);

test('where signatures are required, a mail without a good one holds nothing for anybody', () => {
  const verify = { mode: 'require', trust: [], at: new Date('2025-06-10T08:00:00Z') } as const;
  for (const mail of [receiptAbout(ourId), pec('sdi03@pec.fatturapa.it', 'Avviso', [])]) {
    const plan = planMail(mail, { verify });
    assert.deepEqual([plan.things, plan.aside], [[], 'NOT_VERIFIED']);
    assert.notEqual(planMail(mail, { verify: { ...verify, mode: 'warn' } }).aside, 'NOT_VERIFIED');
  }
});

test('where signatures are required, a mail that a trusted provider signed is taken', async () => {
  const from = 'posta-certificata@gestore.example';
  const authority = makeAuthority({ name: 'Autorità dei gestori' });
  const use = { usage: 0x80, purposes: ['1.3.6.1.5.5.7.3.4'], key: 'RSA' } as const;
  const provider = makeHolder({ name: 'Gestore', by: authority, emails: [from], ...use });
  const certificate = daticert({ type: 'accettazione' }).replace('1@hub.example', ourId.slice(1, -1));
  const entity = mail([], multipart('mixed', 'dentro', [attachment('daticert.xml', certificate)]));
  const at = new Date('2026-03-02T08:00:00Z');
  const signed = await signMail(entity, keyInMemory(provider.privateKey, provider.certificate, []), { at });
  const head = [`From: ${from}`, 'Subject: ACCETTAZIONE: x', 'X-Ricevuta: accettazione', 'MIME-Version: 1.0', ''];
  const whole = Buffer.concat([Buffer.from(head.join('\r\n')), signed]);
  const plan = planMail(whole, { verify: { mode: 'require', trust: [authority.pem], at } });
  assert.deepEqual([whatOf(plan), plan.aside], [['receipt'], undefined]);
  const strangers = planMail(whole, { verify: { mode: 'require', trust: [], at } });
  assert.deepEqual([whatOf(strangers), strangers.aside], [[], 'NOT_VERIFIED']);
});
