// fatturapa: each notice is told with what happened, what it means in law and what to do, in both languages.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { caseWords } from './notice-words.ts';
import { readNotice } from './read-notice.ts';
import { tellNotice } from './tell-notice.ts';
import { writeNotice, type NewNotice } from './write-notice.ts';

const file = { IdentificativoSdI: '111', NomeFile: 'IT01234567890_00001.xml' };
const handled = { ...file, Hash: 'ab', DataOraRicezione: '2025-06-06T12:00:00', MessageId: '1' };
const error = (Codice: string) => ({ Codice, Descrizione: `d${Codice}`, Suggerimento: 'Cambiare' });
const discarded = (...codes: string[]): NewNotice => ({
  kind: 'NS',
  family: 'B2B',
  object: { ...handled, ListaErrori: { Errore: codes.map(error) } },
});
const body = { ...file, MessageId: '1' };
const answer = (Esito: 'EC01' | 'EC02') => ({ IdentificativoSdI: '111', Esito, Descrizione: 'Manca il CIG' });
const reference = { NumeroFattura: '12/A', AnnoFattura: '2025', PosizioneFattura: '3' };
const recipient = { Codice: 'UFABCD', Descrizione: 'Ufficio' };
const { Hash: _, ...handledByPa } = handled;
const incoming = { ...file, CodiceDestinatario: 'ABC1234', Formato: 'FPR12', TentativiInvio: '1', MessageId: '1' };

function told(notice: NewNotice, lang: 'it' | 'en'): string {
  const reading = readNotice(writeNotice(notice));
  assert.ok(reading.notice, JSON.stringify(reading.findings));
  return tellNotice(reading.notice, lang).join('\n');
}

const cases: readonly [what: string, notice: NewNotice, it: RegExp[], en: RegExp[]][] = [
  [
    'a delivery between private parties: issued',
    { kind: 'RC', family: 'B2B', object: { ...handled, DataOraConsegna: '2025-06-06T12:30:00' } },
    [/^Consegnato: /, /il file IT01234567890_00001\.xml/, /06\/06\/2025 alle 12:30/, /risulta emessa/],
    [/^Delivered: /, /counts as issued/],
  ],
  [
    'a discard that says "sent before" among other errors: both are told',
    discarded('00002', '00311'),
    [
      /^Scartato, e risulta già inviato: /,
      /Errore 00002: /,
      /Errore 00311: /,
      /correggere gli altri errori/,
      /non annulla quello precedente/,
      /5 giorni/,
    ],
    [/^Discarded, and sent before: /, /does not undo the earlier one/],
  ],
  [
    'a delivery to a public body: 15 days',
    {
      kind: 'RC',
      family: 'PA',
      object: { ...handledByPa, DataOraConsegna: '2025-06-06T12:30:00', Destinatario: recipient },
    },
    [/15 giorni/, /Ufficio, UFABCD/],
    [/15 days/],
  ],
  [
    'a discard: never issued, five days, same number and date, new file name, each error explained',
    discarded('00423', '99999'),
    [
      /^Scartato: /,
      /non risulta emessa/,
      /entro 5 giorni/,
      /stesso numero e stessa data/,
      /nome nuovo/,
      /Errore 00423: d00423\n {2}\S.*\n {2}Rimedio: \S/,
      /Errore 99999: d99999\n {2}Codice che non conosciamo/,
    ],
    [
      /^Discarded: /,
      /never issued/,
      /within 5 days/,
      /same number and same date/,
      /Error 00423: d00423\n {2}\S.*\n {2}To do: \S/,
    ],
  ],
  [
    'a discard for having been sent before: first look for the outcome of the first sending',
    discarded('00404', '00002'),
    [/^Scartato come già inviato/, /non annulla quello precedente/, /cercare l'esito del primo invio/],
    [/does not undo the earlier one/],
  ],
  [
    'no delivery to a private party: issued all the same, tell the customer, do not send again',
    { kind: 'MC', family: 'B2B', object: { ...handled, DataMessaADisposizione: '2025-06-07' } },
    [/^Non recapitato: /, /emessa lo stesso/, /dal 07\/06\/2025/, /Avvisare il cliente/, /00404/],
    [/issued all the same/, /2025-06-07/],
  ],
  [
    'no delivery to a public body: wait',
    { kind: 'MC', family: 'PA', object: handledByPa },
    [/altri 10 giorni/, /Attendere/],
    [/10 more days/],
  ],
  [
    'an acceptance',
    {
      kind: 'NE',
      family: 'PA',
      object: { ...body, EsitoCommittente: { ...answer('EC01'), RiferimentoFattura: reference } },
    },
    [
      /^Accettato: l'ente ha accettato la fattura n\. 12\/A del 2025, posizione 3 nel lotto \(file IT01234567890_00001\.xml\)\./,
    ],
    [/^Accepted: /],
  ],
  [
    'a refusal, with its reason and the law',
    { kind: 'NE', family: 'PA', object: { ...body, EsitoCommittente: answer('EC02') } },
    [/^Rifiutato: /, /DM 132\/2020/, /Motivo: Manca il CIG/, /nota di credito/],
    [/^Refused: /, /Reason: Manca il CIG/],
  ],
  [
    'a deadline: no acceptance, no refusal any more',
    { kind: 'DT', family: 'PA', object: body },
    [/Non è un'accettazione/, /non può più rifiutare/],
    [/no acceptance/],
  ],
  [
    'an attestation: send it in another way',
    { kind: 'AT', family: 'PA', object: { ...handledByPa, Destinatario: recipient, HashFileOriginale: 'ab' } },
    [/SdI attesta/, /per un'altra via/],
    [/attests/, /in another way/],
  ],
  [
    'an incoming invoice',
    { kind: 'MT', family: 'B2B', object: { ...incoming, Hash: 'ab' } },
    [/^In arrivo: /, /ABC1234/, /FPR12/],
    [/^Incoming: /],
  ],
  [
    'an incoming invoice of a public body',
    { kind: 'MT', family: 'PA', object: incoming },
    [/entro 15 giorni/],
    [/within 15 days/],
  ],
  [
    'an answer that accepts',
    { kind: 'EC', family: 'PA', object: answer('EC01') },
    [/accetta tutte le fatture del file con identificativo SdI 111/],
    [/accepts all invoices/],
  ],
  [
    'an answer that refuses',
    { kind: 'EC', family: 'PA', object: answer('EC02') },
    [/rifiuta/, /DM 132\/2020/],
    [/refuses/],
  ],
  [
    'an answer of a wrong format',
    { kind: 'SE', family: 'PA', object: { IdentificativoSdI: '1', Scarto: 'EN00', MessageId: '1' } },
    [/EN00/, /di nuovo/],
    [/EN00/],
  ],
  [
    'an answer that is not admissible',
    { kind: 'SE', family: 'PA', object: { IdentificativoSdI: '1', Scarto: 'EN01', MessageId: '1' } },
    [/EN01/, /i 15 giorni sono passati/],
    [/EN01/],
  ],
];

for (const [what, notice, it, en] of cases) {
  test(what, () => {
    for (const words of it) assert.match(told(notice, 'it'), words);
    for (const words of en) assert.match(told(notice, 'en'), words);
    assert.doesNotMatch(told(notice, 'it') + told(notice, 'en'), /\{|undefined|\bnull\b|\.\./);
  });
}

test('every case of the table is told by some notice here', () => {
  const headlines = new Set(cases.map(([, notice]) => told(notice, 'it').split('\n')[2]));
  for (const [name, { means }] of Object.entries(caseWords)) assert.ok(headlines.has(means.it), name);
});

test('an error that SdI explains in our very words is explained once', () => {
  const lines = told(discarded('00311'), 'it').split('\n');
  const at = lines.findIndex((line) => line.startsWith('Errore 00311'));
  const [says = '', fix = ''] = lines.slice(at + 1, at + 3).map((line) => line.trim().replace(/^Rimedio: /, ''));
  const same: NewNotice = {
    kind: 'NS',
    family: 'B2B',
    object: { ...handled, ListaErrori: { Errore: [{ Codice: '00311', Descrizione: says, Suggerimento: fix }] } },
  };
  const text = told(same, 'it');
  assert.deepEqual([text.split(says).length - 1, text.split(fix).length - 1], [1, 1]);
});
