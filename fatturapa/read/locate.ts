// fatturapa: finds where the elements of given paths stand in a file; asked only where a check found something.
import { scanXml } from './scan-xml.ts';
import { placesOf, type TextPlace } from './text-place.ts';
import { XmlError, type XmlElement, type XmlListener } from './xml-events.ts';

/** The elements of one name below a step: how many were seen, and which of them are wanted, by their place from 1. */
interface Siblings {
  seen: number;
  readonly wanted: Map<number, Step>;
}

/** An element on the way to wanted ones. */
interface Step {
  readonly below: Map<string, Siblings>;
  offset: number | undefined;
}

function newStep(): Step {
  return { below: new Map(), offset: undefined };
}

/** Splits `Name[2]`; the place is 1 where none is written. */
function partOf(part: string): readonly [string, number] {
  const bracket = part.indexOf('[');
  return bracket < 0 ? [part, 1] : [part.slice(0, bracket), Number.parseInt(part.slice(bracket + 1), 10)];
}

/** Ends the scan once nothing more is looked for; it never leaves this file. */
class AllFound extends Error {}
const allFound = new AllFound();

class Locator implements XmlListener {
  readonly #root = newStep();
  readonly #open: Step[] = [];
  /** Depth below an element that leads nowhere. */
  #skipping = 0;
  /** How many steps are not found yet. */
  #left = 1;

  want(path: string): void {
    let step = this.#root;
    for (const part of path.split('/')) {
      const [name, place] = partOf(part);
      let siblings = step.below.get(name);
      if (!siblings) step.below.set(name, (siblings = { seen: 0, wanted: new Map() }));
      let next = siblings.wanted.get(place);
      if (!next) {
        siblings.wanted.set(place, (next = newStep()));
        this.#left++;
      }
      step = next;
    }
  }

  open({ local }: XmlElement, start: number): void {
    const step = this.#skipping > 0 ? undefined : this.#stepOf(local);
    if (step) {
      step.offset = start;
      this.#open.push(step);
      if (--this.#left === 0) throw allFound;
    } else this.#skipping++;
  }

  #stepOf(local: string): Step | undefined {
    const above = this.#open.at(-1);
    if (!above) return this.#root;
    const siblings = above.below.get(local);
    return siblings?.wanted.get(++siblings.seen);
  }

  text(): void {
    // Only elements are looked for.
  }

  close(): void {
    if (this.#skipping > 0) this.#skipping--;
    else this.#open.pop();
  }

  /** The offset of the deepest element of the path that stands. */
  offsetOf(path: string): number {
    let step: Step | undefined = this.#root;
    let offset = this.#root.offset ?? 0;
    for (const part of path.split('/')) {
      const [name, place] = partOf(part);
      step = step?.below.get(name)?.wanted.get(place);
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
    if (!(error instanceof XmlError || error instanceof AllFound)) throw error;
  }
  const offsets = wanted.map((path) => locator.offsetOf(path));
  const places = placesOf(text, offsets);
  return new Map(wanted.map((path, index) => [path, places.get(offsets[index] ?? 0) ?? { line: 1, column: 1 }]));
}
