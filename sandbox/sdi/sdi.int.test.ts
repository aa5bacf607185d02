// sandbox: SdI as its correspondents see it: what comes in, what goes out and when, and that nothing is lost or doubled.
import assert from 'node:assert/strict';
import { stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { after, suite, test } from 'node:test';
import { writeNotice } from '@staffetta/fatturapa/notices/write-notice.ts';
import {
  dayMs,
  documentWith,
  kindsIn,
  mailbox,
  noticesIn,
  numberAt,
  signed,
  startTrial,
  type Trial,
  type TrialWish,
} from './sdi.fixture.ts';
import { shownFile } from './show-file.ts';
import { readNotices } from '@staffetta/fatturapa/notices/read-notices.ts';
import { SdiWishError } from './sdi.ts';
import type { SdiMail } from './sdi-mail.ts';
import { storedZip } from './stored-zip.ts';

const cleanUps: (() => Promise<void>)[] = [];
after(async () => {
  for (const cleanUp of cleanUps) await cleanUp();
});

async function trial(wish?: TrialWish): Promise<Trial> {
  const made = await startTrial(wish);
  cleanUps.push(() => made.stop());
  return made;
}

/** What was decided about each file, oldest first. */
function decided({ sdi }: Trial): string[] {
  return sdi.archive.files().map((file) => file.decided);
}

test('a right invoice is delivered, and the mail says so as SdI does', async () => {
  const t = await trial();
  await t.send(documentWith('goods'));
  const [mail] = await t.waitFor(1);
  assert.ok(mail);
  const [file] = t.sdi.archive.files();
  assert.equal(mail.subject, `Ricevuta di consegna ${file?.sdiId}`);
  assert.equal(mail.from, 'sdi48@pec.fatturapa.it');
  assert.equal(mail.to, mailbox);
  assert.deepEqual(
    mail.files.map(({ name }) => name),
    ['IT01234567897_00001_RC_001.xml'],
  );
  const [shown] = t.sdi.archive.files().map((each) => shownFile(each, t.sdi.archive));
  assert.deepEqual(
    shown?.answers.map(({ kind, sentAt }) => [kind, sentAt !== undefined]),
    [['RC', true]],
  );
});

test('left to itself SdI answers within two seconds, and a public body five seconds later', async () => {
  const t = await trial({ times: {} });
  await t.send(await signed(documentWith('publicBody')), { fileName: 'IT01234567897_00001.xml.p7m' });
  const [file] = t.sdi.archive.files();
  assert.ok(file);
  const [first = 0, second = 0] = t.sdi.archive.answersOf(file.sdiId).map(({ dueAt }) => Date.parse(dueAt));
  const after = first - Date.parse(file.at);
  assert.ok(after >= 1000 && after < 2000, String(after));
  assert.equal(second - first, 5000);
});

test('the same file of the same mail is taken once', async () => {
  const t = await trial();
  const again = { id: 'the same', fileName: 'IT01234567897_AAAAA.xml' };
  await Promise.all([t.send(documentWith('goods'), again), t.send(documentWith('goods'), again)]);
  await t.send(documentWith('goods'), again);
  await t.waitFor(1);
  await t.rest();
  assert.deepEqual(kindsIn(t.mails), ['RC']);
});

test('a name is used up whatever its case and extension, also by a discard', async () => {
  const t = await trial();
  await t.send(Buffer.from('<a/>'), { fileName: 'IT01234567897_ABCDE.xml' });
  await t.send(documentWith('goods'), { fileName: 'it01234567897_abcde.xml.p7m' });
  await t.waitFor(2);
  assert.deepEqual(decided(t), ['SCARTO 00200', 'SCARTO 00002']);
});

test('the same content comes once, and so does the same invoice, unless the first was discarded', async () => {
  const t = await trial();
  const first = documentWith('goods', ['SDI:SCARTO 00311']);
  await t.send(first);
  await t.send(documentWith('goods'));
  await t.send(documentWith('goods'));
  await t.send(documentWith('goods', ['altra causale']));
  await t.send(documentWith('goods', [], { [numberAt(1)]: '13' }));
  await t.waitFor(5);
  assert.deepEqual(
    decided(t).map((words) => words.split(' ')[0]),
    ['SCARTO', 'RC', 'SCARTO', 'SCARTO', 'RC'],
  );
});

test('a lot has an answer for each invoice', async () => {
  const t = await trial();
  const words = [undefined, 'SDI:RIFIUTA no', 'SDI:DECORRENZA'];
  const document = documentWith('lot', words, {
    'FatturaElettronicaHeader/DatiTrasmissione/FormatoTrasmissione': 'FPA12',
    'FatturaElettronicaHeader/DatiTrasmissione/CodiceDestinatario': 'UFABC1',
    versione: 'FPA12',
  });
  await t.send(await signed(document), { fileName: 'IT01234567897_00001.xml.p7m' });
  await t.waitFor(1);
  t.clock.turn(16 * dayMs);
  const mails = await t.waitFor(4);
  const said = mails.flatMap(noticesIn).map(({ notice }) => {
    const about = notice.kind === 'NE' || notice.kind === 'DT' ? notice.invoice?.position : undefined;
    return `${notice.kind} ${about ?? ''}${notice.kind === 'NE' ? notice.outcome : ''}`;
  });
  assert.deepEqual(said, ['RC ', 'NE 1EC01', 'NE 2EC02', 'DT 3']);
});

test('what a public body refused comes again under its number, once; what it accepted does not', async () => {
  const t = await trial();
  const send = async (words: string, street: string): Promise<void> => {
    const changes = { 'FatturaElettronicaHeader/CessionarioCommittente/Sede/Indirizzo': street };
    await t.send(await signed(documentWith('publicBody', [words], changes)), {
      fileName: `IT01234567897_${street}.xml.p7m`,
    });
    t.clock.turn(60_000);
  };
  await send('SDI:RIFIUTA CIG mancante', 'Uno');
  await t.waitFor(2);
  await send('SDI:ACCETTA', 'Due');
  await t.waitFor(4);
  // The refusal is told once more, after the corrected invoice.
  await t.sdi.notify({ sdiId: t.sdi.archive.files()[0]?.sdiId ?? '', kind: 'NE', esito: 'EC02' });
  await t.waitFor(5);
  await t.restart();
  await send('SDI:ACCETTA', 'Tre');
  assert.deepEqual(decided(t), ['RIFIUTA CIG mancante', 'ACCETTA', 'SCARTO 00404']);
});

test('the files of an archive are answered one by one, each with a number of its own', async () => {
  const t = await trial();
  const zip = storedZip([
    { name: 'IT01234567897_Z0001.xml', bytes: documentWith('goods') },
    { name: 'IT01234567897_Z0002.xml', bytes: documentWith('goods', ['SDI:MC'], { [numberAt(1)]: '13' }) },
    { name: 'IT01234567897_Z0003.xml', bytes: Buffer.from('<a/>') },
  ]);
  await t.send(zip, { fileName: 'IT01234567897_00001.zip' });
  const mails = await t.waitFor(3);
  assert.deepEqual(kindsIn(mails), ['RC', 'MC', 'NS']);
  const archives = mails.flatMap(noticesIn).map(({ notice }) => ('archive' in notice ? notice.archive : undefined));
  assert.equal(new Set(archives.map((archive) => archive?.sdiId)).size, 1);
  assert.equal(archives[0]?.fileName, 'IT01234567897_00001.zip');
  assert.equal(new Set(mails.flatMap(noticesIn).map(({ notice }) => notice.sdiId)).size, 3);
});

test('days of the clock pass in a moment, and everything comes in its order', async () => {
  const t = await trial();
  const document = await signed(documentWith('publicBody', ['SDI:AT']));
  await t.send(document, { fileName: 'IT01234567897_00001.xml.p7m' });
  await t.waitFor(1);
  await t.rest();
  assert.deepEqual(kindsIn(t.mails), ['MC']);
  t.clock.turn(11 * dayMs);
  assert.deepEqual(kindsIn(await t.waitFor(2)), ['MC', 'AT']);
});

suite('rules', () => {
  test('hold for the files that match, so many times, also after a restart', async () => {
    const t = await trial();
    await t.sdi.addRule({ match: '^ABC1234$', outcome: 'MC', count: 2 });
    await t.sdi.addRule({ match: 'IT12345678903', outcome: 'SILENZIO; TARDI 5d' });
    await t.send(documentWith('goods'));
    await t.restart();
    await t.send(documentWith('goods', [], { [numberAt(1)]: '13' }));
    await t.send(documentWith('goods', [], { [numberAt(1)]: '14' }));
    assert.deepEqual(decided(t), ['MC', 'MC', 'SILENZIO; TARDI 432000s']);
    await t.sdi.clearRules();
    await t.send(documentWith('goods', [], { [numberAt(1)]: '15' }));
    assert.equal(decided(t)[3], 'RC');
  });

  test('what is no rule is refused in words', async () => {
    const t = await trial();
    await assert.rejects(() => t.sdi.addRule({ match: '(', outcome: 'MC' }), SdiWishError);
    await assert.rejects(() => t.sdi.addRule({ match: '', outcome: 'FORSE' }), /FORSE.*SCARTO/);
  });
});

suite('kills', () => {
  test('what was decided and not sent is sent after the restart, with the same ids', async () => {
    let isAway = true;
    const tried = new Set<string>();
    const t = await trial({
      deliver: async ({ id }) => {
        tried.add(id);
        if (isAway) throw new Error('the mail server is away');
      },
    });
    await t.send(documentWith('goods', ['SDI:DOPPIA']));
    await t.rest();
    isAway = false;
    await t.restart();
    const mails = await t.waitFor(2);
    assert.deepEqual(new Set(mails.map(({ id }) => id)).union(tried), new Set(mails.map(({ id }) => id)));
    await t.rest();
    assert.equal(t.mails.length, 2);
  });

  test('a mail that was delivered but not noted is the very same mail again', async () => {
    const delivered: SdiMail[] = [];
    const t = await trial({
      deliver: async (mail) => {
        delivered.push(mail);
        if (delivered.length === 1) throw new Error('killed before it was noted');
      },
    });
    await t.send(documentWith('goods'));
    await t.waitFor(1);
    const [first, again] = delivered;
    assert.equal(again?.id, first?.id);
    assert.deepEqual(again?.files, first?.files);
    await t.restart();
    await t.rest();
    assert.equal(delivered.length, 2);
  });

  test('wherever the archive was cut off, the same files lead to the same mails', async () => {
    const t = await trial();
    const at = t.clock.now();
    const sendAll = async (): Promise<void> => {
      for (const [index, words] of ['', 'SDI:DOPPIA', 'SDI:SCARTO 00404', 'SDI:SILENZIO'].entries()) {
        const bytes = documentWith('goods', [words || undefined], { [numberAt(1)]: String(index + 1) });
        const fileName = `IT01234567897_K000${index}.xml`;
        await t.send(bytes, { id: `mail-${fileName}`, messageId: `<${index}>`, fileName, at });
      }
    };
    await sendAll();
    const before = new Map((await t.waitFor(4)).map((mail) => [mail.id, mail.files]));
    const path = join(t.dir, 'sdi', 'sdi.ndjson');
    const { size } = await stat(path);
    for (const part of [0.3, 0.5, 0.7, 0.85, 0.99]) {
      await t.restart(() => truncate(path, Math.floor(size * part)));
      await sendAll();
      await t.rest();
    }
    assert.deepEqual(new Map(t.mails.map((mail) => [mail.id, mail.files])), before);
    assert.equal(t.sdi.archive.files().length, 4);
  });

  test('the numbers go on', async () => {
    const t = await trial();
    await t.send(documentWith('goods'));
    await t.restart();
    await t.send(documentWith('goods', [], { [numberAt(1)]: '13' }));
    const ids = t.sdi.archive.files().map(({ sdiId }) => Number(sdiId));
    assert.equal(new Set(ids).size, 2);
    assert.equal(ids[1], (ids[0] ?? 0) + 1);
  });
});

suite('an invoice for the company', () => {
  test('comes with its metadata in one mail, named after its supplier', async () => {
    const t = await trial();
    const bytes = documentWith('goods');
    const file = await t.sdi.bring({ to: mailbox, bytes });
    const [mail] = await t.waitFor(1);
    assert.equal(mail?.subject, `Invio File ${file.sdiId}`);
    assert.match(file.name, /^IT12345678903_[0-9A-Z]{5}\.xml$/);
    assert.deepEqual(mail?.files[1], { name: file.name, bytes });
    const [metadata] = mail ? noticesIn(mail) : [];
    assert.equal(metadata?.notice.kind, 'MT');
    assert.equal(metadata?.notice.family, 'B2B');
  });

  function answerFor(sdiId: string, more: Record<string, unknown> = {}): Buffer {
    return writeNotice({ family: 'PA', kind: 'EC', object: { IdentificativoSdI: sdiId, Esito: 'EC01', ...more } });
  }

  async function broughtToBody(t: Trial) {
    const bytes = await signed(documentWith('publicBody'));
    const file = await t.sdi.bring({ to: mailbox, bytes });
    await t.waitFor(1);
    return { file, name: file.name.replace(/\.xml\.p7m$/, '_EC_001.xml') };
  }

  function rejections(t: Trial): string[] {
    const found = t.mails.flatMap(noticesIn);
    return found.flatMap(({ notice }) => (notice.kind === 'SE' ? [`${notice.sdiId} ${notice.rejection}`] : []));
  }

  test('a public body that says nothing for fifteen days is told so', async () => {
    const t = await trial();
    await broughtToBody(t);
    t.clock.turn(15 * dayMs + 60_000);
    assert.deepEqual(kindsIn(await t.waitFor(2)), ['MT', 'DT']);
  });

  test('its answer is taken in silence, and no deadline passes any more', async () => {
    const t = await trial();
    const { file, name } = await broughtToBody(t);
    await t.send(answerFor(file.sdiId, { Esito: 'EC02', Descrizione: 'manca il CIG' }), { fileName: name });
    t.clock.turn(16 * dayMs);
    await t.rest();
    assert.deepEqual(kindsIn(t.mails), ['MT']);
    const [answer] = shownFile(file, t.sdi.archive).buyersAnswers;
    assert.deepEqual([answer?.verdict, answer?.esito, answer?.reason], ['taken', 'EC02', 'manca il CIG']);
  });

  test('of a lot that is answered in part the deadline passes for the others', async () => {
    const t = await trial();
    const file = await t.sdi.bring({ to: mailbox, bytes: documentWith('lot'), format: 'FPA12' });
    const name = file.name.replace('.xml', '_EC_001.xml');
    const about = { NumeroFattura: '13', AnnoFattura: '2026', PosizioneFattura: '2' };
    await t.send(answerFor(file.sdiId, { RiferimentoFattura: about }), { fileName: name });
    t.clock.turn(16 * dayMs);
    const mails = await t.waitFor(3);
    await t.rest();
    const places = mails
      .flatMap(noticesIn)
      .flatMap(({ notice }) => (notice.kind === 'DT' ? [notice.invoice?.position] : []));
    assert.deepEqual(places, [1, 3]);
    assert.equal(t.mails.length, 3);
  });

  test('a second answer, one too late and one about nothing are not admissible', async () => {
    const t = await trial();
    const { file, name } = await broughtToBody(t);
    const other = await broughtToBody(t);
    await t.send(answerFor(file.sdiId), { fileName: name });
    await t.send(answerFor(file.sdiId), { fileName: name });
    await t.send(answerFor('123', { MessageIdCommittente: 'B-1' }), { fileName: name });
    await t.send(answerFor(file.sdiId), { fileName: name, from: 'altri@pec.example' });
    t.clock.turn(16 * dayMs);
    await t.send(answerFor(other.file.sdiId), { fileName: other.name });
    await t.waitFor(7);
    const wanted = [`${file.sdiId} EN01`, '123 EN01', `${file.sdiId} EN01`, `${other.file.sdiId} EN01`];
    assert.deepEqual(rejections(t).sort(), wanted.sort());
  });

  test('an answer about another invoice of the lot, or to a private invoice, is not admissible', async () => {
    const t = await trial();
    const { file, name } = await broughtToBody(t);
    const wrong = { RiferimentoFattura: { NumeroFattura: '99', AnnoFattura: '2026', PosizioneFattura: '4' } };
    await t.send(answerFor(file.sdiId, wrong), { fileName: name });
    const firm = await t.sdi.bring({ to: mailbox, bytes: documentWith('goods') });
    await t.send(answerFor(firm.sdiId), { fileName: name });
    const mails = await t.waitFor(4);
    const found = mails.flatMap(noticesIn).map(({ notice }) => notice);
    const [first] = found.filter((notice) => notice.kind === 'SE');
    assert.deepEqual(first?.kind === 'SE' && first.invoice, { number: '99', year: '2026', position: 4 });
    assert.equal(rejections(t).length, 2);
  });

  test('a refusal repeats of an answer only what a notice can hold', async () => {
    const t = await trial();
    const { file, name } = await broughtToBody(t);
    const odd = { NumeroFattura: 'n'.repeat(30), AnnoFattura: '2026', PosizioneFattura: '0' };
    await t.send(answerFor(file.sdiId, { RiferimentoFattura: odd, MessageIdCommittente: 'm'.repeat(40) }), {
      fileName: name,
    });
    const mails = await t.waitFor(2);
    const [refusal] = (mails[1]?.files ?? []).map(({ name: fileName, bytes }) =>
      readNotices(bytes, { name: fileName }),
    );
    assert.deepEqual(refusal?.findings, []);
    assert.deepEqual(
      refusal?.notices.map(({ notice }) => notice.kind),
      ['SE'],
    );
  });

  test('an answer that is none is refused for its form', async () => {
    const t = await trial();
    const { file, name } = await broughtToBody(t);
    await t.send(Buffer.from('<no/>'), { fileName: name });
    await t.send(answerFor(file.sdiId, { Esito: 'EC99' }), { fileName: name });
    await t.send(Buffer.from('<no/>'), { fileName: 'IT00000000000_00000_EC_001.xml' });
    await t.waitFor(4);
    assert.deepEqual(rejections(t).sort(), ['0 EN00', `${file.sdiId} EN00`, `${file.sdiId} EN00`].sort());
  });
});

suite('a notice on demand', () => {
  test('goes out now, with the next number of its file', async () => {
    const t = await trial();
    await t.send(documentWith('goods'));
    const [file] = t.sdi.archive.files();
    await t.waitFor(1);
    await t.sdi.notify({ sdiId: file?.sdiId ?? '', kind: 'NS', codes: ['00404'] });
    const mails = await t.waitFor(2);
    assert.deepEqual(
      mails[1]?.files.map(({ name }) => name),
      ['IT01234567897_00001_NS_002.xml'],
    );
  });

  test('about an unknown file, or one that its family has not, is refused', async () => {
    const t = await trial();
    await assert.rejects(() => t.sdi.notify({ sdiId: '1', kind: 'RC' }), SdiWishError);
    await t.send(documentWith('goods'));
    const [file] = t.sdi.archive.files();
    await assert.rejects(() => t.sdi.notify({ sdiId: file?.sdiId ?? '', kind: 'NE' }), /B2B/);
  });
});
