// fatturapa: daticert.xml, what a PEC provider certifies about a message (DM 2 November 2005, technical rules §7.4).
import { romeInstant } from '../notices/notice-time.ts';
import { XmlError } from '../read/xml-events.ts';
import { readXmlTree, type XmlNode } from '../read/xml-tree.ts';
import { readText } from '../read-text.ts';

/** What a provider certifies. Texts as they stand, without blanks around them. */
export interface Daticert {
  /** The whole file as text, as it came. */
  readonly xml: string;
  /** `accettazione`, `avvenuta-consegna`, `posta-certificata` … */
  readonly type: string;
  /** `nessuno`, `no-dest`, `no-dominio`, `virus` or `altro`. */
  readonly error?: string;
  /** The error in words (`errore-esteso`). */
  readonly errorText?: string;
  readonly sender?: string;
  readonly recipients: readonly { readonly address: string; readonly certified: boolean }[];
  readonly replyTo?: string;
  readonly subject?: string;
  readonly provider?: string;
  /** ISO 8601 in UTC. */
  readonly at?: string;
  /** The provider's own id of the message. */
  readonly id?: string;
  /** Message-ID that the sender gave, with its angle brackets. */
  readonly messageId?: string;
  /** Which mailbox it was or was not delivered to. */
  readonly deliveredTo?: string;
}

const bytesMax = 1024 * 1024;
const recipientsMax = 200;

function child(node: XmlNode | undefined, name: string): XmlNode | undefined {
  return node?.children.find(({ local }) => local === name);
}

function text(node: XmlNode | undefined, name: string): string | undefined {
  return child(node, name)?.text.trim() || undefined;
}

function attribute(node: XmlNode | undefined, name: string): string | undefined {
  return node?.attributes.find((one) => one.name === name)?.value.trim() || undefined;
}

/** `giorno` is DD/MM/YYYY, `ora` hh:mm:ss, `zona` +hhmm; without a zone Rome's clocks. */
function instantOf(data: XmlNode | undefined): string | undefined {
  const [, day, month, year] = /^(\d\d)\/(\d\d)\/(\d{4})$/.exec(text(data, 'giorno') ?? '') ?? [];
  const time = /^\d\d:\d\d:\d\d$/.exec(text(data, 'ora') ?? '')?.[0];
  if (day === undefined || time === undefined) return undefined;
  const wall = `${year}-${month}-${day}T${time}`;
  const [, hours, minutes] = /^([+-]\d\d):?(\d\d)$/.exec(attribute(data, 'zona') ?? '') ?? [];
  const instant = hours === undefined ? romeInstant(wall) : Date.parse(`${wall}${hours}:${minutes}`);
  return Number.isNaN(instant) ? undefined : new Date(instant).toISOString();
}

function recipientsOf(heading: XmlNode | undefined): Daticert['recipients'] {
  const nodes = heading?.children.filter(({ local }) => local === 'destinatari') ?? [];
  return nodes
    .slice(0, recipientsMax)
    .map((node) => ({ address: node.text.trim(), certified: attribute(node, 'tipo') === 'certificato' }));
}

function present<T extends object>(of: { readonly [K in keyof T]: T[K] | undefined }): { [K in keyof T]?: T[K] } {
  return Object.fromEntries(Object.entries(of).filter(([, value]) => value !== undefined)) as never;
}

function treeOf(xml: string): XmlNode | undefined {
  try {
    return readXmlTree(xml);
  } catch (error) {
    if (error instanceof XmlError) return undefined;
    throw error;
  }
}

/**
 * Reads daticert.xml.
 * @param bytes the file; its signature is that of the mail around it and is not verified here
 * @returns undefined where it is none
 */
export function readDaticert(bytes: Uint8Array): Daticert | undefined {
  if (bytes.length > bytesMax) return undefined;
  const file = readText(bytes);
  const root = file.ok ? treeOf(file.text) : undefined;
  const type = attribute(root, 'tipo');
  if (!file.ok || root?.local !== 'postacert' || type === undefined) return undefined;
  const [heading, data] = [child(root, 'intestazione'), child(root, 'dati')];
  const facts = present({
    error: attribute(root, 'errore'),
    errorText: text(data, 'errore-esteso'),
    sender: text(heading, 'mittente'),
    replyTo: text(heading, 'risposte'),
    subject: text(heading, 'oggetto'),
    provider: text(data, 'gestore-emittente'),
    at: instantOf(child(data, 'data')),
    id: text(data, 'identificativo'),
    messageId: text(data, 'msgid'),
    deliveredTo: text(data, 'consegna'),
  });
  return { xml: file.text, type: type.toLowerCase(), recipients: recipientsOf(heading), ...facts };
}
