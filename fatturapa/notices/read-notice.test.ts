// fatturapa: a notice is read whatever its prefix, spelling and extras, and refused where it would say nothing.
import { servers, sharedFolder } from '@staffetta/tools/servers/available.ts';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Notice } from './notice.ts';
import { readNotice } from './read-notice.ts';
import { writeNotice } from './write-notice.ts';

function read(xml: string | Uint8Array): Notice {
  const { notice, findings } = readNotice(Buffer.from(xml));
  assert.ok(notice, JSON.stringify(findings));
  return notice;
}

const folder = join(sharedFolder(), 'sdi/samples');

/** Every sample of the manifest: path, verdict. */
function samples(): [file: string, verdict: string][] {
  const rows = readFileSync(join(folder, 'MANIFEST.tsv'), 'utf8').split('\n');
  return rows
    .map((row) => row.split('\t'))
    .filter(([file]) => file?.startsWith('notifications/'))
    .map(([file = '', verdict = '']) => [file, verdict]);
}

test(
  'all public sample notices are read without a doubt, kind and id as they stand',
  { skip: servers.shared.missing },
  () => {
    const all = samples();
    assert.equal(all.length, 26);
    for (const [file] of all) {
      const bytes = readFileSync(join(folder, file));
      const { notice, findings } = readNotice(bytes);
      assert.ok(notice, file);
      assert.deepEqual(findings, [], file);
      const text = bytes.toString();
      assert.equal(notice.sdiId, /<IdentificativoSdI>(\d+)/.exec(text)?.[1], file);
      // One sample's name does not say its kind; it holds data about an incoming file.
      assert.equal(notice.kind, /_(RC|NS|MC|NE|DT|AT|SE|MT|EC)_/.exec(file)?.[1] ?? 'MT', file);
      assert.equal(notice.family, text.includes('fattura/messaggi') ? 'B2B' : 'PA', file);
      assert.equal(notice.signed, text.includes('<ds:Signature '), file);
      if ('fileName' in notice) assert.equal(notice.fileName, /<NomeFile>([^<]+)/.exec(text)?.[1], file);
    }
  },
);

const namespace = 'http://ivaservizi.agenziaentrate.gov.it/docs/xsd/fattura/messaggi/v1.0';

function delivered(inside: string, root = 'RicevutaConsegna', uri = namespace): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<?xml-stylesheet type="text/xsl" href="RC_v1.1.xsl"?>
<x:${root} xmlns:x="${uri}" versione="1.0">${inside}</x:${root}>`;
}

const essentials = '<IdentificativoSdI> 7 </IdentificativoSdI><NomeFile>IT01234567890_00001.xml</NomeFile>';

test('blanks, strange elements, misplaced ones and signatures anywhere do not keep a notice from being read', () => {
  const signature =
    '<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:Object><IdentificativoSdI>9</IdentificativoSdI></ds:Object></ds:Signature>';
  const { notice, findings } = readNotice(
    Buffer.from(
      delivered(`${signature}<Nuovo>x</Nuovo><MessageId>12</MessageId>${essentials}<NomeFile>altro.xml</NomeFile>`),
    ),
  );
  assert.equal(notice?.kind, 'RC');
  assert.deepEqual([notice.sdiId, notice.messageId, notice.signed], ['7', '12', true]);
  assert.equal(notice.fileName, 'IT01234567890_00001.xml');
  assert.ok(
    findings.length > 0 && findings.every(({ code, severity }) => code === 'NOTICE_ODD' && severity === 'warning'),
  );
  assert.deepEqual(
    findings.map(({ path }) => path),
    ['Nuovo', 'NomeFile', 'Hash', 'DataOraRicezione', 'DataOraConsegna'],
  );
});

test('the same root in two families is told apart by its namespace, in both spellings of public bodies', () => {
  for (const [uri, family] of [
    [namespace, 'B2B'],
    ['http://www.fatturapa.gov.it/sdi/messaggi/v1.0', 'PA'],
    ['http://www.fatturapa.it/sdi/messaggi/v1.0', 'PA'],
  ] as const) {
    const notice = read(delivered(essentials, 'RicevutaConsegna', uri));
    assert.deepEqual([notice.family, notice.namespace], [family, uri]);
  }
});

for (const [what, xml, code, path] of [
  ['without the id', delivered('<NomeFile>a.xml</NomeFile>'), 'NOTICE_INCOMPLETE', 'IdentificativoSdI'],
  [
    'with a blank id',
    delivered('<IdentificativoSdI> </IdentificativoSdI><NomeFile>a.xml</NomeFile>'),
    'NOTICE_INCOMPLETE',
    'IdentificativoSdI',
  ],
  ['without the file name', delivered('<IdentificativoSdI>7</IdentificativoSdI>'), 'NOTICE_INCOMPLETE', 'NomeFile'],
  ['of an unknown namespace', delivered(essentials, 'RicevutaConsegna', 'urn:x'), 'NOTICE_UNKNOWN', undefined],
  ['of an unknown root', delivered(essentials, 'RicevutaNuova'), 'NOTICE_UNKNOWN', undefined],
  ['of a kind that the family has not', delivered(essentials, 'NotificaEsito'), 'NOTICE_UNKNOWN', undefined],
  ['with a document type', `<!DOCTYPE x>${delivered(essentials)}`, 'NOTICE_UNREADABLE', undefined],
  ['that is cut off', delivered(essentials).slice(0, -20), 'NOTICE_UNREADABLE', undefined],
  ['of no bytes', '', 'NOTICE_UNREADABLE', undefined],
] as const) {
  test(`a notice ${what} is refused with ${code}`, () => {
    const { notice, findings } = readNotice(Buffer.from(xml));
    assert.equal(notice, undefined);
    assert.deepEqual([findings[0]?.code, findings[0]?.severity, findings[0]?.path], [code, 'error', path]);
  });
}

test('an outcome that is none, and a reference to no invoice, are refused: they would be told of the wrong one', () => {
  const answer = (inside: string) =>
    readNotice(
      Buffer.from(
        delivered(
          `<IdentificativoSdI>7</IdentificativoSdI>${inside}`,
          'NotificaEsitoCommittente',
          'http://www.fatturapa.gov.it/sdi/messaggi/v1.0',
        ),
      ),
    ).findings[0]?.path;
  assert.equal(answer('<Esito>EC03</Esito>'), 'Esito');
  assert.equal(answer(''), 'Esito');
  assert.equal(
    answer('<RiferimentoFattura><AnnoFattura>2025</AnnoFattura></RiferimentoFattura><Esito>EC02</Esito>'),
    'RiferimentoFattura/NumeroFattura',
  );
  assert.equal(answer('<RiferimentoFattura/><Esito>EC02</Esito>'), 'RiferimentoFattura/NumeroFattura');
});

test('a discard has each error with what SdI says, what we say and the remedy; an unknown code stays as it is', () => {
  const errors = ['00423', '99999'].map(
    (code) =>
      `<Errore><Codice>${code}</Codice><Descrizione>d${code}</Descrizione><Suggerimento>s</Suggerimento></Errore>`,
  );
  const notice = read(delivered(`${essentials}<ListaErrori>${errors.join('')}</ListaErrori>`, 'RicevutaScarto'));
  assert.ok(notice.kind === 'NS');
  const [known, unknown] = notice.errors;
  assert.deepEqual([known?.code, known?.description, known?.suggestion], ['00423', 'd00423', 's']);
  assert.match(known?.says?.it ?? '', /\w/);
  assert.match(known?.fix?.it ?? '', /\w/);
  assert.deepEqual(unknown, { code: '99999', description: 'd99999', suggestion: 's' });
});

test('a notice of 5 MB in one element, and one of a hundred thousand elements, are answered for', () => {
  const long = readNotice(Buffer.from(delivered(`${essentials}<Note>${'x'.repeat(5_000_000)}</Note>`)));
  assert.equal(long.notice?.kind, 'RC');
  const many = readNotice(Buffer.from(delivered(`${essentials}${'<a/>'.repeat(100_000)}`)));
  assert.equal(many.findings[0]?.code, 'NOTICE_UNREADABLE');
  assert.equal(readNotice(Buffer.alloc(5_242_881, 0x20)).findings[0]?.code, 'NOTICE_UNREADABLE');
});

test('the answer of a body is written as its table asks and read back', () => {
  const written = writeNotice({
    kind: 'EC',
    family: 'PA',
    object: {
      IdentificativoSdI: '111',
      RiferimentoFattura: { NumeroFattura: 'A & B', AnnoFattura: '2025' },
      Esito: 'EC02',
      Descrizione: 'Manca il CIG',
    },
  });
  const notice = read(written);
  assert.ok(notice.kind === 'EC');
  assert.deepEqual(
    [notice.sdiId, notice.outcome, notice.invoice, notice.description],
    ['111', 'EC02', { number: 'A & B', year: '2025' }, 'Manca il CIG'],
  );
});

test('a kind that the family has not cannot be written', () => {
  assert.throws(() => writeNotice({ kind: 'DT', family: 'B2B', object: {} }), RangeError);
});
