// scheduler: how many dead letters wait for somebody, and since when, read when somebody asks.
import { deadLetterTopic, flowNames, flows } from '@staffetta/flow/flows.ts';
import type { World } from '@staffetta/platform/service.ts';
import { countOpen } from './dead-letters.ts';

const topics = flowNames.map((flow) => deadLetterTopic(flows[flow].topic));

/**
 * Registers the scheduler's metrics. A topic without open letters is told as 0, so that an alert about it ends.
 * @param world store, clock and metrics
 */
export function addMetrics({ metrics, store, clock }: World): void {
  metrics.watch('deadLetters', ['staffetta_dead_letters_open', 'staffetta_dead_letter_oldest_seconds'], async () => {
    const open = await countOpen(store);
    const now = clock.now().getTime();
    const known = topics.map((topic) => ({ topic, found: open.get(topic) }));
    return {
      staffetta_dead_letters_open: known.map(({ topic, found }) => ({ labels: { topic }, value: found?.count ?? 0 })),
      staffetta_dead_letter_oldest_seconds: known.map(({ topic, found }) => ({
        labels: { topic },
        value: found ? Math.max(0, (now - found.oldest.getTime()) / 1000) : 0,
      })),
    };
  });
}
