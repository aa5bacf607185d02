// fatturapa: each mail is told with what it proves and what not, and what to do.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pec, receipt } from './pec-mail.fixture.ts';
import { tellMail } from './tell-mail.ts';
import { understandMail } from './understand-mail.ts';
import type { ReceiptKind } from './understood-mail.ts';

const receipts: readonly [kind: ReceiptKind, it: RegExp, en: RegExp][] = [
  ['accettazione', /non che è arrivato/, /not that it has arrived/],
  ['presa-in-carico', /non è ancora nella casella/, /not in the mailbox yet/],
  ['avvenuta-consegna', /non va confusa con la ricevuta di consegna \(RC\)/, /not SdI's receipt of delivery/],
  ['non-accettazione', /lo stesso file, con lo stesso nome/, /under the same name/],
  ['preavviso-errore-consegna', /non inviare di nuovo/, /do not send again/],
  ['errore-consegna', /lo stesso file, con lo stesso nome/, /under the same name/],
  ['rilevazione-virus', /antivirus/, /viruses/],
];

for (const [kind, it, en] of receipts) {
  test(`a receipt "${kind}" is told with what to do, and the provider's reason where there is one`, () => {
    const mail = understandMail(
      receipt({ type: kind, subject: 'IT01234567890_00001.xml', errorText: 'casella piena' }),
    );
    const [italian, english] = [tellMail(mail, 'it').join('\n'), tellMail(mail, 'en').join('\n')];
    assert.match(italian, it);
    assert.match(english, en);
    assert.match(italian, /«IT01234567890_00001\.xml»/);
    assert.match(italian, /Il 10\/06\/2025 alle 09:30/);
    assert.equal(/casella piena/.test(italian), /errore|virus|non-/.test(kind));
    assert.doesNotMatch(italian + english, /\{|undefined/);
  });
}

test("a stranger's PEC is for people, and SdI's mail without anything says its text", () => {
  assert.match(
    tellMail(understandMail(pec('mario@pec.example', 'Ciao', [])), 'it').join('\n'),
    /mario@pec\.example.*Non viene da SdI/,
  );
  const empty = tellMail(understandMail(pec('sdi03@pec.fatturapa.it', 'Avviso 5', [])), 'it').join('\n');
  assert.match(empty, /né notifiche né fatture.*Testo della mail/);
  assert.match(empty, /vanno inviate a sdi03@pec\.fatturapa\.it/);
});
