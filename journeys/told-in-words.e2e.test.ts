// journeys: a folder with a good, a wrong, a public body's and a foreign invoice: a bookkeeper at the terminal learns what became of each.
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { staffetta } from './harness/command-line.ts';
import { ownMailSetUp } from './harness/pec-set-ups.ts';
import { tellOn } from './harness/set-ups.ts';

const root = new URL('../', import.meta.url).pathname;
const files = [
  'examples/fattura-a-impresa.xml',
  'examples-wrong/fattura-sbagliata.xml',
  'examples/fattura-a-ente-pubblico.xml',
  'examples/fattura-a-cliente-estero.xml',
] as const;

/** What is said to people names no constant but the contract's status, once, in brackets. */
function assertInWords(text: string): void {
  assert.doesNotMatch(text.replaceAll(/\[[A-Z][A-Z_, ]+\]/g, ''), /\b[A-Z]+_[A-Z_]+\b/);
}

/** What the report says of a file: the lines up to the next empty one. */
function storyOf(report: string, file: string): string {
  const name = file.split('/').at(-1) ?? '';
  return report.split('\n\n').find((part) => part.split('\n')[0]?.endsWith(name)) ?? '';
}

tellOn([ownMailSetUp], {}, (estate) => {
  let report = '';
  let exitCode = 0;

  before(async () => {
    const folder = join(estate().folder, 'fatture');
    mkdirSync(folder);
    for (const file of files) cpSync(join(root, file), join(folder, file.split('/').at(-1) ?? ''));
    const sent = await staffetta(estate(), 'send', folder, '--customer', '2');
    [report, exitCode] = [sent.output, sent.exitCode];
    rmSync(folder, { recursive: true });
  });

  async function statusOf(file: string, ...more: string[]): Promise<string> {
    const number = /Fattura (\d+):/.exec(storyOf(report, file))?.[1] ?? '';
    return (await staffetta(estate(), 'status', number, ...more)).output;
  }

  test('send follows each to its end, says what became of it, and fails for the wrong one', () => {
    assert.equal(exitCode, 1);
    assertInWords(report);
    const [good, wrong, office, foreign] = files.map((file) => storyOf(report, file));
    assert.match(good ?? '', /n\. 2026\/101 del 20\/11\/2026, 549,00\n {2}Consegnata al destinatario/);
    assert.match(wrong ?? '', /Non inviata: non ha superato i controlli\.\n.*00305[^]*Rimedio: [^]*00421[^]*Rimedio: /);
    assert.match(office ?? '', /Consegnata al destinatario/);
    assert.match(foreign ?? '', /Recapito non riuscito[^]*comunque emessa[^]*cliente estero mandare una copia/);
    assert.match(report, /4 file, di cui:\n[^]* 1 {2}con errori: non inviati a SdI\n/);
  });

  test('status tells the good one from the door to the receipt', async () => {
    const text = await statusOf(files[0]);
    assertInWords(text);
    const road = [
      'Officina Rossi S.r.l. (IT03123450672) → Verdi Arredamenti S.p.A.',
      'Che cosa fare: Niente: la fattura è emessa e consegnata.',
      'Presa in carico e controllata',
      'Inviata al Sistema di Interscambio',
      'PEC: Messaggio accettato dal gestore PEC',
      'PEC: Messaggio consegnato nella casella PEC di SdI',
      'SdI: Ricevuta di consegna (RC)',
      'Che cosa ha detto SdI:',
    ];
    const places = road.map((words) => text.indexOf(words));
    assert.deepEqual([places.includes(-1), places], [false, places.toSorted((a, b) => a - b)], text);
  });

  test('status of the wrong one names each error with its remedy, and that SdI has not seen it', async () => {
    const text = await statusOf(files[1]);
    assertInWords(text);
    assert.match(
      text,
      /Errore 00305 \(riga 36\): [^]*Rimedio: [^]*Errore 00421 \(riga 81\): [^]*Rimedio: Scrivere 99\.00/,
    );
    assert.doesNotMatch(text, /I file inviati a SdI/);
  });

  test('status of that to the public body tells the signature, and what the body may do or did', async () => {
    const text = await statusOf(files[2]);
    assertInWords(text);
    assert.match(text, /→ Comune di Provaglia[^]*Firmata \(.*\.xml\.p7m\)[^]*Ricevuta di consegna \(RC\)/);
    assert.match(
      text,
      /Che cosa fare: Niente(?: per ora: l’ente pubblico può accettarla o rifiutarla fino al|: attendere il pagamento)/,
    );
  });

  test('status of the foreign one says that it is issued and who gives the customer its copy, in English too', async () => {
    const text = await statusOf(files[3], '--lang', 'en');
    assertInWords(text);
    assert.match(text, /→ Probe Maschinenbau GmbH \(DE123456788\)/);
    assert.match(text, /Not delivered: the invoice is issued all the same\.[^]*to a customer abroad send a copy/);
  });
});
