/** @file The log of a run: one JSON document a line. A resumed run first drops what a dead one wrote past its checkpoint. */
import { appendFile, readFile } from 'node:fs/promises';
import { writeFileAtomically } from '../files/atomic-file-node.ts';
import { asWriteError } from '../files/file-error.ts';

export interface LogRecord {
  readonly kind: 'start' | 'step' | 'validation' | 'end';
  readonly step: number;
  readonly [key: string]: unknown;
}

const kinds: ReadonlySet<unknown> = new Set<LogRecord['kind']>(['start', 'step', 'validation', 'end']);

function isRecord(value: unknown): value is LogRecord {
  if (typeof value !== 'object' || value === null) return false;
  const { kind, step } = value as Partial<LogRecord>;
  return kinds.has(kind) && typeof step === 'number';
}

export class TrainingLog {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  async append(record: LogRecord): Promise<void> {
    await appendFile(this.#path, `${JSON.stringify(record)}\n`).catch((error: unknown) => {
      throw asWriteError(error, this.#path);
    });
  }

  async read(): Promise<LogRecord[]> {
    let text: string;
    try {
      text = await readFile(this.#path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
    return text.split('\n').flatMap((line) => {
      try {
        const record: unknown = JSON.parse(line);
        return isRecord(record) ? [record] : [];
      } catch {
        // The last line, empty or of a process that was killed while it wrote; or a file that is no log.
        return [];
      }
    });
  }

  /** Keeps the records up to a step. */
  async truncate(step: number): Promise<void> {
    const kept = (await this.read()).filter((record) => record.step <= step);
    await writeFileAtomically(this.#path, kept.map((record) => `${JSON.stringify(record)}\n`).join(''));
  }
}
