// sandbox: a file of JSON lines that only grows; a line is kept when its promise resolves.
import { mkdir, open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';

/** A growing file. */
export interface LineFile {
  /** Adds a value as one line; lines that come together are written together. */
  append(value: unknown): Promise<void>;
  /** Empties the file. */
  clear(): Promise<void>;
  close(): Promise<void>;
}

// What is read back at the start is bounded, however long the file has grown.
const readBackByDefault = 32 * 1024 * 1024;

/**
 * Opens a file of JSON lines, making it and its folder where they are missing.
 * @param path the file
 * @param readBackBytesMax how many of its last bytes are read back, 32 MiB by default
 * @returns the file, and the values it already holds (of those bytes); a last line cut short by a crash is cut
 * off, other lines that are no JSON are passed over
 */
export async function openLineFile(
  path: string,
  readBackBytesMax: number = readBackByDefault,
): Promise<{ file: LineFile; values: unknown[] }> {
  await mkdir(dirname(path), { recursive: true });
  const handle = await open(path, 'a+');
  const { size } = await handle.stat();
  const from = Math.max(0, size - readBackBytesMax);
  const bytes = Buffer.alloc(size - from);
  await handle.read(bytes, 0, bytes.length, from);
  const end = bytes.lastIndexOf('\n') + 1;
  if (end < bytes.length) await handle.truncate(from + end);
  const lines = bytes
    .toString('utf8', 0, end)
    .split('\n')
    .slice(from > 0 ? 1 : 0);
  return { file: new GrowingFile(handle), values: lines.flatMap(valuesOf) };
}

function valuesOf(line: string): unknown[] {
  try {
    return [JSON.parse(line)];
  } catch {
    // An empty or damaged line: the others are still worth showing.
    return [];
  }
}

class GrowingFile implements LineFile {
  #handle: FileHandle;
  #waiting: string[] = [];
  #writing: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;

  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  append(value: unknown): Promise<void> {
    this.#waiting.push(`${JSON.stringify(value)}\n`);
    // One write at a time; all lines that come meanwhile share the next one.
    this.#next ??= this.#afterwards(async () => {
      this.#next = undefined;
      await this.#handle.appendFile(this.#waiting.splice(0).join(''));
    });
    return this.#next;
  }

  clear(): Promise<void> {
    return this.#afterwards(() => this.#handle.truncate(0));
  }

  async close(): Promise<void> {
    await this.#afterwards(() => this.#handle.close());
  }

  #afterwards(work: () => Promise<void>): Promise<void> {
    const done = this.#writing.then(work);
    // A failed write is told to those who waited for it; the next one is tried all the same.
    this.#writing = done.catch(() => undefined);
    return done;
  }
}
