// hub: `explain` run as a person runs it, without a hub.
import { understandMail } from '@staffetta/fatturapa/mail/understand-mail.ts';
import { writeNotice } from '@staffetta/fatturapa/notices/write-notice.ts';
import { servers, sharedFolder } from '@staffetta/tools/servers/available.ts';
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'staffetta-'));
after(() => rmSync(folder, { recursive: true }));

interface Result {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

function explain(words: string[], input: string | Buffer = ''): Promise<Result> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [join(root, 'hub/staffetta.ts'), 'explain', ...words],
      { cwd: folder, env: { PATH: process.env['PATH'] } },
      (error, out, err) => resolve({ code: error ? Number(error.code) : 0, out, err }),
    );
    child.stdin?.end(input);
  });
}

const discard = writeNotice({
  kind: 'NS',
  family: 'B2B',
  object: {
    IdentificativoSdI: '724999',
    NomeFile: 'IT01234567890_00022.xml',
    Hash: 'ef91',
    DataOraRicezione: '2025-06-16T18:34:00.000+02:00',
    ListaErrori: {
      Errore: [{ Codice: '00423', Descrizione: 'Prezzo\u202e totale non coerente', Suggerimento: 'Ricalcolare' }],
    },
    MessageId: '1413856',
  },
});

test('a discard is told with each error, its remedy, the five days and the new name', async () => {
  writeFileSync(join(folder, 'IT01234567890_00022_NS_001.xml'), discard);
  const italian = await explain(['IT01234567890_00022_NS_001.xml']);
  assert.deepEqual([italian.code, italian.err], [0, '']);
  assert.match(italian.out, /^IT01234567890_00022_NS_001\.xml:\n {4}Scartato: /);
  for (const words of [/Errore 00423/, /Rimedio: /, /entro 5 giorni/, /nome nuovo/]) assert.match(italian.out, words);
  assert.doesNotMatch(italian.out, /\u202e/);
  const english = await explain(['--lang', 'en', '-'], discard);
  assert.match(english.out, /^\(stdin\):\n {4}Discarded: /);
});

test('who signed is told, and with --trust whether to believe it', { skip: servers.shared.missing }, async () => {
  const mail = join(sharedFolder(), 'sdi/samples/pec/oca/sdi-ricevuta-di-consegna.eml');
  const bare = await explain([mail]);
  assert.match(bare.out, /La firma del gestore PEC non è stata verificata/);
  assert.match(bare.out, /Firmata da Sistema Interscambio Fattura PA .*non è stato verificato/);
  const understood = understandMail(readFileSync(mail));
  const xml = understood.kind === 'sdi' ? Buffer.from(understood.notices[0]!.file.xml).toString() : '';
  const encoded = /X509Certificate>([^<]+)</.exec(xml)?.[1] ?? '';
  writeFileSync(join(folder, 'sdi.pem'), new X509Certificate(Buffer.from(encoded, 'base64')).toString());
  const trusting = await explain(['--trust', 'sdi.pem', mail]);
  assert.match(trusting.out, /Firma di SdI verificata: Sistema Interscambio Fattura PA, 13\/11\/2018/);
  // Its names were changed for publication.
  assert.match(
    trusting.out,
    /La firma del gestore PEC non è valida.*\n.*modificata dopo la firma di Posta Certificata Sogei/,
  );
  const json = await explain(['--json', '--trust', 'sdi.pem', mail]);
  const [told] = JSON.parse(json.out) as { signatures: { result: string }[] }[];
  assert.deepEqual(
    told?.signatures.map(({ result }) => result),
    ['valid'],
  );
});

test('a file of trusted certificates that is none stops the command', async () => {
  writeFileSync(join(folder, 'IT01234567890_00022_NS_001.xml'), discard);
  const refused = await explain(['--trust', 'IT01234567890_00022_NS_001.xml', '00404']);
  assert.deepEqual([refused.code, refused.out], [2, '']);
  assert.match(refused.err, /non contiene certificati in formato PEM/);
  const bare = await explain(['IT01234567890_00022_NS_001.xml']);
  assert.match(bare.out, /La notifica non è firmata: non è provato che venga da SdI/);
});

test('a code and a kind of notice are told in words, an unknown code is told as unknown', async () => {
  const known = await explain(['00404', 'MC']);
  assert.equal(known.code, 0);
  assert.match(known.out, /^00404: .*\nRimedio: .*\nMC: Mancata consegna\. /);
  const unknown = await explain(['99999']);
  assert.deepEqual([unknown.code, unknown.out], [1, '99999: un codice che non conosciamo.\n']);
});

test('a receipt of the provider is not taken for one of SdI', { skip: servers.shared.missing }, async () => {
  const pec = join(sharedFolder(), 'sdi/samples/pec/oca');
  const delivered = await explain([join(pec, 'pec-consegna.eml')]);
  assert.equal(delivered.code, 0);
  assert.match(delivered.out, /Prova solo che il messaggio è arrivato in quella casella/);
  const all = await explain([pec, '--json']);
  const told = JSON.parse(all.out) as {
    kind: string;
    understood: boolean;
    notices: { kind: string }[];
    mail: { kind: string };
  }[];
  assert.deepEqual(
    told.map(({ kind, understood, mail, notices }) => [
      kind,
      understood,
      mail.kind,
      notices.map((notice) => notice.kind),
    ]),
    [
      ['mail', true, 'receipt', []],
      ['mail', true, 'receipt', []],
      ['mail', true, 'sdi', ['MT']],
      ['mail', true, 'sdi', ['RC']],
    ],
  );
});

test('what is neither, what is damaged and what is too large end with 1 and a sentence', async () => {
  mkdirSync(join(folder, 'odd'));
  writeFileSync(join(folder, 'odd/a.eml'), 'From: a@b.it\nSubject: ciao\n\nciao');
  writeFileSync(join(folder, 'odd/b.xml'), discard.toString().replace(/<NomeFile>.*<\/NomeFile>/, ''));
  writeFileSync(join(folder, 'odd/c.xml'), '<fattura/>');
  writeFileSync(join(folder, 'odd/d.eml'), 'From: a@b.it\nSubject: grande\n\n');
  truncateSync(join(folder, 'odd/d.eml'), 2 ** 31);
  const { code, out } = await explain(['odd']);
  assert.equal(code, 1);
  assert.match(out, /a\.eml:\n.*«ciao».*\n {4}Non è una PEC/);
  assert.match(out, /b\.xml:\n {4}Nella notifica manca NomeFile/);
  assert.match(out, /c\.xml:\n {4}Non è una notifica di SdI né una mail/);
  assert.match(out, /d\.eml:\n.*«grande».*\n {4}La mail è più grande/);
});

test('words that cannot be used end with 2 and a sentence', async () => {
  for (const words of [[], ['absent.xml'], ['--lang', 'de', '00404'], ['--nonsense', '00404']]) {
    const { code, out, err } = await explain(words);
    assert.deepEqual([code, out], [2, ''], words.join(' '));
    assert.match(err, /\w{3}.*\n$/);
  }
});
