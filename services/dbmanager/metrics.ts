// dbmanager: what it counts: every change of an invoice; and what has been open for how long.
import type { World } from '@staffetta/platform/service.ts';
import { alarmKinds } from './deadline-rules.ts';
import { readOpen, type Stage } from './open-figures.ts';
import { hearMoves } from './told-moves.ts';

/**
 * Registers the dbmanager's metrics.
 * @param world store, clock and metrics
 * @returns a function that ends the counting
 */
export function addMetrics(world: World): () => void {
  const moves = world.metrics.counter('staffetta_invoice_moves_total');
  world.metrics.watch('open', ['staffetta_invoice_oldest_seconds', 'staffetta_alarms_open'], async () => {
    const { oldest, alarms } = await readOpen(world.store);
    const now = world.clock.now().getTime();
    const stages = Object.entries(oldest) as [Stage, Date | null][];
    return {
      staffetta_invoice_oldest_seconds: stages.map(([stage, at]) => ({
        labels: { stage },
        value: at ? Math.max(0, (now - at.getTime()) / 1000) : 0,
      })),
      staffetta_alarms_open: alarmKinds.map((kind) => ({ labels: { kind }, value: alarms[kind] ?? 0 })),
    };
  });
  return hearMoves(({ event, status, detail }) => moves.inc({ event, status, detail: detail ?? 'none' }));
}
