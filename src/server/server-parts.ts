/** @file What the app is made of: it is a function of these, and a test can bring its own. */
import type { AdminSummary } from '../api/admin.ts';
import type { ModelAnswer, ModelFileName } from '../api/model.ts';
import type { AccessRules } from './authorise.ts';
import type { EventLog } from './event-log-node.ts';
import type { FetchPhoto } from './fetch-photo-node.ts';
import type { Metrics } from './metrics.ts';
import type { QueryMemory } from './query-memory.ts';
import type { Searcher } from './searcher.ts';
import type { RenderPicture } from './serve-picture-node.ts';
import type { WorkQueue } from './work-queue.ts';

/** A file of the model, ready to be sent. */
export interface ModelFile {
  readonly bytes: Uint8Array;
  readonly mediaType: string;
  /** Quoted, as headers have it. */
  readonly etag: string;
}

/** What the model says of itself, and its files. */
export interface ModelFiles {
  readonly preprocessing: ModelAnswer['preprocessing'];
  /** Detections of a class under this score are not shown. */
  minScoreOf(label: string): number;
  /** Markdown. */
  readonly card: string;
  /** Those that there are. `check.json` is the searcher's. */
  readonly names: readonly ModelFileName[];
  /** Sizes of those that are on disk. */
  readonly bytes: Readonly<Partial<Record<ModelFileName, number>>>;
  /** Read or made when it is first asked for; null for one that there is not. */
  read(name: Exclude<ModelFileName, 'check.json'>): Promise<ModelFile | null>;
}

export interface ServerLimits {
  /** Of one picture that is sent. */
  readonly uploadBytes: number;
  /** Of a body of JSON that changes items. */
  readonly jsonBytes: number;
  /** How long photos are remembered; shoppers are told. */
  readonly photoMinutes: number;
  /** Of any other body of JSON, which is parsed before there is a place for it. */
  readonly queryBytes: number;
  /** A form that brings next to nothing for so long is not waited for. */
  readonly stallMs: number;
  readonly searchDeadlineMs: number;
  readonly writeDeadlineMs: number;
}

export interface ServerParts {
  readonly version: string;
  readonly searcher: Searcher;
  readonly access: AccessRules;
  readonly queues: {
    readonly search: WorkQueue;
    readonly write: WorkQueue;
    readonly picture: WorkQueue;
    /** Of those who want a query forgotten: all that was written of events is looked through. */
    readonly forget: WorkQueue;
  };
  readonly limits: ServerLimits;
  /** Null where addresses are not fetched. */
  readonly fetchPhoto: FetchPhoto | null;
  readonly renderPicture: RenderPicture;
  readonly queries: QueryMemory;
  readonly events: EventLog;
  readonly model: ModelFiles;
  readonly metrics: Metrics;
  /** Whether this machine alone asks: /metrics then needs no key, and what a proxy passes on is refused. */
  readonly isPrivate: boolean;
  /** What was last indexed, and how it went. */
  readonly lastImport: () => Promise<AdminSummary['lastImport']>;
  /** Pages of other origins that may read answers, beside those of keys. */
  readonly corsOrigins: readonly string[];
  /** Host names that requests may ask for; null for any. On loopback without keys a page could else reach us by a name of its own. */
  readonly hostNames: ReadonlySet<string> | null;
  /** Whether a proxy in front, one, is believed about who asks. */
  readonly trustProxy: boolean;
  /** Folder of the web app, with an index.html; null where there is none. */
  readonly webFolder: string | null;
  /** False while the server starts and once it stops. */
  readonly isReady: () => boolean;
  /** Where log lines go; null for nowhere. */
  readonly log: { write(line: string): void } | null;
}
