// dbmanager: the rule of in whose name a customer issues: its own, by its fiscal profile, or another's as its intermediary. Pure.
import type { Envelope, Party } from '@staffetta/fatturapa/envelope.ts';
import type { DocumentFinding } from '@staffetta/fatturapa/finding.ts';
import { placeInJson } from './compose-request.ts';
import { partyId } from './document-rows.ts';
import type { IssuerId } from './fiscal-profiles.ts';
import { refusedJson, type IncomingRequest } from './incoming-request.ts';
import type { IssuerRule } from './issuer-rule.ts';

/** Documents that the buyer writes in the supplier's stead (domain 1.2; TD21 and TD27 have one party only). */
const byBuyer = new Set('TD16 TD17 TD18 TD19 TD20 TD22 TD23 TD28 TD29'.split(' '));

function isOne(party: Party, ids: readonly IssuerId[]): boolean {
  const id = partyId(party);
  const taxCode = party.codiceFiscale?.toUpperCase();
  return ids.some((own) => own.vatId === id || (taxCode !== undefined && own.taxCode === taxCode));
}

/** Everybody who may have written a document; the first is who it is mostly. */
function writersOf({ supplier, customer, intermediary, writtenBy, bodies }: Envelope): Party[] {
  const isBuyers = writtenBy === 'CC' || bodies.some(({ tipoDocumento }) => byBuyer.has(tipoDocumento ?? ''));
  return [isBuyers ? customer : supplier, supplier, ...(writtenBy === 'TZ' && intermediary ? [intermediary] : [])];
}

function notYours(writer: Party, isBuyers: boolean, severity: DocumentFinding['severity']): DocumentFinding {
  const id = partyId(writer) ?? '';
  const block = isBuyers ? 'CessionarioCommittente' : 'CedentePrestatore';
  const name = writer.name === undefined ? id : `${writer.name} (${id})`;
  return {
    code: 'NOT_YOUR_INVOICE',
    severity,
    path: `FatturaElettronicaHeader/${block}`,
    value: id,
    message: {
      it: `Chi emette questo documento è ${name}, che non corrisponde al profilo fiscale di questo cliente.`,
      en: `Who issues this document is ${name}, which is not who the fiscal profile of this customer names.`,
    },
    fix: {
      it: "Correggere chi emette, o inviare con la chiave del suo cliente; l'intermediario che emette per conto di altri lo dichiara con TerzoIntermediarioOSoggettoEmittente e SoggettoEmittente TZ.",
      en: 'Correct who issues, or send it with the key of its customer; an intermediary that issues for others says so by TerzoIntermediarioOSoggettoEmittente and SoggettoEmittente TZ.',
    },
  };
}

function findingOf(envelope: Envelope, customerId: number, ids: readonly IssuerId[], rule: IssuerRule) {
  const own = ids.filter((id) => id.customerId === customerId);
  const writers = writersOf(envelope);
  const [writer] = writers;
  if (!writer || partyId(writer) === null || writers.some((one) => isOne(one, own))) return undefined;
  const isNeighbours = isOne(writer, ids);
  if (!isNeighbours && own.length === 0) return undefined;
  const answer = isNeighbours ? rule.neighbour : rule.stranger;
  if (answer === 'off') return undefined;
  return notYours(writer, writer === envelope.customer, answer === 'refuse' ? 'error' : 'warning');
}

/**
 * Judges in whose name an invoice is issued. A customer without a profile may issue for whoever is no other customer of the hub.
 * @param request an internal one that is right so far; all others stay as they are
 * @param ids under which its customer issues, and who else of the hub has the ids that the document names
 * @param rule what is done
 * @returns the request, with what is to be said against it
 */
export function checkIssuer(request: IncomingRequest, ids: readonly IssuerId[], rule: IssuerRule): IncomingRequest {
  const { kind, check, event } = request;
  if (kind !== 'internal' || !check.valid) return request;
  const { customerId } = event.message.customer;
  const findings = check.documents.flatMap(({ envelope, name }) => {
    const found = envelope && findingOf(envelope, customerId, ids, rule);
    return found ? [{ ...found, ...(name !== undefined && check.fileKind === 'zip' && { file: name }) }] : [];
  });
  if (findings.length === 0) return request;
  const valid = findings.every(({ severity }) => severity !== 'error');
  const json = event.message.document;
  const placed = json ? findings.map((one) => ({ ...one, path: placeInJson(one.path ?? '', json) })) : findings;
  const judged = { ...request, check: { ...check, valid, findings: [...check.findings, ...placed] } };
  return valid ? judged : refusedJson(judged);
}
