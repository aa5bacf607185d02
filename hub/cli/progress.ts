// hub: a progress bar, on a terminal and for many only.

/** A progress bar. */
export interface Progress {
  show(done: number): void;
  end(): void;
}

const quiet: Progress = { show: () => undefined, end: () => undefined };
const width = 30;

/**
 * Makes a progress bar on standard error; nothing is shown for fewer than five items or where it is no terminal.
 * @param what the word behind the count
 * @param total how many there are
 */
export function createProgress(what: string, total: number): Progress {
  if (total < 5 || !process.stderr.isTTY) return quiet;
  return {
    show(done) {
      const filled = Math.round((done / total) * width);
      process.stderr.write(`\r[${'#'.repeat(filled).padEnd(width, '.')}] ${done}/${total} ${what} `);
    },
    end() {
      process.stderr.write(`\r${' '.repeat(width + 30)}\r`);
    },
  };
}
