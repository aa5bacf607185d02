// journeys: the end of a process' log in lines that a person can read.
import { readFile } from 'node:fs/promises';

const linesMax = 15;
const warningsMax = 20;
const lineLengthMax = 400;

interface Line {
  readonly text: string;
  readonly isWarning: boolean;
}

function readLine(text: string): Line {
  try {
    const { level, msg, time, err, pid: _pid, hostname: _host, ...rest } = JSON.parse(text) as Record<string, unknown>;
    const error = err as { message?: string; code?: string } | undefined;
    const why = error ? ` ${error.code ?? ''} ${error.message ?? ''}` : '';
    const at = typeof time === 'number' ? new Date(time).toISOString().slice(11, 23) : String(time ?? '').slice(11, 23);
    return { text: `${at} ${String(msg)} ${JSON.stringify(rest)}${why}`, isWarning: Number(level) >= 40 };
  } catch {
    // What is no JSON comes from Node itself (a stack trace, a warning), so it counts.
    return { text, isWarning: true };
  }
}

/**
 * Reads the end of a log: its last lines, and its last warnings and errors before them.
 * @param path the log; one that is not there yet counts as empty
 */
export async function tailOf(path: string): Promise<string[]> {
  const text = await readFile(path, 'utf8').catch(() => '');
  const lines = text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => readLine(line));
  const warnings = lines
    .slice(0, -linesMax)
    .filter(({ isWarning }) => isWarning)
    .slice(-warningsMax);
  return [...warnings, ...lines.slice(-linesMax)].map(({ text }) => text.slice(0, lineLengthMax));
}
