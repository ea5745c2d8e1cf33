/** @file What the shop sells: listed, read, put, deleted, and its pictures. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { endpoints } from '../api/endpoints.ts';
import { errorCodes, isErrorCode } from '../api/error-codes.ts';
import { batchOperation, itemKey } from '../api/item.ts';
import { DeepShopError } from '../errors/errors.ts';
import { ApiError } from './api-error.ts';
import { type CarriedError, thrown } from './carried-error.ts';
import { asBuffer, notFound } from './other-answers.ts';
import { parseWith } from './parse-request.ts';
import { readForm } from './read-form.ts';
import { requestSignal, unlessAborted } from './request-signal.ts';
import type { WriteOperation, WriteOutcome } from './searcher.ts';
import type { ServerParts } from './server-parts.ts';

export function itemHandlers({ searcher, queues, limits, renderPicture }: ServerParts) {
  /** One commit for all; counts as one request of the queue, from before its pictures are read. */
  async function write(
    request: FastifyRequest,
    reply: FastifyReply,
    read: (signal: AbortSignal) => Promise<readonly WriteOperation[]>,
  ): Promise<readonly WriteOutcome[]> {
    const signal = requestSignal(reply, limits.writeDeadlineMs);
    const written = queues.write.hold(
      async (takeTurn) => {
        const operations = await read(signal);
        return takeTurn(() => searcher.write(operations, signal));
      },
      signal,
      request.holder,
    );
    return unlessAborted(written, signal);
  }

  async function readItem(request: FastifyRequest, signal: AbortSignal) {
    if (!request.isMultipart()) return { facts: parseWith(endpoints.putItem.body, request.body, 'body'), pictures: [] };
    const { files, json } = await readForm(request, endpoints.putItem.form, { ...limits, signal });
    return { facts: parseWith(endpoints.putItem.body, json ?? {}, 'item'), pictures: files };
  }

  return {
    async listItems(request: FastifyRequest) {
      const { cursor, limit } = parseWith(endpoints.listItems.query, request.query, 'query');
      const after = cursor === undefined ? null : decodeCursor(cursor);
      const { items, total, last } = await searcher.listItems({ after, limit });
      return { items, total, next: last === null ? null : encodeCursor(last) };
    },

    getItem: (request: FastifyRequest) =>
      searcher.getItem(parseWith(endpoints.getItem.params, request.params, 'path').id),

    async putItem(request: FastifyRequest, reply: FastifyReply) {
      const { id } = parseWith(endpoints.putItem.params, request.params, 'path');
      const [outcome] = await write(request, reply, async (signal) => [
        { kind: 'put', id, ...(await readItem(request, signal)) },
      ]);
      if (outcome.kind === 'failed') throw thrown(outcome.error);
      if (outcome.kind !== 'written') throw new Error('a product that was put was deleted');
      const { result, item } = outcome;
      return reply.status(result === 'added' ? 201 : 200).send({ result, item });
    },

    async deleteItem(request: FastifyRequest, reply: FastifyReply) {
      const { id } = parseWith(endpoints.deleteItem.params, request.params, 'path');
      const [outcome] = await write(request, reply, async () => [{ kind: 'delete', id }]);
      if (outcome.kind === 'failed') throw thrown(outcome.error);
      return { result: 'deleted', pictures: outcome.kind === 'deleted' ? outcome.pictures : 0 };
    },

    async batchItems(request: FastifyRequest, reply: FastifyReply) {
      const { items } = parseWith(endpoints.batchItems.body, request.body, 'body');
      const read = items.map(readOperation);
      const operations = read.flatMap((each) => ('kind' in each ? [each] : []));
      const outcomes = operations.length === 0 ? [] : await write(request, reply, async () => operations);
      let at = 0;
      const results = read.map((each) => ('kind' in each ? batchResult(each.id, outcomes[at++]) : each));
      return { results };
    },

    async getPicture(request: FastifyRequest, reply: FastifyReply) {
      const { product, picture } = parseWith(endpoints.getPicture.params, request.params, 'path');
      const { width } = parseWith(endpoints.getPicture.query, request.query, 'query');
      const signal = requestSignal(reply, limits.searchDeadlineMs);
      const rendered = queues.picture.hold(
        async (takeTurn) => {
          const known = await searcher.findPicture(product, picture.slice(0, -'.webp'.length));
          return known === null ? null : takeTurn(() => renderPicture(known, Number(width)));
        },
        signal,
        request.holder,
      );
      const bytes = await unlessAborted(rendered, signal);
      if (bytes === null) throw notFound('no item has such a picture');
      // Its address holds the hash of its bytes.
      return reply
        .type('image/webp')
        .header('cache-control', 'public, max-age=31536000, immutable')
        .send(asBuffer(bytes));
    },
  };
}

/** One of a batch, or why it is none. */
function readOperation(value: unknown): WriteOperation | ReturnType<typeof failedResult> {
  try {
    const { id, ...operation } = parseWith(batchOperation, value, 'item');
    if (operation.action === 'delete') return { kind: 'delete', id };
    const { action: _, ...facts } = operation;
    return { kind: 'put', id, facts, pictures: [] };
  } catch (error) {
    if (!(error instanceof DeepShopError)) throw error;
    const named = itemKey.safeParse(
      typeof value === 'object' && value !== null && 'id' in value ? value.id : undefined,
    );
    return failedResult(named.success ? named.data : null, error);
  }
}

function batchResult(id: string, outcome: WriteOutcome) {
  if (outcome.kind === 'failed') return failedResult(id, outcome.error);
  if (outcome.kind === 'deleted') return { id, status: 200, result: 'deleted' as const };
  return { id, status: outcome.result === 'added' ? 201 : 200, result: outcome.result };
}

function failedResult(id: string | null, { code, message }: CarriedError) {
  if (isErrorCode(code)) return { id, status: errorCodes[code][0] as number, error: { code: code as string, message } };
  return { id, status: 500, error: { code: 'internal', message: 'the server has a fault' } };
}

/** Cursors are opaque, and safe in an address. */
function encodeCursor(product: string): string {
  return Buffer.from(product, 'utf8').toString('base64url');
}

function decodeCursor(cursor: string): string {
  if (/^[\w-]+$/.test(cursor)) return Buffer.from(cursor, 'base64url').toString('utf8');
  throw new ApiError('request-invalid', 'not a cursor', {
    where: 'query.cursor',
    expected: '`next` of a page',
    got: 'another text',
  });
}
