// dbmanager: the exact bytes of files, insert only. Store: dbmanager.content.
import type { Queryable } from '@staffetta/platform/store/store.ts';

/** A file as it came. */
export interface Content {
  readonly contentId: string;
  readonly sha256: Buffer;
  readonly bytes: Buffer;
}

const rowsPerStatementMax = 128;

/** Cuts a list into pieces of a power of two, so that a handful of prepared statements serve every batch; VALUES beat unnest for wide rows. */
function powersOfTwo<T>(list: readonly T[]): T[][] {
  const pieces: T[][] = [];
  let at = 0;
  for (let size = rowsPerStatementMax; at < list.length;) {
    while (size > list.length - at) size /= 2;
    pieces.push(list.slice(at, at + size));
    at += size;
  }
  return pieces;
}

function placeholders(rows: number): string {
  return Array.from(
    { length: rows },
    (_, row) => `($${row * 4 + 1},$${row * 4 + 2},$${row * 4 + 3},$${row * 4 + 4})`,
  ).join(',');
}

async function insertPiece(db: Queryable, piece: readonly Content[]): Promise<void> {
  await db.query({
    name: `dbmanager-insert-content-${piece.length}`,
    text: `INSERT INTO dbmanager.content (content_id, sha256, size, bytes) VALUES ${placeholders(piece.length)}`,
    values: piece.flatMap(({ contentId, sha256, bytes }) => [contentId, sha256, bytes.length, bytes]),
  });
}

/**
 * Inserts files; wide rows go by VALUES, which costs the server a fifth of `unnest`.
 * @param db a transaction
 * @param contents the files with their ids and hashes
 */
export async function insertContents(db: Queryable, contents: readonly Content[]): Promise<void> {
  for (const piece of powersOfTwo(contents)) await insertPiece(db, piece);
}
