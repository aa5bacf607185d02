// fatturapa: finds where the elements of given paths stand in a file; asked only where a check found something.
import { scanXml } from './scan-xml.ts';
import { placesOf, type TextPlace } from './text-place.ts';
import { XmlError, type XmlElement, type XmlListener } from './xml-events.ts';

/** A step of wanted paths: name and index as `Name[2]`; index 1 where none is written. */
interface Step {
  readonly below: Map<string, Step>;
  offset: number | undefined;
}

function newStep(): Step {
  return { below: new Map(), offset: undefined };
}

function keyOf(part: string): string {
  return part.endsWith(']') ? part : `${part}[1]`;
}

class Locator implements XmlListener {
  readonly root = newStep();
  readonly #steps: (Step | undefined)[] = [];
  readonly #counts: Map<string, number>[] = [];

  want(path: string): void {
    let step = this.root;
    for (const part of path.split('/')) {
      const key = keyOf(part);
      let next = step.below.get(key);
      if (!next) step.below.set(key, (next = newStep()));
      step = next;
    }
  }

  open({ local }: XmlElement, start: number): void {
    if (this.#steps.length === 0) {
      this.root.offset = start;
      this.#push(this.root);
      return;
    }
    const above = this.#steps.at(-1);
    const counts = this.#counts.at(-1);
    const count = (counts?.get(local) ?? 0) + 1;
    counts?.set(local, count);
    const step = above?.below.get(`${local}[${count}]`);
    if (step) step.offset ??= start;
    this.#push(step);
  }

  #push(step: Step | undefined): void {
    this.#steps.push(step);
    this.#counts.push(new Map());
  }

  text(): void {
    // Only elements are looked for.
  }

  close(): void {
    this.#steps.pop();
    this.#counts.pop();
  }

  /** The offset of the deepest element of the path that stands. */
  offsetOf(path: string): number {
    let step: Step | undefined = this.root;
    let offset = this.root.offset ?? 0;
    for (const part of path.split('/')) {
      step = step?.below.get(keyOf(part));
      if (step?.offset === undefined) break;
      offset = step.offset;
    }
    return offset;
  }
}

/**
 * Finds the places of elements by their paths, in one pass over the file.
 * @param text the file's text
 * @param paths relative to the root, as `FatturaElettronicaBody[2]/DatiGenerali`; where an element does not stand, its nearest
 *   ancestor's place is given
 * @returns line and column of each path's element, from 1
 */
export function locate(text: string, paths: Iterable<string>): Map<string, TextPlace> {
  const wanted = [...new Set(paths)];
  const locator = new Locator();
  for (const path of wanted) locator.want(path);
  try {
    scanXml(text, locator);
  } catch (error) {
    // What stands before the fault was seen and can be told.
    if (!(error instanceof XmlError)) throw error;
  }
  const offsets = wanted.map((path) => locator.offsetOf(path));
  const places = placesOf(text, offsets);
  return new Map(wanted.map((path, index) => [path, places.get(offsets[index] ?? 0) ?? { line: 1, column: 1 }]));
}
