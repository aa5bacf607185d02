// fatturapa: makes documents by the tables, right ones and wrong ones, from a seed; for tests that compare judges.
import { treatBlanks } from '../read/blanks.ts';
import { compiledBlock, type Slot } from '../read/compiled-block.ts';
import type { BlockType, DocumentSchema, TextType } from '../schema/schema.ts';

/** An element of a document that may be wrong in any way. */
export interface Node {
  name: string;
  type: BlockType | TextType | undefined;
  attributes: string;
  text: string;
  children: Node[];
}

/** Numbers from 0 to below 1, the same for the same seed (mulberry32). */
export type Chance = () => number;

/**
 * Makes a source of chance.
 * @param seed any whole number
 */
export function chanceOf(seed: number): Chance {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function oneOf<T>(chance: Chance, list: readonly T[]): T {
  return list[Math.floor(chance() * list.length)] as T;
}

/** Texts that mean something to some type or lie at some edge. */
const texts: readonly string[] = [
  '',
  ' ',
  'x',
  'IT',
  'it',
  'DE',
  'EUR',
  'Eur',
  'SI',
  'NO',
  'I',
  'D',
  'S',
  'TD01',
  'TD99',
  'RF01',
  'RF03',
  'N1',
  'N2.1',
  'N6.9',
  'N9',
  'MP01',
  'TP02',
  'SC',
  'MG',
  'A',
  'L1',
  'RT01',
  'TC22',
  'FPA12',
  'FPR12',
  'FSM10',
  'CC',
  'TZ',
  'SU',
  'SM',
  'LS',
  'LN',
  'AC',
  'EXW',
  'RM',
  '00118',
  '1234',
  '123456',
  '0000000',
  'ABCDEF',
  'ABC1234',
  'abc1234',
  '12345678901',
  'RSSMRA80A01H501U',
  'rssmra80a01h501u',
  'RSSMRA80A01H501UX',
  '1234567890123',
  'IT60X0542811101000000123456',
  'it60x0542811101000000123456',
  'IT6X',
  'UNCRITMM',
  'UNCRITMMXXX',
  'UNCRIT1M',
  '05428',
  '0',
  '1',
  '9999',
  '10000',
  '01',
  '+1',
  '-1',
  '000',
  '999',
  '1000',
  '0.00',
  '1.00',
  '10.0',
  '10.00',
  '10.000',
  '10.12345678',
  '10.123456789',
  '-10.00',
  '+10.00',
  '.50',
  '1.',
  '1,00',
  '1.000,00',
  '100.00',
  '100.01',
  '999.99',
  '22.00',
  '12345678901.00',
  '123456789012.00',
  '123456789012.12345678',
  '1e2',
  'NaN',
  ' 10.00 ',
  '10.00\n',
  '4.5',
  '1234.56',
  '12345.67',
  '2026-11-22',
  '2026-02-29',
  '2024-02-29',
  '1969-12-31',
  '1970-01-01',
  '2026-11-22Z',
  '2026-11-22+01:00',
  '2026-11-22+15:00',
  '2026-13-01',
  '22/11/2026',
  '26-11-22',
  '12026-01-01',
  '-2026-01-01',
  '0000-01-01',
  '2026-11-22T10:00:00',
  '2026-11-22T10:00:00.123+01:00',
  '2026-11-22T24:00:00',
  '2026-11-22T24:00:01',
  '2026-11-22T10:00',
  '2026-11-22T25:00:00',
  '2026-11-22T10:00:60',
  'QUJD',
  'QUI=',
  'QQ==',
  'Q Q = =',
  'QQ=',
  'Q',
  'QUJD\nQUJD',
  '!!!!',
  'a@b.it',
  'a.b@c-d.it',
  'a@b',
  '@b.it',
  'a b@c.it',
  '"a"@b.it',
  'nome@pec.example.it',
  'x@y.z.',
  'a@@b.it',
  'è@b.it',
  '0612345678',
  '+39 06 1234',
  '12345678901234',
  '1234',
  'Perché no',
  'l’euro',
  '“x”',
  '€ 5',
  'a – b',
  '…',
  'ÿ',
  'Ā',
  '😀',
  'a\tb',
  'a\nb',
  ' a',
  'a ',
  'a  b',
  '&',
  '<',
  'n. 7/A',
  'X'.repeat(10),
  'X'.repeat(11),
  'X'.repeat(15),
  'X'.repeat(16),
  'X'.repeat(20),
  'X'.repeat(21),
  'X'.repeat(35),
  'X'.repeat(36),
  'X'.repeat(60),
  'X'.repeat(61),
  'X'.repeat(80),
  'X'.repeat(81),
  'X'.repeat(100),
  'X'.repeat(101),
  'X'.repeat(200),
  'X'.repeat(201),
  'X'.repeat(1000),
  'X'.repeat(1001),
  'é'.repeat(60),
  'é'.repeat(61),
  '😀'.repeat(35),
  '😀'.repeat(36),
  '12-A',
  'A1',
  '28'.repeat(14),
  '28'.repeat(15),
  `${'a'.repeat(245)}@example.it`,
  `${'a'.repeat(250)}@example.it`,
];

const rightTexts = new Map<TextType, string[]>();

function rightText(chance: Chance, type: TextType): string {
  let right = rightTexts.get(type);
  if (!right) {
    right = [...Object.keys(type.codes ?? {}), ...texts].filter((text) =>
      type.accepts(treatBlanks(text, type.whiteSpace)),
    );
    if (right.length === 0) throw new RangeError(`No text of the list fits the type ${type.name}.`);
    rightTexts.set(type, right);
  }
  return oneOf(chance, right);
}

function makeNode(chance: Chance, name: string, type: BlockType | TextType): Node {
  const node: Node = { name, type, attributes: '', text: '', children: [] };
  if (type.kind === 'text') node.text = rightText(chance, type);
  else node.children = makeChildren(chance, type);
  return node;
}

function timesOf(chance: Chance, slot: Slot, inChoice: boolean): number {
  const { times } = slot.row;
  if (inChoice || times === 'one') return 1;
  if (times === 'optional') return chance() < 0.3 ? 1 : 0;
  const few = chance() < 0.7 ? 1 : 2;
  return times === 'some' ? few : chance() < 0.25 ? few : 0;
}

function makeChildren(chance: Chance, type: BlockType): Node[] {
  const { particles } = compiledBlock(type);
  return particles.flatMap(({ alternatives }) => {
    const slots = oneOf(chance, alternatives);
    return slots.flatMap((slot) =>
      Array.from({ length: timesOf(chance, slot, alternatives.length > 1) }, () =>
        makeNode(chance, slot.name, slot.row.type),
      ),
    );
  });
}

/**
 * Makes a document whose format is right.
 * @param chance where its choices come from
 * @param schema its tables
 */
export function rightDocument(chance: Chance, schema: DocumentSchema): Node {
  const root = makeNode(chance, schema.root, schema.block);
  root.attributes = ` versione="${oneOf(chance, schema.versions)}"`;
  if (chance() < 0.2) root.attributes += ' SistemaEmittente="prova"';
  return root;
}

function allNodes(node: Node): Node[] {
  return [node, ...node.children.flatMap(allNodes)];
}

type Change = (chance: Chance, node: Node, parent: Node, root: Node) => void;

const changes: readonly Change[] = [
  (chance, node) => {
    if (node.children.length === 0) node.text = oneOf(chance, texts);
  },
  (chance, node) => {
    if (node.type?.kind === 'text') node.text = rightText(chance, node.type);
  },
  (chance, node) => {
    node.text = ` ${node.text}${oneOf(chance, ['', ' ', '\n', '\t '])}`;
  },
  (_chance, node, parent) => {
    parent.children.splice(parent.children.indexOf(node), 1);
  },
  (_chance, node, parent) => {
    parent.children.splice(parent.children.indexOf(node), 0, structuredCloneOf(node));
  },
  (chance, node, parent) => {
    const at = parent.children.indexOf(node);
    parent.children.splice(at, 1);
    parent.children.splice(Math.floor(chance() * (parent.children.length + 1)), 0, node);
  },
  (chance, node, _parent, root) => {
    node.name = oneOf(chance, [node.name.toLowerCase(), `${node.name}x`, oneOf(chance, allNodes(root)).name]);
  },
  (chance, node) => {
    node.attributes += oneOf(chance, [
      ' a="1"',
      ' xml:lang="it"',
      ' xmlns:z="urn:z"',
      ' xmlns="urn:z"',
      ' versione="FPR12"',
    ]);
  },
  (chance, node, parent) => {
    const stranger = {
      name: oneOf(chance, ['Estraneo', node.name]),
      type: undefined,
      attributes: '',
      text: 'x',
      children: [],
    };
    oneOf(chance, [node, parent]).children.push(stranger);
  },
  (chance, _node, _parent, root) => {
    root.attributes = oneOf(chance, [
      '',
      ' versione="FPA12"',
      ' versione="FSM10"',
      ' versione="FPR12 "',
      ' versione="FPR12" SistemaEmittente=""',
      ' versione="FPR12" SistemaEmittente="12345678901"',
      ' versione="FPR12" altro="1"',
    ]);
  },
];

function structuredCloneOf(node: Node): Node {
  return { ...node, children: node.children.map(structuredCloneOf) };
}

/**
 * Changes a document in one place, for the worse or not.
 * @param chance where its choices come from
 * @param root the document, changed in place
 */
export function changeSomething(chance: Chance, root: Node): void {
  const nodes = allNodes(root);
  const parents = nodes.filter(({ children }) => children.length > 0);
  // Changes before this one may have left nothing but the root.
  if (parents.length === 0) return;
  const parent = oneOf(chance, parents);
  const node = oneOf(chance, parent.children);
  oneOf(chance, changes)(chance, node, parent, root);
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Who reads it. `libxml2` is spared its two known errors, `anyone` gets the document as it is. */
export type Audience = 'anyone' | 'libxml2';

/**
 * libxml2 refuses blanks around dates (against XML Schema part 2 §4.3.6) and steps over signs that base64 has not (against
 * §3.2.16), where other processors do not.
 */
function textFor(audience: Audience, { type, text }: Node): string {
  if (audience === 'anyone' || type?.kind !== 'text') return text;
  if (type.sense === 'date' || type.sense === 'dateTime') return text.replaceAll(/^[ \t\n]+|[ \t\n]+$/g, '');
  return type.sense === 'base64' && /[^A-Za-z0-9+/= \t\n]/.test(text) ? 'Q' : text;
}

function print(node: Node, audience: Audience, indent: string): string {
  const text = textFor(audience, node);
  const inner = node.children.map((child) => print(child, audience, `${indent} `)).join('');
  const closing = node.children.length > 0 ? `\n${indent}` : '';
  return `\n${indent}<${node.name}${node.attributes}>${escaped(text)}${inner}${closing}</${node.name}>`;
}

/**
 * Writes a document that may be wrong in any way but is well-formed.
 * @param root the document
 * @param schema gives the namespace
 * @param audience who reads it
 */
export function printDocument(root: Node, schema: DocumentSchema, audience: Audience): Buffer {
  const inner = root.children.map((child) => print(child, audience, ' ')).join('');
  const name = `p:${root.name}`;
  return Buffer.from(
    `<?xml version="1.0" encoding="UTF-8"?>\n<${name} xmlns:p="${schema.namespace}"${root.attributes}>${escaped(root.text)}${inner}\n</${name}>`,
  );
}
