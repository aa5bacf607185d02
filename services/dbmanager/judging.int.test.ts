// dbmanager: large documents are judged aside: the same judgement, everything else goes on, and one that cannot be judged fails alone.
import { judgeAtOnce } from '@staffetta/fatturapa/check-aside.ts';
import { signCades } from '@staffetta/fatturapa/signature/cades.ts';
import { madeKey } from '@staffetta/fatturapa/signature/keys.fixture.ts';
import { systemClock, turnableClock } from '@staffetta/platform/clock.ts';
import { viewOf } from '@staffetta/platform/config/live-settings.ts';
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import type { TestWorld } from '@staffetta/platform/test-world.ts';
import { optionsOf, preparedWorld, publishedOn } from './dbmanager.fixture.ts';
import { documentOf, eventOf, incoming } from './events.fixture.ts';
import { composeRequest } from './compose-request.ts';
import { readIssuers } from './fiscal-profiles.ts';
import { readIncoming } from './incoming-request.ts';
import { judgingWith, openAskedJudging, openJudging, type Judging, type OpenJudging } from './judging.ts';
import { takeInvoices } from './on-incoming-invoice.ts';

let world: TestWorld;
const open: OpenJudging[] = [];
before(async () => {
  world = await preparedWorld();
});
after(async () => {
  await Promise.all(open.map((judging) => judging.close()));
  await world.end();
});

function judgingOf(changes: Partial<ReturnType<typeof optionsOf>['checking']>, clock = systemClock) {
  const options = optionsOf();
  const judging = openJudging({ ...options, checking: { ...options.checking, ...changes } }, clock);
  open.push(judging);
  return judging.judging;
}

function lotOf(bodies: number, name = 'J'): string {
  return documentOf(Array.from({ length: bodies }, (_, place) => `${name}/${place}`));
}

test('a judgement is the same at once and aside', async () => {
  const clock = turnableClock(new Date('2026-11-25T12:00:00Z'));
  const aside = judgingOf({ checkAsideBytes: 0 }, { now: () => new Date('2026-11-25T12:00:00Z') });
  const atOnce = judgingWith(optionsOf(), clock, judgeAtOnce);
  for (const text of [lotOf(3), lotOf(2).replace('22.00</Imposta>', '23.00</Imposta>'), '<no/>', '']) {
    for (const kind of ['internal', 'external'] as const) {
      assert.deepEqual(await aside(Buffer.from(text), kind), await atOnce(Buffer.from(text), kind));
    }
  }
});

test('how strictly, how much and from which size aside changes between two judgements', async () => {
  const wrong = Buffer.from(lotOf(6).replaceAll('22.00</Imposta>', '23.00</Imposta>'));
  let now = optionsOf();
  const opened = [
    openJudging(
      viewOf(() => now),
      systemClock,
    ),
    openAskedJudging(
      viewOf(() => now),
      systemClock,
    ),
  ];
  open.push(...opened);
  const counts = async () =>
    Promise.all(opened.map(async ({ judging }) => (await judging(wrong, 'internal')).findings.length));
  const [all = 0] = await counts();
  assert.ok(all > 3, `${all} findings`);
  const { checking } = now;
  now = { ...now, checking: { ...checking, findingsMax: 1 } };
  const [few = 0, asFew] = await counts();
  assert.ok(few < all && few === asFew, `${few} and ${asFew} findings`);
  now = { ...now, checking: { ...checking, checkAsideBytes: 0 } };
  assert.deepEqual(await counts(), [all, all]);
  now = { ...now, checking: { ...checking, checkAsideBytes: 0, checkTimeoutMs: 1, checkAnswerMs: 1 } };
  for (const { judging } of opened) {
    assert.equal(judging.aside?.aboveBytes, 0);
    await assert.rejects(async () => judging(Buffer.from(lotOf(1000)), 'internal'), { code: 'WORK_BROKE_OFF' });
  }
});

test('while a large document is judged, everything else has its turn', async () => {
  const judging = judgingOf({});
  let turns = 0;
  let done = false;
  const judged = Promise.resolve(judging(Buffer.from(lotOf(1000)), 'internal')).finally(() => (done = true));
  while (!done) {
    await setImmediate();
    turns += 1;
  }
  assert.equal((await judged).documents[0]?.envelope?.bodies.length, 1000);
  assert.ok(turns > 1, `${turns} turns`);
});

test('a document whose judgement breaks off fails alone, to be tried again; its batch is stored', async () => {
  const judging = judgingOf({ checkAsideBytes: 100_000, checkTimeoutMs: 1 });
  const [small, large, last] = [incoming(), incoming({ invoice: lotOf(1000) }), incoming()];
  const failed = await takeInvoices(world, optionsOf(), judging)([small, large, last], new AbortController().signal);
  assert.deepEqual(
    failed?.map(({ event, error }) => [event, (error as { code?: string; kind?: string }).kind]),
    [[large, 'temporary']],
  );
  const saved = await publishedOn(world, 'savedInvoice');
  for (const { eventId } of [small, last]) assert.ok(saved.some(({ causationId }) => causationId === eventId));
  await takeInvoices(world, optionsOf())([large], new AbortController().signal);
  const again = (await publishedOn(world, 'savedInvoice')).find(({ causationId }) => causationId === large.eventId);
  assert.equal(again?.value['invoiceStatus'], 'INTERNAL_INVOICE_TOBE_SENT');
});

test('with trust anchors a signer of another authority is 00104; without any, nobody asks', async () => {
  const [own, other] = [madeKey('EC'), madeKey('EC')];
  const signed = await signCades(Buffer.from(documentOf(['T/1'])), own, { at: new Date(Date.now() - 60_000) });
  const codesWith = async (trustAnchors: readonly string[] | undefined, aside: number) => {
    const judging = judgingOf({ trustAnchors, checkAsideBytes: aside });
    return (await judging(signed, 'internal')).findings.map(({ code, severity }) => `${code} ${severity}`);
  };
  for (const aside of [0, 1_000_000]) {
    assert.deepEqual(await codesWith(undefined, aside), []);
    assert.deepEqual(await codesWith([own.certificatePem], aside), []);
    assert.deepEqual(await codesWith([other.certificatePem], aside), ['00104 error']);
  }
});

function jsonOf(bodies: number) {
  const lines = Array.from({ length: 8 }, (_, at) => ({
    NumeroLinea: String(at + 1),
    Descrizione: 'Riparazione',
    PrezzoUnitario: '10.00',
    AliquotaIVA: '22.00',
  }));
  const body = (at: number) => ({
    DatiGenerali: {
      DatiGeneraliDocumento: { TipoDocumento: 'TD01', Divisa: 'EUR', Data: '2025-11-22', Numero: `W/${at}` },
    },
    DatiBeniServizi: { DettaglioLinee: lines },
  });
  const buyer = {
    DatiAnagrafici: {
      IdFiscaleIVA: { IdPaese: 'IT', IdCodice: '07654321095' },
      Anagrafica: { Denominazione: 'Bianchi S.p.A.' },
    },
    Sede: { Indirizzo: 'Viale 7', CAP: '16121', Comune: 'Genova', Provincia: 'GE', Nazione: 'IT' },
  };
  return {
    FatturaElettronicaHeader: { CessionarioCommittente: buyer },
    FatturaElettronicaBody: Array.from({ length: bodies }, (_, at) => body(at)),
  };
}

test('a JSON document becomes the same file with the same judgement at once and aside', async () => {
  const at = new Date('2026-11-25T12:00:00Z');
  const aside = judgingOf({ checkAsideBytes: 0 }, { now: () => at });
  const atOnce = judgingWith(optionsOf(), turnableClock(at), judgeAtOnce);
  const issuer = (await readIssuers(world.store, [4])).get(4);
  const wrong = { ...jsonOf(1), FatturaElettronicaBody: [{}] };
  for (const json of [jsonOf(2), wrong, { lines: 'none' }]) {
    const sent = { json, text: JSON.stringify(json) };
    const one = await composeRequest(sent, issuer, optionsOf(), at, aside);
    assert.deepEqual(one, await composeRequest(sent, issuer, optionsOf(), at, atOnce));
    const { check } = await composeRequest({ ...sent, judgedOnly: true }, issuer, optionsOf(), at, aside);
    assert.deepEqual(check, one.check);
  }
});

test('a large JSON document that is sent is composed and judged aside, and nothing of it here', async () => {
  const { aside } = judgingOf({});
  const judgedHere = () => assert.fail('it was judged in the thread of the heartbeats');
  const judging: Judging = Object.assign(judgedHere, { ...(aside && { aside }) });
  const { invoice: _invoice, ...message } = incoming({ document: jsonOf(600), customer: { customerId: 4 } }).message;
  const event = eventOf('incomingInvoice', message.invoiceId, message);
  const issuer = (await readIssuers(world.store, [4])).get(4);
  const { check, file } = await readIncoming(event, judging, (sent) =>
    composeRequest(sent, issuer, optionsOf(), systemClock.now(), judging),
  );
  assert.equal(check.envelope?.bodies.length, 600);
  assert.ok(file && file.draft.length > 600_000);
});

test('questions have a bounded queue of their own, and wait for no invoice', async () => {
  const options = optionsOf();
  const checking = { ...options.checking, checkAsideBytes: 0, checkWorkers: 1, checkQueueMax: 1 };
  const asked = openAskedJudging({ ...options, checking }, systemClock);
  const saga = openJudging({ ...options, checking }, systemClock);
  open.push(asked, saga);
  const bytes = Buffer.from(lotOf(300));
  const taken = Array.from({ length: 4 }, () => Promise.resolve(asked.judging(bytes, 'internal')));
  const answers = await Promise.allSettled(taken);
  assert.deepEqual(
    answers.map((one) => (one.status === 'fulfilled' ? one.value.valid : (one.reason as { code: string }).code)),
    [true, true, 'TOO_MANY_REQUESTS', 'TOO_MANY_REQUESTS'],
  );
  const sent = await Promise.all(Array.from({ length: 4 }, async () => saga.judging(bytes, 'internal')));
  assert.equal(sent.filter(({ valid }) => valid).length, 4);
});

test('a question is judged by its document, and by the name that it has, whatever is asked of what is stored', async () => {
  const asked = openAskedJudging(optionsOf({ validation: 'customer' }), systemClock);
  open.push(asked);
  const codesOf = async (text: string, name: string) =>
    (await asked.judging(Buffer.from(text), 'internal', name)).findings.map(
      ({ code, severity }) => `${code} ${severity}`,
    );
  assert.deepEqual(await codesOf(lotOf(1), 'fattura.xml.p7m'), ['FILE_KIND warning']);
  assert.deepEqual(await codesOf('<no/>', 'fattura.xml'), ['00200 error']);
});
