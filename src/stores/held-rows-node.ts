/**
 * @file The rows of a small LanceDB table in memory, for a reader that is asked again and again: a server. To plan and run a
 * query costs the engine some milliseconds whatever the table holds, and one photo asks a dozen times.
 */
import { indexFrom } from './lance-index-node.ts';
import type { LanceTable } from './lance-table-node.ts';
import { MemoryStore } from './memory-store.ts';

/** Reads before the rows are fetched: a command that asks once is not worth it. */
const patience = 20;
const rowsAtOnce = 1000;

export class HeldRows {
  readonly #table: LanceTable;
  #numReads = 0;
  #rows: MemoryStore | undefined;

  constructor(table: LanceTable) {
    this.#table = table;
  }

  /** To be called at each read. Undefined until there have been some, and always for a table that is not small. */
  current(): MemoryStore | undefined {
    this.#numReads += 1;
    if (this.#numReads === patience) {
      // The table answers as before.
      this.#fetch().catch(() => {});
    }
    return this.#rows;
  }

  async #fetch(): Promise<void> {
    if ((await this.#table.table.countRows()) > indexFrom) return;
    const rows = new MemoryStore(this.#table.config);
    let waiting = [];
    for await (const row of this.#table.rows()) {
      waiting.push(row);
      if (waiting.length < rowsAtOnce) continue;
      await rows.upsert(waiting);
      waiting = [];
    }
    await rows.upsert(waiting);
    this.#rows = rows;
  }
}
