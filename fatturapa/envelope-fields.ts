// fatturapa: the few elements that the hub itself needs from a document, and where the two formats keep them.

/** A party of the document, as far as it says who it is. */
export interface Party {
  name?: string;
  idPaese?: string;
  idCodice?: string;
  codiceFiscale?: string;
}

/** One body of a lot: the figures that identify a document. Texts as they stand in the XML, trimmed. */
export interface EnvelopeBody {
  tipoDocumento?: string;
  divisa?: string;
  data?: string;
  numero?: string;
  importoTotaleDocumento?: string;
}

/** What stands on the outside of a document. */
export interface Envelope {
  format: 'ordinary' | 'simplified';
  versione?: string;
  transmitter: { idPaese?: string; idCodice?: string };
  progressivoInvio?: string;
  codiceDestinatario?: string;
  pecDestinatario?: string;
  supplier: Party;
  customer: Party;
  bodies: EnvelopeBody[];
}

/** The texts of a document by field name, as the reader collects them. */
export type FieldTexts = Record<string, string | undefined>;

/** An element that leads to wanted texts: its children, the field that its own text fills, and whether it opens a body. */
export interface FieldNode {
  readonly children: Map<string, FieldNode>;
  field?: string;
  opensBody: boolean;
}

const header = 'FatturaElettronicaHeader/';
const general = 'FatturaElettronicaBody/DatiGenerali/DatiGeneraliDocumento/';

const parties = {
  [`${header}CedentePrestatore/DatiAnagrafici/IdFiscaleIVA/`]: ['supplier', ['IdPaese', 'IdCodice']],
  [`${header}CedentePrestatore/DatiAnagrafici/`]: ['supplier', ['CodiceFiscale']],
  [`${header}CedentePrestatore/DatiAnagrafici/Anagrafica/`]: ['supplier', ['Denominazione', 'Nome', 'Cognome']],
  [`${header}CedentePrestatore/IdFiscaleIVA/`]: ['supplier', ['IdPaese', 'IdCodice']],
  [`${header}CedentePrestatore/`]: ['supplier', ['CodiceFiscale', 'Denominazione', 'Nome', 'Cognome']],
  [`${header}CessionarioCommittente/DatiAnagrafici/IdFiscaleIVA/`]: ['customer', ['IdPaese', 'IdCodice']],
  [`${header}CessionarioCommittente/DatiAnagrafici/`]: ['customer', ['CodiceFiscale']],
  [`${header}CessionarioCommittente/DatiAnagrafici/Anagrafica/`]: ['customer', ['Denominazione', 'Nome', 'Cognome']],
  [`${header}CessionarioCommittente/IdentificativiFiscali/IdFiscaleIVA/`]: ['customer', ['IdPaese', 'IdCodice']],
  [`${header}CessionarioCommittente/IdentificativiFiscali/`]: ['customer', ['CodiceFiscale']],
  [`${header}CessionarioCommittente/AltriDatiIdentificativi/`]: ['customer', ['Denominazione', 'Nome', 'Cognome']],
  [`${header}DatiTrasmissione/IdTrasmittente/`]: ['transmitter', ['IdPaese', 'IdCodice']],
  [`${header}DatiTrasmissione/`]: ['transmission', ['ProgressivoInvio', 'CodiceDestinatario', 'PECDestinatario']],
  [general]: ['body', ['TipoDocumento', 'Divisa', 'Data', 'Numero', 'ImportoTotaleDocumento']],
} as const satisfies Record<string, readonly [string, readonly string[]]>;

function newNode(): FieldNode {
  return { children: new Map(), opensBody: false };
}

function nodeAt(root: FieldNode, path: string): FieldNode {
  let node = root;
  for (const name of path.split('/')) {
    const next = node.children.get(name) ?? newNode();
    node.children.set(name, next);
    node = next;
  }
  return node;
}

function buildTree(): FieldNode {
  const root = newNode();
  for (const [place, [group, names]] of Object.entries(parties)) {
    for (const name of names) nodeAt(root, `${place}${name}`).field = `${group}.${name}`;
  }
  nodeAt(root, 'FatturaElettronicaBody').opensBody = true;
  return root;
}

/** The tree of wanted elements below the document's root, for both formats at once. */
export const wantedFields: FieldNode = buildTree();

/** Sets the given properties that are not empty. */
function filled<T extends object>(of: { [K in keyof T]?: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(of).filter(([, value]) => value !== undefined && value !== '')) as T;
}

function partyOf(texts: FieldTexts, group: 'supplier' | 'customer'): Party {
  const person = [texts[`${group}.Nome`], texts[`${group}.Cognome`]].filter((part) => part).join(' ');
  return filled<Party>({
    name: texts[`${group}.Denominazione`] || person,
    idPaese: texts[`${group}.IdPaese`],
    idCodice: texts[`${group}.IdCodice`],
    codiceFiscale: texts[`${group}.CodiceFiscale`],
  });
}

function bodyOf(texts: FieldTexts): EnvelopeBody {
  return filled<EnvelopeBody>({
    tipoDocumento: texts['body.TipoDocumento'],
    divisa: texts['body.Divisa'],
    data: texts['body.Data'],
    numero: texts['body.Numero'],
    importoTotaleDocumento: texts['body.ImportoTotaleDocumento'],
  });
}

/**
 * Puts the collected texts together.
 * @param format which of the two formats the root named
 * @param versione the root's attribute
 * @param texts the header's texts by field
 * @param bodies the texts of each body by field
 */
export function envelopeOf(
  format: Envelope['format'],
  versione: string | undefined,
  texts: FieldTexts,
  bodies: readonly FieldTexts[],
): Envelope {
  const outside = filled<Pick<Envelope, 'versione' | 'progressivoInvio' | 'codiceDestinatario' | 'pecDestinatario'>>({
    versione,
    progressivoInvio: texts['transmission.ProgressivoInvio'],
    codiceDestinatario: texts['transmission.CodiceDestinatario'],
    pecDestinatario: texts['transmission.PECDestinatario'],
  });
  return {
    format,
    ...outside,
    transmitter: filled({ idPaese: texts['transmitter.IdPaese'], idCodice: texts['transmitter.IdCodice'] }),
    supplier: partyOf(texts, 'supplier'),
    customer: partyOf(texts, 'customer'),
    bodies: bodies.map(bodyOf),
  };
}
