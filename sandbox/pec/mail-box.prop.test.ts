// Whatever is done to a mailbox, in any order and with restarts between: it holds what a simple model holds, and gives no UID twice.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { openMailBox } from './mail-box.ts';

const dir = mkdtempSync(join(tmpdir(), 'staffetta-box-prop-'));
after(() => rmSync(dir, { recursive: true, force: true }));

const at = new Date('2026-11-25T10:00:00Z');
const action = fc.oneof(
  fc.record({ do: fc.constant('append'), which: fc.nat({ max: 12 }) }),
  fc.record({ do: fc.constant('remove'), which: fc.nat({ max: 12 }) }),
  fc.record({ do: fc.constant('flag'), which: fc.nat({ max: 12 }) }),
  fc.record({ do: fc.constantFrom('restart', 'renumber'), which: fc.constant(0) }),
);

test('a mailbox holds what it was given, once each, in order, under numbers that are never given again', async () => {
  let runs = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(action, { maxLength: 40 }), async (actions) => {
      runs += 1;
      const own = join(dir, String(runs));
      let box = openMailBox(own, 'a@b.example', { mailsMax: 1000 });
      // Ids ever seen, and those that are there, in the order in which they came.
      const seen = new Set<number>();
      let there: { id: number; flags: string }[] = [];
      const given = new Set<string>();
      for (const { do: what, which } of actions) {
        if (what === 'append') {
          const uid = box.append({ raw: Buffer.from(`mail ${which}`), id: `id-${which}`, at, flags: '' });
          if (seen.has(which)) continue;
          seen.add(which);
          there.push({ id: which, flags: '' });
          assert.ok(!given.has(`${box.uidValidity} ${uid}`));
          given.add(`${box.uidValidity} ${uid}`);
        } else if (what === 'remove') {
          const uid = box.mails()[which]?.uid;
          if (uid !== undefined) box.remove([uid]);
          there = there.filter((_, index) => index !== which);
        } else if (what === 'flag') {
          const uid = box.mails()[which]?.uid;
          if (uid !== undefined) box.setFlags(uid, 'sf');
          there = there.map((mail, index) => (index === which ? { ...mail, flags: 'fs' } : mail));
        } else if (what === 'renumber') {
          box.renumber();
        } else {
          const { uidValidity, uidNext } = box;
          box = openMailBox(own, 'a@b.example', { mailsMax: 1000 });
          assert.deepEqual([box.uidValidity, box.uidNext], [uidValidity, uidNext]);
        }
        const mails = box.mails();
        assert.deepEqual(
          mails.map(({ flags }) => flags),
          there.map(({ flags }) => flags),
        );
        assert.ok(mails.every(({ uid }, index) => uid > (mails[index - 1]?.uid ?? 0) && uid < box.uidNext));
      }
      const texts = await Promise.all(box.mails().map(async ({ uid }) => String(await box.raw(uid))));
      assert.deepEqual(
        texts,
        there.map(({ id }) => `mail ${id}`),
      );
      assert.equal(
        box.bytes,
        texts.reduce((sum, text) => sum + text.length, 0),
      );
    }),
    { numRuns: 60 },
  );
});
