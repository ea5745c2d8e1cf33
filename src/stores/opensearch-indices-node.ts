/**
 * @file The indices of a store in OpenSearch: `NAME` is an alias of the one that answers, `NAME.rows-1`, `NAME.rows-2`... by
 * generation, as a migration fills the next one.
 */
import { z } from 'zod';
import { EngineError, type OpenSearchConnection } from './opensearch-connection-node.ts';
import type { OpenedIndex } from './opensearch-store-node.ts';
import {
  attributeFields,
  indexTemplate,
  type Meta,
  metaOf,
  parseMeta,
  stampOfMeta,
} from './opensearch-template-node.ts';
import { attributeField } from './opensearch-terms-node.ts';
import { writeAliasOf } from './opensearch-writer-node.ts';
import { StoreError } from './store-error.ts';
import { requireSchema, widened } from './store-manifest-node.ts';
import type { StoreStamp } from './vector-store.ts';

/** How long an index stays that was moved away from, for those who still read it. */
const keptMs = 3_600_000;
/** Writers that bring further attributes at the same moment, one after the other. */
const triesToWiden = 10;

const indicesSchema = z.record(
  z.string(),
  z.object({
    aliases: z.record(z.string(), z.unknown()),
    mappings: z.record(z.string(), z.unknown()),
    settings: z.object({ index: z.object({ blocks: z.object({ write: z.string().optional() }).optional() }) }),
  }),
);

/** One of a store's indices as the engine has it. */
export interface FoundIndex extends OpenedIndex {
  readonly meta: Meta;
  /** 1 for the first. */
  readonly generation: number;
  readonly answers: boolean;
  readonly isFrozen: boolean;
}

export class StoreIndices {
  readonly #connection: OpenSearchConnection;

  constructor(connection: OpenSearchConnection) {
    this.#connection = connection;
  }

  /** The one that answers; undefined where there is no store. @throws StoreError `store-occupied` */
  async answering(): Promise<FoundIndex | undefined> {
    const { name } = this.#connection.address;
    const found = await this.#describe(name);
    if (found.length > 1 || found.some(({ index }) => index === name)) {
      const cure = 'Name another store with --store.';
      throw new StoreError('occupied', 'an index or alias that is not ours has this name', {
        where: this.#where,
        cure,
      });
    }
    return found[0];
  }

  async ofGeneration(generation: number): Promise<FoundIndex | undefined> {
    return (await this.#describe(this.nameOf(generation)))[0];
  }

  nameOf(generation: number): string {
    return `${this.#connection.address.name}.rows-${generation}`;
  }

  /** @returns false where there was one already */
  async create(generation: number, stamp: StoreStamp, { answers }: { readonly answers: boolean }): Promise<boolean> {
    const { address } = this.#connection;
    const index = this.nameOf(generation);
    // By the alias alone it is written: without the index there is none, and nobody makes another by writing.
    const aliases = { [writeAliasOf(index)]: {}, ...(answers && { [address.name]: {} }) };
    const body = { ...indexTemplate(stamp, address, attributeField), aliases };
    try {
      await this.#connection.ask({ method: 'PUT', path: `/${index}`, body });
      return true;
    } catch (error) {
      if (error instanceof EngineError && error.type === 'resource_already_exists_exception') return false;
      throw error;
    }
  }

  /** Gives an index the attributes that it lacks; with other writers doing the same, it has those of all. */
  async widen(generation: number, wanted: StoreStamp): Promise<void> {
    for (let tries = 0; tries < triesToWiden; tries++) {
      const found = await this.ofGeneration(generation);
      if (found === undefined) throw new StoreError('missing', 'the index is gone', { where: this.#where });
      const both = { ...wanted.attributes, ...found.stamp.attributes };
      requireSchema(found.stamp, { ...found.stamp.attributes, ...wanted.attributes }, this.#where);
      const wide = widened(found.stamp, both);
      if (wide === found.stamp) return;
      const body = { _meta: metaOf(wide), properties: attributeFields(wide.attributes, attributeField) };
      await this.#connection.ask({ method: 'PUT', path: `/${found.index}/_mapping`, body });
    }
  }

  async remove({ index }: OpenedIndex): Promise<void> {
    await this.#connection.ask({ method: 'DELETE', path: `/${index}`, query: { ignore_unavailable: true } });
  }

  /** No change gets in from now on, and those under way are in. */
  async freeze({ index }: OpenedIndex): Promise<void> {
    await this.#connection.ask({ method: 'PUT', path: `/${index}/_block/write` });
    await this.#connection.ask({ method: 'POST', path: `/${index}/_refresh` });
  }

  async thaw({ index }: OpenedIndex): Promise<void> {
    const body = { index: { blocks: { write: null } } };
    await this.#connection.ask({ method: 'PUT', path: `/${index}/_settings`, body });
  }

  /** One moment for everybody: before it the old index answers, after it the new one. */
  async switchTo(next: OpenedIndex, before: FoundIndex | undefined): Promise<void> {
    const alias = this.#connection.address.name;
    const actions = [
      ...(before === undefined ? [] : [{ remove: { index: before.index, alias } }]),
      { add: { index: next.index, alias } },
    ];
    await this.#connection.ask({ method: 'POST', path: '/_aliases', body: { actions } });
    if (before !== undefined) await this.#retire(before);
  }

  /** Those that were moved away from more than an hour ago. */
  async removeRetired(answering: FoundIndex): Promise<void> {
    const { name } = this.#connection.address;
    for (const found of await this.#describe(`${name}.rows-*`)) {
      if (found.generation >= answering.generation) continue;
      // Whoever switched was ended before it could say so: the hour begins now.
      if (found.meta.retiredAt === undefined) await this.#retire(found);
      else if (Date.now() - found.meta.retiredAt > keptMs) await this.remove(found);
    }
  }

  async #retire({ index, meta }: FoundIndex): Promise<void> {
    const body = { _meta: { ...meta, retiredAt: Date.now() } };
    await this.#connection.ask({ method: 'PUT', path: `/${index}/_mapping`, body });
  }

  async #describe(name: string): Promise<FoundIndex[]> {
    let answer: unknown;
    try {
      answer = await this.#connection.ask({ method: 'GET', path: `/${name}` });
    } catch (error) {
      if (error instanceof EngineError && error.status === 404) return [];
      throw error;
    }
    return Object.entries(indicesSchema.parse(answer)).map(([index, { aliases, mappings, settings }]) => {
      const meta = parseMeta(mappings, `${this.#where} (index ${index})`);
      return {
        index,
        meta,
        stamp: stampOfMeta(meta),
        generation: Number(/\.rows-(\d+)$/.exec(index)?.[1] ?? 0),
        answers: Object.hasOwn(aliases, this.#connection.address.name),
        isFrozen: settings.index.blocks?.write === 'true',
      };
    });
  }

  get #where(): string {
    return this.#connection.address.text;
  }
}
