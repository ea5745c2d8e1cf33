/**
 * @file What shoppers chose, on disk: a file a day of JSON lines, each an event or the query that events are about. A query is
 * written with its first click, cart or purchase; most have none and are never written. Views are not written (older files have
 * them). After the days that the server keeps, files go.
 */
import { createReadStream } from 'node:fs';
import { appendFile, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { encodeVector } from '../api/encode-vector.ts';
import { eventTypes, type ShopEvent } from '../api/event.ts';
import { writeFileAtomically } from '../files/atomic-file-node.ts';
import { besideStore } from '../stores/beside-store-node.ts';
import type { KnownQuery } from './query-memory.ts';

const queryLine = z.object({
  kind: z.literal('query'),
  queryId: z.string(),
  at: z.string(),
  spaceId: z.string(),
  box: z.tuple([z.number(), z.number(), z.number(), z.number()]).nullable(),
  label: z.string().nullable(),
  /** float32, little-endian, base64 */
  vector: z.string(),
});
const eventLine = z.object({
  kind: z.literal('event'),
  queryId: z.string(),
  at: z.string(),
  type: z.enum(eventTypes),
  item: z.string(),
  position: z.number().int().nullable(),
});
const line = z.discriminatedUnion('kind', [queryLine, eventLine]);
export type LogLine = z.infer<typeof line>;
export type QueryLine = z.infer<typeof queryLine>;
export type EventLine = z.infer<typeof eventLine>;

const fileName = /^events-(\d{4}-\d{2}-\d{2})\.jsonl$/;
const dayMs = 86_400_000;

/** An event that says what someone wanted. */
export type ChoiceEvent = ShopEvent & { readonly type: Exclude<ShopEvent['type'], 'view'> };

export interface EventLog {
  /** Writes an event down, and its query if it is the first of it. */
  add(event: ChoiceEvent, query: KnownQuery): Promise<void>;
  /** Removes all that is written of a query; whether there was anything. */
  forget(queryId: string): Promise<boolean>;
  /** Removes files of days that are over for long enough. */
  forgetOld(): Promise<void>;
  /** Resolves when all is on disk. */
  close(): Promise<void>;
}

/** The folder of a store's events unless it is said. */
export function eventFolderOf(store: string): string {
  return besideStore(store, '.events');
}

/** @param keepDays files of earlier days are removed */
export function openEventLog(
  folder: string,
  { keepDays, now = Date.now }: { readonly keepDays: number; readonly now?: () => number },
): EventLog {
  const written = new Set<string>();
  // One after the other: a file that is written anew must not lose what is added meanwhile.
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = last.then(work);
    last = mine.catch(() => {});
    return mine;
  };
  const at = () => new Date(now()).toISOString();

  return {
    add: ({ queryId, type, item, position = null }, query) =>
      inTurn(async () => {
        const event: EventLine = { kind: 'event', queryId, at: at(), type, item, position };
        const lines: LogLine[] = written.has(queryId) ? [event] : [lineOf(query), event];
        await mkdir(folder, { recursive: true, mode: 0o700 });
        const text = lines.map((each) => `${JSON.stringify(each)}\n`).join('');
        await appendFile(join(folder, `events-${at().slice(0, 10)}.jsonl`), text, { mode: 0o600 });
        written.add(queryId);
        if (written.size > 100_000) written.delete(written.values().next().value!);
      }),
    forget: (queryId) =>
      inTurn(async () => {
        written.delete(queryId);
        let wasThere = false;
        for (const name of await filesIn(folder)) {
          const path = join(folder, name);
          if (!(await holds(path, queryId))) continue;
          wasThere = true;
          await writeFileAtomically(path, linesWithout(path, queryId));
        }
        return wasThere;
      }),
    forgetOld: () =>
      inTurn(async () => {
        const oldest = new Date(now() - keepDays * dayMs).toISOString().slice(0, 10);
        for (const name of await filesIn(folder)) {
          if ((fileName.exec(name)?.[1] ?? oldest) < oldest) await rm(join(folder, name));
        }
      }),
    close: async () => {
      await last;
    },
  };
}

/** Every line that was written, oldest first; one that was cut off is left out. */
export async function* readEventLog(folder: string): AsyncGenerator<LogLine> {
  for (const name of await filesIn(folder)) {
    for await (const lines of linesOf(join(folder, name))) {
      for (const text of lines) {
        const parsed = parseLine(text);
        if (parsed !== null) yield parsed;
      }
    }
  }
}

function lineOf({ queryId, at, spaceId, box, label, vector }: KnownQuery): QueryLine {
  return {
    kind: 'query',
    queryId,
    at: new Date(at).toISOString(),
    spaceId,
    box: box === null ? null : [box[0], box[1], box[2], box[3]],
    label,
    vector: encodeVector(vector),
  };
}

/** Lines as they are read, some at a time: a file may be longer than a string can be. */
async function* linesOf(path: string): AsyncGenerator<string[]> {
  let rest = '';
  for await (const text of createReadStream(path, 'utf8')) {
    const lines = `${rest}${text}`.split('\n');
    rest = lines.pop() ?? '';
    if (lines.length > 0) yield lines;
  }
  if (rest !== '') yield [rest];
}

async function holds(path: string, queryId: string): Promise<boolean> {
  for await (const lines of linesOf(path)) if (lines.some((text) => isOf(text, queryId))) return true;
  return false;
}

async function* linesWithout(path: string, queryId: string): AsyncGenerator<string> {
  for await (const lines of linesOf(path)) {
    const kept = lines.filter((text) => !isOf(text, queryId));
    if (kept.length > 0) yield `${kept.join('\n')}\n`;
  }
}

/** Most lines are of others: they are not parsed. A line that was cut off and names the query is of it. */
function isOf(text: string, queryId: string): boolean {
  return text.includes(queryId) && (parseLine(text)?.queryId ?? queryId) === queryId;
}

function parseLine(text: string): LogLine | null {
  if (text === '') return null;
  try {
    return line.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/** By day. */
async function filesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => fileName.test(name)).sort();
}
