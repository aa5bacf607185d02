// fatturapa: judges the order and number of a block's elements as they come, by its particles.
import type { CompiledBlock, Particle, Slot } from './compiled-block.ts';
import { missing, notBoth, outOfOrder, tooOften, type Complaint } from './format-finding.ts';

/** Elements that were passed over although one of their alternatives must stand. */
interface Gap {
  /** Each alternative's elements. */
  readonly alternatives: readonly (readonly string[])[];
}

const nothing: readonly Gap[] = [];

function gapOf(particle: Particle): Gap {
  return { alternatives: particle.alternatives.map((slots) => slots.map(({ name }) => name)) };
}

/** Where a block stands between its elements. */
export class BlockOrder {
  readonly #block: CompiledBlock;
  readonly #name: string;
  /** The particle that the last element belonged to. */
  #particle = -1;
  /** The last element. */
  #last: Slot | undefined;
  /** What was passed over; an element that then comes late is out of order, not missing. */
  #gaps: readonly Gap[] = nothing;

  constructor(block: CompiledBlock, name: string) {
    this.#block = block;
    this.#name = name;
  }

  /**
   * Takes the next element.
   * @param slot its row
   * @returns what is wrong with its place, undefined most of the time
   */
  take(slot: Slot): Complaint | undefined {
    if (slot.particle === this.#particle) return this.#takeSame(slot);
    if (slot.particle < this.#particle) return this.#takeLate(slot);
    if (this.#last || slot.particle > 0) this.#leaveFor(slot.particle);
    this.#particle = slot.particle;
    this.#last = slot;
    if (slot.step > 0) this.#miss(slot, 0, slot.step);
    return undefined;
  }

  /**
   * The block ends.
   * @returns what is missing, with the name of the element that should stand
   */
  end(): readonly { readonly name: string; readonly complaint: Complaint }[] {
    this.#leaveFor(this.#block.particles.length);
    return this.#gaps.map(({ alternatives }) => ({
      name: alternatives[0]?.[0] ?? '',
      complaint: missing(
        alternatives.map((names) => names.join(' + ')),
        this.#name,
      ),
    }));
  }

  #takeSame(slot: Slot): Complaint | undefined {
    const last = this.#last;
    if (slot.repeats || !last) return undefined;
    if (slot.alternative !== last.alternative) return notBoth(slot.name, last.name, this.#name);
    if (slot.step === last.step) return tooOften(slot.name, this.#name);
    if (slot.step < last.step) return this.#takeLate(slot);
    this.#last = slot;
    if (slot.step > last.step + 1) this.#miss(slot, last.step + 1, slot.step);
    return undefined;
  }

  #takeLate(slot: Slot): Complaint {
    this.#gaps = this.#gaps.filter(({ alternatives }) => !alternatives.some((names) => names.includes(slot.name)));
    return outOfOrder(slot.name, this.#last?.name ?? '', this.#name);
  }

  #miss(slot: Slot, from: number, to: number): void {
    const slots = this.#block.particles[slot.particle]?.alternatives[slot.alternative] ?? [];
    this.#gaps = [...this.#gaps, { alternatives: [slots.slice(from, to).map(({ name }) => name)] }];
  }

  /** Goes on to a particle: what the last one lacks and what is required in between was passed over. */
  #leaveFor(particle: number): void {
    const last = this.#last;
    const { particles } = this.#block;
    const slots = last && particles[last.particle]?.alternatives[last.alternative];
    if (last && slots && last.step < slots.length - 1) this.#miss(last, last.step + 1, slots.length);
    for (let at = this.#particle + 1; at < particle; at++) {
      const skipped = particles[at];
      if (skipped?.required) this.#gaps = [...this.#gaps, gapOf(skipped)];
    }
  }
}
