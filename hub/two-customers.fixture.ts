// hub: for its tests: two customers of a whole hub, each with all that a customer can have; what is the second's carries marks.
import { writeNotice } from '@staffetta/fatturapa/notices/write-notice.ts';
import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Got, WholeHub } from './whole-hub.fixture.ts';

/** A word that stands in everything of the second customer, and nowhere else. */
export const mark = 'betamark';

/** An invoice of a customer, with the ids of what belongs to it. */
export interface OwnedInvoice {
  readonly number: number;
  readonly id: string;
  readonly transmissions: readonly string[];
  readonly notices: readonly string[];
  /** The names of the files that were sent. */
  readonly files: readonly string[];
}

/** A customer with its key and what is its own. */
export interface Customer {
  readonly customerId: number;
  readonly key: string;
  readonly keyId: string;
  readonly username: string;
  readonly vatNumber: string;
  readonly register: string;
  readonly invoices: readonly OwnedInvoice[];
}

/** What the two differ in. */
export interface Sketch {
  readonly customerId: number;
  /** Stands in all texts. */
  readonly word: string;
  readonly vat: string;
  /** A number for SdI's own ids. */
  readonly sdiId: string;
}

const aruba = { 'x-api-key': 'aruba-secret-token' };
const json = { 'content-type': 'application/json' };

/** The document that a customer issues; it carries an attachment. */
export function issuedXml({ word, vat }: Pick<Sketch, 'word' | 'vat'>, number: string, reason = ''): string {
  const causale = `<Causale>${word} ${reason}</Causale>`;
  return `<?xml version="1.0" encoding="UTF-8"?><p:FatturaElettronica versione="FPR12"
 xmlns:p="http://ivaservizi.agenziaentrate.gov.it/docs/xsd/fatture/v1.2"><FatturaElettronicaHeader><DatiTrasmissione>
<IdTrasmittente><IdPaese>IT</IdPaese><IdCodice>${vat}</IdCodice></IdTrasmittente><ProgressivoInvio>1</ProgressivoInvio>
<FormatoTrasmissione>FPR12</FormatoTrasmissione><CodiceDestinatario>ABC1234</CodiceDestinatario></DatiTrasmissione>
<CedentePrestatore><DatiAnagrafici><IdFiscaleIVA><IdPaese>IT</IdPaese><IdCodice>${vat}</IdCodice></IdFiscaleIVA>
<Anagrafica><Denominazione>${word} S.r.l.</Denominazione></Anagrafica><RegimeFiscale>RF01</RegimeFiscale></DatiAnagrafici>
<Sede><Indirizzo>Via ${word} 1</Indirizzo><CAP>00100</CAP><Comune>Roma</Comune><Nazione>IT</Nazione></Sede></CedentePrestatore>
<CessionarioCommittente><DatiAnagrafici><IdFiscaleIVA><IdPaese>IT</IdPaese><IdCodice>07654321095</IdCodice></IdFiscaleIVA>
<Anagrafica><Denominazione>Bianchi S.p.A.</Denominazione></Anagrafica></DatiAnagrafici><Sede><Indirizzo>Viale 7</Indirizzo>
<CAP>16121</CAP><Comune>Genova</Comune><Nazione>IT</Nazione></Sede></CessionarioCommittente></FatturaElettronicaHeader>
<FatturaElettronicaBody><DatiGenerali><DatiGeneraliDocumento><TipoDocumento>TD01</TipoDocumento><Divisa>EUR</Divisa>
<Data>2026-11-20</Data><Numero>${number}</Numero><ImportoTotaleDocumento>122.00</ImportoTotaleDocumento>${causale}
</DatiGeneraliDocumento></DatiGenerali><DatiBeniServizi><DettaglioLinee><NumeroLinea>1</NumeroLinea>
<Descrizione>${word}</Descrizione><PrezzoUnitario>100.00</PrezzoUnitario><PrezzoTotale>100.00</PrezzoTotale>
<AliquotaIVA>22.00</AliquotaIVA></DettaglioLinee><DatiRiepilogo><AliquotaIVA>22.00</AliquotaIVA>
<ImponibileImporto>100.00</ImponibileImporto><Imposta>22.00</Imposta></DatiRiepilogo></DatiBeniServizi>
<Allegati><NomeAttachment>${word}.txt</NomeAttachment><Attachment>${Buffer.from(`${word} within`).toString('base64')}</Attachment>
</Allegati></FatturaElettronicaBody></p:FatturaElettronica>`;
}

/** The profile of a customer. */
export function profileOf({ word, vat }: Pick<Sketch, 'word' | 'vat'>) {
  return {
    name: `${word} S.r.l.`,
    vatNumber: `IT${vat}`,
    taxRegime: 'RF01',
    address: { street: `Via ${word} 1`, postcode: '00100', city: 'Roma', province: 'RM' },
    recipientCode: 'ABC1234',
    pec: `${word}@pec.example`,
  };
}

const shortDocument = {
  customer: {
    name: 'Studio Neri Associati',
    vatNumber: 'IT11223344554',
    recipientCode: 'ABC1234',
    address: { street: 'Viale 7', postcode: '20121', city: 'Milano', province: 'MI' },
  },
  lines: [{ description: 'Guarnizioni', quantity: 12, price: 1.35, vatRate: 22 }],
};

/** An invoice that SdI brought to a customer, who is a public body and may answer. */
function broughtXml(sketch: Sketch): string {
  return issuedXml({ ...sketch, vat: '01234567897' }, `${sketch.word}-brought`)
    .replaceAll('FPR12', 'FPA12')
    .replace('<CodiceDestinatario>ABC1234', '<CodiceDestinatario>UFABC1');
}

class Maker {
  readonly #hub: WholeHub;
  readonly #sketch: Sketch;

  constructor(hub: WholeHub, sketch: Sketch) {
    this.#hub = hub;
    this.#sketch = sketch;
  }

  async do(method: string, path: string, body: unknown, status = 200): Promise<Record<string, unknown>> {
    const asked = { method, path, headers: { ...aruba, ...json }, body: JSON.stringify(body) };
    const answer: Got = await this.#hub.ask(asked);
    assert.equal(answer.status, status, `${method} ${path}: ${answer.bytes.toString()}`);
    return JSON.parse(answer.bytes.toString()) as Record<string, unknown>;
  }

  async customer(register: string): Promise<void> {
    const { customerId, word, sdiId } = this.#sketch;
    const own = `/dbmanager/api/customers/${customerId}`;
    await this.do('PUT', own, { username: `${word}-user`, email: `${word}@example.it` });
    await this.do('PUT', `${own}/profile`, profileOf(this.#sketch));
    await this.do('PUT', `${own}/registers/${register}`, { format: '{register}/{n}/{year}' });
    await this.do('PUT', `${own}/recapito`, {
      recipientCodes: [`UF${sdiId.slice(0, 4)}`],
      pecs: [`${word}@altra.example`],
    });
    await this.do('PUT', `${own}/callback`, { url: this.#callback(), onDetail: true });
  }

  async invoices(): Promise<void> {
    const { word } = this.#sketch;
    await this.#send({ invoice: issuedXml(this.#sketch, `${word}-1`), callback: this.#callback() });
    await this.#send({ invoice: issuedXml(this.#sketch, `${word}-2`, 'SDI:SCARTO 00404 00311') });
    await this.#send({ invoice: issuedXml(this.#sketch, `${word}-3`, 'SDI:SCARTO 00311') });
    await this.#send({ invoice: '<wrong/>' });
    await this.#send({ document: { ...shortDocument, notes: word } });
    await this.#bring();
  }

  #callback(): string {
    return `http://127.0.0.1:${this.#hub.sandbox.pagePort}/callbacks/${this.#sketch.word}`;
  }

  async #send(what: Record<string, unknown>): Promise<void> {
    const { customerId, word } = this.#sketch;
    await this.do(
      'POST',
      '/receiver/api/salvaFatturaInterna',
      { customer: { customerId }, fileName: `${word}.xml`, ...what },
      202,
    );
  }

  async #bring(): Promise<void> {
    const { customerId, word, sdiId } = this.#sketch;
    const fileName = `IT01234567897_${sdiId.slice(-5)}.xml`;
    const object = {
      IdentificativoSdI: sdiId,
      NomeFile: fileName,
      Formato: 'FPA12',
      TentativiInvio: '1',
      MessageId: sdiId,
      CodiceDestinatario: 'UFABC1',
    };
    const metadata = writeNotice({ family: 'PA', kind: 'MT', object }).toString('base64');
    const file = Buffer.from(broughtXml(this.#sketch)).toString('base64');
    const body = { customer: { customerId }, file, fileName, metadata, metadataName: `${word}_MT_001.xml` };
    await this.do('POST', '/receiver/api/salvaFatturaEsterna', body, 202);
  }
}

/** The rows of a query as they are. */
export async function rowsOf(hub: WholeHub, text: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
  return (await hub.world.store.query({ text, values })).rows;
}

/** Waits until a customer's invoices are where they are going to stay: SdI spoke of all that went to it, and all was told. */
async function settled(hub: WholeHub, customerId: number): Promise<void> {
  const text = `SELECT
    (SELECT count(*) FROM dbmanager.invoice WHERE customer_id = $1)::int AS invoices,
    (SELECT count(*) FROM dbmanager.notice n JOIN dbmanager.invoice_transmission t USING (transmission_id)
      JOIN dbmanager.invoice i ON i.invoice_id = t.invoice_id WHERE i.customer_id = $1)::int AS notices,
    (SELECT count(*) FROM dbmanager.pec_receipt r JOIN dbmanager.invoice_transmission t USING (transmission_id)
      JOIN dbmanager.invoice i ON i.invoice_id = t.invoice_id WHERE i.customer_id = $1)::int AS receipts,
    (SELECT count(*) FROM receiver.pending_callbacks WHERE state = 'pending')::int AS owed,
    (SELECT count(*) FROM receiver.waiters WHERE closed_at IS NULL)::int AS waiting`;
  const end = performance.now() + 20_000;
  for (;;) {
    const [now] = await rowsOf(hub, text, [customerId]);
    if (isDeepStrictEqual(now, { invoices: 6, notices: 4, receipts: 8, owed: 0, waiting: 0 })) return;
    assert.ok(performance.now() < end, `customer ${customerId} is not settled: ${JSON.stringify(now)}`);
    await sleep(50);
  }
}

const ownedText = `SELECT i.invoice_number AS number, i.invoice_id AS id,
    array(SELECT t.transmission_id::text FROM dbmanager.invoice_transmission t WHERE t.invoice_id = i.invoice_id) AS transmissions,
    array(SELECT n.notice_id::text FROM dbmanager.notice n LEFT JOIN dbmanager.invoice_transmission t USING (transmission_id)
      WHERE i.invoice_id IN (n.invoice_id, t.invoice_id)) AS notices,
    array(SELECT s.file_name FROM dbmanager.transmission s JOIN dbmanager.invoice_transmission t USING (transmission_id)
      WHERE t.invoice_id = i.invoice_id) AS files
  FROM dbmanager.invoice i WHERE i.customer_id = $1 ORDER BY i.invoice_number`;

async function invoicesOf(hub: WholeHub, customerId: number): Promise<OwnedInvoice[]> {
  return (await hub.world.store.query<OwnedInvoice>({ text: ownedText, values: [customerId] })).rows;
}

/** Makes a customer with all that it can have. */
export async function makeCustomer(hub: WholeHub, sketch: Sketch): Promise<Customer> {
  const { customerId, word, vat } = sketch;
  // Whoever names its own register like the other's has nothing of the other: no mark in it.
  const register = `R${customerId}`;
  const maker = new Maker(hub, sketch);
  await maker.customer(register);
  const made = await maker.do('POST', '/gateway/api/keys', { name: `${word} key`, role: 'CUSTOMER', customerId }, 201);
  await maker.invoices();
  await settled(hub, customerId);
  const invoices = await invoicesOf(hub, customerId);
  const names = { username: `${word}-user`, vatNumber: `IT${vat}`, register };
  return { customerId, key: String(made['key']), keyId: String(made['keyId']), ...names, invoices };
}
