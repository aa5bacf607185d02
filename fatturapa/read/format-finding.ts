// fatturapa: the sentences of 00200, the finding of a file that does not conform to SdI's schema.
import type { Sentence } from '../finding.ts';
import type { TextType } from '../schema/schema.ts';

/** A format error as it is found: where it is by offset; line and column come later, only where there is something to tell. */
export interface FormatError {
  readonly path: string;
  readonly offset: number;
  readonly value?: string;
  readonly message: Sentence;
  readonly fix: Sentence;
}

/** The part of a format error that says what is wrong. */
export type Complaint = Omit<FormatError, 'path' | 'offset'>;

const valueLengthMax = 80;

/**
 * Cuts a value to what a person wants to see of it.
 * @param value as found
 */
export function shown(value: string): string {
  return value.length > valueLengthMax ? `${value.slice(0, valueLengthMax)}…` : value;
}

const oddCharacters: readonly (readonly [RegExp, string, Sentence])[] = [
  [/[\u2018\u2019\u201a\u201b]/, "'", { it: "l'apostrofo tipografico", en: 'the typographic apostrophe' }],
  [/[\u201c\u201d\u201e\u201f]/, '"', { it: 'le virgolette tipografiche', en: 'the typographic quotes' }],
  [/[\u2010-\u2015\u2212]/, '-', { it: 'la lineetta', en: 'the long dash' }],
  [/\u20ac/, 'EUR', { it: "il simbolo dell'euro", en: 'the euro sign' }],
  [/\u2026/, '...', { it: 'i puntini di sospensione in un solo carattere', en: 'the one-character ellipsis' }],
  [/\u2022/, '-', { it: 'il punto elenco', en: 'the bullet' }],
  [/\u2122/, '(TM)', { it: 'il simbolo del marchio', en: 'the trade mark sign' }],
];

/** Past this many odd characters the rest is only counted: a text in another alphabet has hundreds. */
const oddCharactersMax = 8;

interface OddCharacter {
  readonly named: Sentence;
  readonly fix: Sentence;
}

function oddCharacter(odd: string): OddCharacter {
  const code = `U+${(odd.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
  const known = oddCharacters.find(([form]) => form.test(odd));
  const what = known?.[2] ?? { it: 'il carattere', en: 'the character' };
  const instead = known?.[1];
  return {
    named: { it: `${what.it} ${odd} (${code})`, en: `${what.en} ${odd} (${code})` },
    fix:
      instead === undefined
        ? { it: `togliere ${odd} o scriverlo con lettere latine`, en: `remove ${odd}, or write it in Latin letters` }
        : { it: `scrivere ${instead} al posto di ${odd}`, en: `write ${instead} in place of ${odd}` },
  };
}

function listed(parts: readonly string[], and: string): string {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} ${and} ${parts.at(-1)}`;
}

function sentenceOf(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

/** Names each different character that the alphabet of the type lacks, with what to write in its place. */
function oddCharactersIn(value: string, type: TextType): OddCharacter | undefined {
  // A type that takes letters of any alphabet refuses the value for another reason.
  if (type.sense !== 'text' || type.codes || type.accepts('\u20ac')) return undefined;
  const different = [...new Set(value.match(/[^\0-\u00ff]/gu))];
  if (different.length === 0) return undefined;
  const odd = different.slice(0, oddCharactersMax).map(oddCharacter);
  const more = different.length - odd.length;
  const andMore = more > 0 ? { it: [`altri ${more}`], en: [`${more} others`] } : { it: [], en: [] };
  return {
    named: {
      it: listed([...odd.map(({ named }) => named.it), ...andMore.it], 'e'),
      en: listed([...odd.map(({ named }) => named.en), ...andMore.en], 'and'),
    },
    fix: {
      it: sentenceOf(odd.map(({ fix }) => fix.it).join('; ')),
      en: sentenceOf(odd.map(({ fix }) => fix.en).join('; ')),
    },
  };
}

function caseFix(value: string, type: TextType): string | undefined {
  const upper = value.trim().toUpperCase();
  return upper !== value && type.accepts(upper) ? upper : undefined;
}

function decimalFix(value: string, type: TextType): string | undefined {
  if (type.sense !== 'decimal') return undefined;
  const plain = value.trim().replace(/^\+/, '');
  const dotted = /^-?\d{1,3}(?:\.\d{3})+,\d+$/.test(plain)
    ? plain.replaceAll('.', '').replace(',', '.')
    : plain.replace(',', '.');
  const [whole = '', part = ''] = dotted.split('.');
  return [dotted, `${whole}.${part.padEnd(2, '0')}`].find((candidate) => type.accepts(candidate));
}

function dateFix(value: string, type: TextType): string | undefined {
  if (type.sense !== 'date') return undefined;
  const [, day = '', month = '', year = ''] = /^\s*(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})\s*$/.exec(value) ?? [];
  const iso = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  return type.accepts(iso) ? iso : undefined;
}

/** A value that would be right and that is surely meant. */
function rightValue(value: string, type: TextType): string | undefined {
  return caseFix(value, type) ?? decimalFix(value, type) ?? dateFix(value, type);
}

/**
 * The complaint about a text that its type does not allow.
 * @param name the element or attribute
 * @param value as found, blanks treated
 * @param type what is allowed
 */
export function wrongText(name: string, value: string, type: TextType): Complaint {
  if (value === '') return emptyText(name, type);
  const odd = oddCharactersIn(value, type);
  const right = odd ? undefined : rightValue(value, type);
  const because = odd
    ? { it: `contiene ${odd.named.it}`, en: `holds ${odd.named.en}` }
    : { it: 'non è ammesso', en: 'is not allowed' };
  const fix =
    odd?.fix ??
    (right === undefined
      ? { it: `Scrivere in ${name} un valore ammesso.`, en: `Write an allowed value in ${name}.` }
      : { it: `Scrivere ${right}.`, en: `Write ${right}.` });
  return {
    value: shown(value),
    message: {
      it: `Il valore "${shown(value)}" di ${name} ${because.it}; ammesso: ${type.allowed.it}.`,
      en: `The value "${shown(value)}" of ${name} ${because.en}; allowed: ${type.allowed.en}.`,
    },
    fix,
  };
}

function emptyText(name: string, type: TextType): Complaint {
  return {
    value: '',
    message: {
      it: `${name} è vuoto; ammesso: ${type.allowed.it}.`,
      en: `${name} is empty; allowed: ${type.allowed.en}.`,
    },
    fix: {
      it: `Compilare ${name}; se è facoltativo e non serve, togliere del tutto l'elemento.`,
      en: `Fill in ${name}; where it is optional and not needed, drop the element altogether.`,
    },
  };
}

/**
 * The complaint about an element that must stand and does not.
 * @param names the missing element, or those of which one must stand
 * @param parent where it belongs
 */
export function missing(names: readonly string[], parent: string): Complaint {
  const it = names.join(' oppure ');
  const en = names.join(' or ');
  return {
    message: { it: `In ${parent} manca ${it}.`, en: `${en} is missing in ${parent}.` },
    fix: { it: `Aggiungere ${it} in ${parent}.`, en: `Add ${en} to ${parent}.` },
  };
}

/**
 * The complaint about an element that a block does not know.
 * @param name as found
 * @param parent the block
 * @param known a name of the block that was probably meant, or undefined
 */
export function unknownElement(name: string, parent: string, known: string | undefined): Complaint {
  const meant = known === undefined ? { it: '', en: '' } : { it: ` (forse ${known}?)`, en: ` (perhaps ${known}?)` };
  return {
    message: {
      it: `L'elemento ${name} non esiste in ${parent}${meant.it}.`,
      en: `There is no element ${name} in ${parent}${meant.en}.`,
    },
    fix:
      known === undefined
        ? { it: `Togliere ${name}.`, en: `Remove ${name}.` }
        : { it: `Scrivere ${known}, o togliere ${name}.`, en: `Write ${known}, or remove ${name}.` },
  };
}

/**
 * The complaint about an element that stands behind one that must follow it.
 * @param name the element
 * @param before the element that stands already and belongs behind it
 * @param parent the block
 */
export function outOfOrder(name: string, before: string, parent: string): Complaint {
  return {
    message: {
      it: `${name} è fuori posto: in ${parent} deve stare prima di ${before}.`,
      en: `${name} is out of order: in ${parent} it must stand before ${before}.`,
    },
    fix: { it: `Spostare ${name} prima di ${before}.`, en: `Move ${name} before ${before}.` },
  };
}

/**
 * The complaint about an element that stands too often.
 * @param name the element
 * @param parent the block
 */
export function tooOften(name: string, parent: string): Complaint {
  return {
    message: {
      it: `${name} può comparire una sola volta in ${parent}.`,
      en: `${name} may stand only once in ${parent}.`,
    },
    fix: { it: `Lasciare un solo ${name}.`, en: `Leave a single ${name}.` },
  };
}

/**
 * The complaint about two alternatives at once.
 * @param name the second one's element
 * @param chosen the element of the alternative that stands already
 * @param parent the block
 */
export function notBoth(name: string, chosen: string, parent: string): Complaint {
  return {
    message: {
      it: `In ${parent} ci sono sia ${chosen} sia ${name}, che si escludono a vicenda.`,
      en: `${parent} has both ${chosen} and ${name}, which exclude each other.`,
    },
    fix: { it: `Lasciare solo ${chosen} oppure solo ${name}.`, en: `Leave only ${chosen} or only ${name}.` },
  };
}

/**
 * The complaint about text between elements.
 * @param text as found
 * @param parent the block
 */
export function strayText(text: string, parent: string): Complaint {
  const found = shown(text.trim());
  return {
    value: found,
    message: {
      it: `In ${parent} c'è del testo ("${found}") fuori dagli elementi.`,
      en: `${parent} holds text ("${found}") outside of its elements.`,
    },
    fix: { it: 'Toglierlo, o metterlo nel suo elemento.', en: 'Remove it, or put it into its element.' },
  };
}

/**
 * The complaint about an element inside of text.
 * @param name the inner element
 * @param parent the element that holds text only
 */
export function elementInText(name: string, parent: string): Complaint {
  return {
    message: {
      it: `${parent} contiene solo testo: l'elemento ${name} non può starci dentro.`,
      en: `${parent} holds text only: the element ${name} cannot stand in it.`,
    },
    fix: { it: `Togliere ${name} da ${parent}.`, en: `Remove ${name} from ${parent}.` },
  };
}

/**
 * The complaint about an attribute that no schema knows.
 * @param attribute its name
 * @param element where it stands
 */
export function unknownAttribute(attribute: string, element: string): Complaint {
  return {
    message: {
      it: `L'attributo ${attribute} non è ammesso in ${element}.`,
      en: `The attribute ${attribute} is not allowed on ${element}.`,
    },
    fix: { it: `Togliere l'attributo ${attribute}.`, en: `Remove the attribute ${attribute}.` },
  };
}

/**
 * The complaint about the missing attribute `versione`.
 * @param root the root's name
 * @param versions what is allowed
 */
export function missingVersion(root: string, versions: readonly string[]): Complaint {
  const list = versions.map((version) => `versione="${version}"`);
  return {
    message: {
      it: `A ${root} manca l'attributo versione.`,
      en: `${root} lacks the attribute versione.`,
    },
    fix: { it: `Aggiungere ${list.join(' oppure ')}.`, en: `Add ${list.join(' or ')}.` },
  };
}

/**
 * The complaint about an element in a namespace where the schema wants none.
 * @param name as written
 * @param uri the namespace it is in
 * @param root the root's local name
 */
export function namespaced(name: string, uri: string, root: string): Complaint {
  return {
    value: name,
    message: {
      it: `${name} è nel namespace "${shown(uri)}": solo ${root} sta in un namespace, gli elementi al suo interno no.`,
      en: `${name} is in the namespace "${shown(uri)}": only ${root} is in a namespace, the elements inside are not.`,
    },
    fix: {
      it: `Dichiarare il namespace con un prefisso (xmlns:p="…") e usarlo solo per la radice: <p:${root} …>.`,
      en: `Declare the namespace with a prefix (xmlns:p="…") and use it on the root alone: <p:${root} …>.`,
    },
  };
}
