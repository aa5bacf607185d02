// tools: the printed pages of docs/ are as the code says, and say it right.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { codeType } from '@staffetta/fatturapa/schema/code-type.ts';
import { block, one, optional, some } from '@staffetta/fatturapa/schema/schema.ts';
import { country } from '@staffetta/fatturapa/schema/text-types.ts';
import { allPages } from './pages/all-pages.ts';
import { errorsPage } from './pages/errors-page.ts';
import { fatturapaPage } from './pages/fatturapa-page.ts';
import { flowPage } from './pages/flow-page.ts';
import { bytesText, durationText, settingsPage } from './pages/settings-page.ts';
import { readTextOrNothing } from './repository.ts';

test('no printed page is stale', async () => {
  const stale = [...(await allPages())].filter(([path, text]) => readTextOrNothing(path) !== text);
  assert.deepEqual(
    stale.map(([path]) => `${path} is stale: run npm run docs`),
    [],
  );
});

suite('the flow page', () => {
  const saved = {
    topic: 'savedInvoice',
    from: ['dbmanager'],
    to: ['receiver', 'trusted systems'],
    key: 'invoiceId',
    message: { type: 'object' },
    moves: ['sent'],
    means: 'the outcome | of a save',
    givesUp: 'savedInvoice.DLT',
  } as const;
  const sent = {
    to: 'INTERNAL_INVOICE_SENT',
    from: ['INTERNAL_INVOICE_TOBE_SENT'],
    late: ['INTERNAL_INVOICE_DELIVERED'],
    means: "SMTP's 250",
  } as const;
  const statuses = ['INTERNAL_INVOICE_NEW', 'INTERNAL_INVOICE_TOBE_SENT', 'INTERNAL_INVOICE_SENT'];
  const text = flowPage({ savedInvoice: saved }, { sent }, [...statuses, 'INTERNAL_INVOICE_DELIVERED']);

  test('draws an arrow from each speaker to each listener', () => {
    assert.match(text, /^ {2}dbmanager -- savedInvoice --> receiver$/m);
    assert.match(text, /^ {2}dbmanager -- savedInvoice --> trusted_systems$/m);
    assert.match(text, /^ {2}trusted_systems\[trusted systems\]$/m);
  });

  test('keeps a bar in a text from splitting its cell', () => {
    assert.match(text, /\| the outcome \\\| of a save \|/);
  });

  test('says for each status what each event does', () => {
    assert.match(text, /\| `INTERNAL_INVOICE_NEW` \| ✗ \|/);
    assert.match(text, /\| `INTERNAL_INVOICE_TOBE_SENT` \| → SENT \|/);
    assert.match(text, /\| `INTERNAL_INVOICE_SENT` \| = \|/);
    assert.match(text, /\| `INTERNAL_INVOICE_DELIVERED` \| ∅ \|/);
  });
});

test('the errors page has a row for each code', () => {
  const text = errorsPage({ KEY_WRONG: { kind: 'unauthenticated', help: 'Send a valid key.' } });
  assert.match(text, /^\| `KEY_WRONG` \| unauthenticated \| Send a valid key\. \|$/m);
});

suite('the page of an invoice format', () => {
  const kind = codeType('TipoDocumento', { TD01: { it: 'Fattura', en: 'Invoice' } });
  const party = block(
    {
      Denominazione: optional(kind, 'Ditta', 'Firm'),
      Nome: optional(kind, 'Nome', 'First name'),
      Nazione: { ...one(country, 'Paese', 'Country'), emptyMeans: 'IT' },
    },
    [['Denominazione'], ['Nome']],
  );
  const schema = {
    root: 'Fattura',
    namespace: 'urn:f',
    versions: ['F1'],
    block: block({ Parte: some(party, 'Chi', 'Who') }),
  };
  const text = fatturapaPage('A format', 'fatturapa/schema/a.ts', schema);

  test('has a row for each element with its number, its times and what it is', () => {
    assert.match(text, /^\| 1 \| `Parte` \| 1\.\.N \| {2}\| Chi \| Who \|$/m);
    assert.match(
      text,
      /^\| 1\.1 \| `Denominazione` \| either \| \[TipoDocumento\]\(#tipodocumento\) \| Ditta \| Firm \|$/m,
    );
    assert.match(
      text,
      /^\| 1\.3 \| `Nazione` \| 1 \| country \| Paese \(vuoto vale IT\) \| Country \(empty means IT\) \|$/m,
    );
  });

  test('tells each type of text and each code once, in both languages', () => {
    assert.equal(text.split('### TipoDocumento').length, 2);
    assert.match(text, /^\| `TD01` \| Fattura \| Invoice \|$/m);
    assert.ok(text.includes(country.allowed.it) && text.includes(country.allowed.en));
  });
});

suite('the settings page', () => {
  const text = settingsPage([
    {
      title: 'receiver',
      settings: {
        retryDelays: {
          env: 'RETRY_DELAYS',
          kind: 'durationsMs',
          default: [500, 90_000],
          live: true,
          says: 'The waits.',
        },
        databaseUrl: { env: 'DATABASE_URL', kind: 'secret', default: 'hunter2', says: 'The database.' },
        offset: { env: 'OFFSET', kind: 'integer', default: 0, min: 0, max: 9, says: 'A shift.' },
        profile: { env: 'PROFILE', kind: 'text', choices: ['dev', 'production'], says: 'The switch.' },
      },
    },
  ]);

  test('shows kind, bounds, default, when a change counts and sentence', () => {
    assert.match(text, /^\| `RETRY_DELAYS` \| durations \| `500ms,90s` \| at once \| The waits\. \|$/m);
    assert.match(text, /^\| `OFFSET` \| integer from 0 to 9 \| `0` \| at a start \| A shift\. \|$/m);
    assert.match(text, /^\| `PROFILE` \| `dev`, `production` \| – \| at a start \| The switch\. \|$/m);
  });

  test('never shows a secret', () => {
    assert.ok(!text.includes('hunter2'));
  });

  test('writes durations and sizes as a setting is written', () => {
    assert.deepEqual([1, 1500, 60_000, 7_200_000, 86_400_000].map(durationText), ['1ms', '1500ms', '1m', '2h', '1d']);
    assert.deepEqual([100, 1024, 5 * 1024 ** 2].map(bytesText), ['100B', '1KiB', '5MiB']);
  });
});
