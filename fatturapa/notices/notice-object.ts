// fatturapa: the elements of a notice become an object by its table, whatever is missing, repeated, strange or out of order.
import type { DocumentFinding } from '../finding.ts';
import { treatBlanks } from '../read/blanks.ts';
import type { XmlNode } from '../read/xml-tree.ts';
import type { BlockType, ElementRow, TextType } from '../schema/schema.ts';
import { odd } from './notice-findings.ts';

/** SdI's own notices are right; of one that is wrong throughout so much is enough to see it. */
const oddMax = 20;

type Value = Record<string, unknown>;

function isList({ times }: ElementRow): boolean {
  return times === 'some' || times === 'any';
}

class ObjectMaker {
  readonly findings: DocumentFinding[] = [];

  block(node: XmlNode, { rows }: BlockType, path: string): Value {
    const value: Value = {};
    for (const child of node.children) this.#take(child, rows, value, path);
    for (const [name, { times }] of Object.entries(rows)) {
      if (value[name] === undefined && (times === 'one' || times === 'some')) this.#missing(join(path, name));
    }
    return value;
  }

  #take(child: XmlNode, rows: BlockType['rows'], value: Value, path: string): void {
    const row = Object.hasOwn(rows, child.local) ? rows[child.local] : undefined;
    const here = join(path, child.local);
    if (!row) return this.#unknown(here);
    if (isList(row)) {
      const list = (value[child.local] ??= []) as unknown[];
      list.push(this.#value(child, row.type, `${here}[${list.length + 1}]`));
    } else if (value[child.local] === undefined) value[child.local] = this.#value(child, row.type, here);
    else
      this.#add(
        odd(here, {
          it: `${child.local} c'è due volte: vale il primo.`,
          en: `${child.local} stands twice: the first counts.`,
        }),
      );
    return undefined;
  }

  #value(node: XmlNode, type: TextType | BlockType, path: string): unknown {
    if (type.kind === 'block') return this.block(node, type, path);
    const text = treatBlanks(node.text, type.whiteSpace);
    if (!type.accepts(text)) {
      const message = {
        it: `${node.local} non ha la forma prevista (${type.allowed.it}).`,
        en: `${node.local} has not the form it should have (${type.allowed.en}).`,
      };
      this.#add(odd(path, message, text));
    }
    return text;
  }

  #unknown(path: string): void {
    this.#add(
      odd(path, {
        it: `L'elemento ${path} non è previsto: è stato ignorato.`,
        en: `The element ${path} is not known: it was passed over.`,
      }),
    );
  }

  #missing(path: string): void {
    this.#add(
      odd(path, { it: `Manca ${path}, che dovrebbe esserci.`, en: `${path} is missing, which should be there.` }),
    );
  }

  #add(finding: DocumentFinding): void {
    if (this.findings.length < oddMax) this.findings.push(finding);
  }
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}/${name}`;
}

/**
 * Makes the object of a notice.
 * @param root its root
 * @param block its table
 * @returns the object by the XML's names, and a warning for each difference from the schema (the order of elements aside)
 */
export function noticeObject(root: XmlNode, block: BlockType): { object: Value; findings: DocumentFinding[] } {
  const maker = new ObjectMaker();
  const object = maker.block(root, block, '');
  return { object, findings: maker.findings };
}
