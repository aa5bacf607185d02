// fatturapa: a block's rows made ready for judging the order of elements: one particle per row or per group of alternatives.
import type { BlockType, ElementRow, Rows } from '../schema/schema.ts';

/** A row with its place in the block. */
export interface Slot {
  readonly name: string;
  readonly row: ElementRow;
  /** The particle that it belongs to. */
  readonly particle: number;
  /** Which alternative of the particle, and where in it; 0 and 0 where there is no choice. */
  readonly alternative: number;
  readonly step: number;
  /** Whether its value is a list. */
  readonly repeats: boolean;
}

/** One row, or one group of alternatives. */
export interface Particle {
  readonly required: boolean;
  readonly repeats: boolean;
  /** Each a list of slots that stand together, in order; one of one slot for a plain row. */
  readonly alternatives: readonly (readonly Slot[])[];
}

/** A block ready for judging. */
export interface CompiledBlock {
  readonly particles: readonly Particle[];
  readonly slots: ReadonlyMap<string, Slot>;
}

const compiled = new WeakMap<BlockType, CompiledBlock>();

function groupsOf(block: BlockType): string[][][] {
  const groups: string[][][] = [];
  const chosen = new Set((block.either ?? []).flat());
  let choiceTaken = false;
  for (const name of Object.keys(block.rows)) {
    if (!chosen.has(name)) groups.push([[name]]);
    else if (!choiceTaken) {
      choiceTaken = true;
      groups.push((block.either ?? []).map((names) => [...names]));
    }
  }
  return groups;
}

function compile(block: BlockType): CompiledBlock {
  const slots = new Map<string, Slot>();
  const rows: Rows = block.rows;
  const particles = groupsOf(block).map((group, particle): Particle => {
    const alternatives = group.map((names, alternative) =>
      names.map((name, step): Slot => {
        const row = rows[name];
        if (!row) throw new RangeError(`The alternatives of a block name ${name}, which is no row of it.`);
        const repeats = row.times === 'some' || row.times === 'any';
        const slot = { name, row, particle, alternative, step, repeats };
        slots.set(name, slot);
        return slot;
      }),
    );
    const [first] = alternatives[0] ?? [];
    const isChoice = alternatives.length > 1;
    const required = isChoice || first?.row.times === 'one' || first?.row.times === 'some';
    return { required, repeats: !isChoice && first?.repeats === true, alternatives };
  });
  return { particles, slots };
}

/**
 * Makes a block ready for judging, once.
 * @param block a block of the tables
 * @throws RangeError where the tables themselves are wrong
 */
export function compiledBlock(block: BlockType): CompiledBlock {
  let ready = compiled.get(block);
  if (!ready) {
    ready = compile(block);
    compiled.set(block, ready);
  }
  return ready;
}
