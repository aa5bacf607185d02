// hub: a part that does not exist is told apart from one that cannot be read, and what was left out can be found.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { leftOut, missingPart } from './show-part.ts';

test('a document or a body beyond the last is missing', () => {
  assert.match(missingPart({ document: 4 }, [2, 0, 1])?.it ?? '', /documento 4 .*il file ne ha 3\.$/);
  assert.match(missingPart({ document: 2 }, [1])?.it ?? '', /il file ne ha uno solo\.$/);
  assert.match(missingPart({ body: 3 }, [2, 0, 1])?.en ?? '', /no invoice body 3 .*there are 2\.$/);
  assert.match(missingPart({ document: 3, body: 2 }, [2, 0, 1])?.en ?? '', /there is only one\.$/);
});

test('where nothing can be read it is the findings that say why', () => {
  for (const part of [{}, { document: 2 }, { document: 2, body: 5 }])
    assert.equal(missingPart(part, [2, 0]), undefined);
  assert.equal(missingPart({ body: 2 }, [0]), undefined);
  assert.equal(missingPart({ document: 1 }, []), undefined);
});

test('what is left out is counted, with the options that show it', () => {
  assert.equal(
    leftOut({}, [1700], 500)?.it,
    'Mostrati 500 corpi di fattura su 1700: gli altri si vedono uno alla volta con --body N.',
  );
  assert.match(leftOut({}, [1700, 1], 501)?.en ?? '', /501 of 1701 .* --document N --body N\.$/);
  assert.equal(leftOut({ document: 2 }, [1700, 1], 1), undefined);
  assert.equal(leftOut({ body: 7 }, [1700], 1), undefined);
  assert.equal(leftOut({}, [2, 0], 2), undefined);
});
