// What the sandbox's provider writes is read again by the hub's own readers, whatever the texts; and how mails fare is a table.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readDaticert } from '@staffetta/fatturapa/mail/daticert.ts';
import { readHeaders, textHeaderOf } from '@staffetta/fatturapa/mail/mail-headers.ts';
import { mailLimits } from '@staffetta/fatturapa/mail/mail-limits.ts';
import { contentOf, textOf, walkMail } from '@staffetta/fatturapa/mail/walk-mail.ts';
import { bytesOf, filePart, headerDate, headerText, mixed, textPart } from './compose-mime.ts';
import { pecOutcomes, stepsOf } from './pec-outcomes.ts';
import { writeDaticert } from './write-daticert.ts';

const texts = fc.string({ unit: 'grapheme', maxLength: 300 });

test('any text comes back from a header, in one line', () => {
  fc.assert(
    fc.property(texts, (text) => {
      const raw = Buffer.from(`Subject: ${headerText(text)}\r\n\r\n`);
      const lines = raw.toString().split('\r\n');
      assert.ok(lines.every((line) => line.length <= 900 && /^[\x20-\x7e]*$/.test(line)));
      const wanted = text.toWellFormed().replaceAll(/\s+/g, ' ').trim();
      assert.equal(textHeaderOf(readHeaders(raw, 100_000), 'subject') ?? '', wanted);
    }),
  );
});

test('any text comes back from a readable part, whose lines are short ASCII', () => {
  fc.assert(
    fc.property(texts, (text) => {
      const raw = bytesOf(textPart(text));
      assert.ok(
        raw
          .toString('latin1')
          .split('\r\n')
          .every((line) => line.length <= 76),
      );
      const lines = (of: string): string => of.replaceAll('\r\n', '\n');
      assert.equal(lines(textOf(walkMail(raw, mailLimits).root)), lines(text.toWellFormed()));
    }),
  );
});

test('any file comes back from a mail of parts', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 500 }), (bytes) => {
      const raw = bytesOf(mixed('----=_b', [textPart('testo'), filePart('IT01_"x".xml', bytes)]));
      const [, file] = walkMail(raw, mailLimits).root.parts;
      assert.ok(file);
      assert.equal(file.name, 'IT01__x_.xml');
      assert.deepEqual(contentOf(file), Buffer.from(bytes));
    }),
  );
});

test('what is certified is read as it was meant, in summer and in winter', () => {
  for (const at of [new Date('2026-07-01T10:20:30Z'), new Date('2026-12-01T23:20:30Z')]) {
    const { xml: _xml, ...read } = readDaticert(
      writeDaticert({
        type: 'errore-consegna',
        error: { code: 'no-dest', text: '5.1.1 <nessuno> & "altri"' },
        sender: 'a@pec.example',
        recipients: ['sdi01@pec.fatturapa.it', 'b@pec.example'],
        subject: 'Fattura «uno» \u0001& due',
        at,
        id: 'x@gestore.example',
        messageId: '<1@hub.example>',
        deliveredTo: 'sdi01@pec.fatturapa.it',
      }),
    ) ?? { xml: '' };
    assert.deepEqual(read, {
      type: 'errore-consegna',
      error: 'no-dest',
      errorText: '5.1.1 <nessuno> & "altri"',
      sender: 'a@pec.example',
      replyTo: 'a@pec.example',
      recipients: [
        { address: 'sdi01@pec.fatturapa.it', certified: true },
        { address: 'b@pec.example', certified: true },
      ],
      subject: 'Fattura «uno» & due',
      provider: 'Gestore PEC di prova (sandbox)',
      at: at.toISOString(),
      id: 'x@gestore.example',
      messageId: '<1@hub.example>',
      deliveredTo: 'sdi01@pec.fatturapa.it',
    });
  }
});

test('a date is written in UTC', () => {
  assert.equal(headerDate(new Date('2026-11-25T09:05:00Z')), 'Wed, 25 Nov 2026 09:05:00 +0000');
});

test('a mail that is refused, or never delivered, never reaches SdI', () => {
  for (const outcome of pecOutcomes) {
    const steps = stepsOf({ outcome });
    const isBad = steps.some(({ receipt }) => /^(?:non-|errore|rilevazione)/.test(receipt)) || steps.length === 0;
    assert.equal(
      steps.some(({ receipt }) => receipt === 'none'),
      !isBad,
      outcome,
    );
    assert.deepEqual(
      steps.map(({ afterMs }) => afterMs),
      steps.map(({ afterMs }) => afterMs).sort((one, other) => one - other),
      `${outcome} goes forwards in time`,
    );
  }
});
