/** @file Photos, boxes, items and vectors in; garments and similar items out. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { endpoints } from '../api/endpoints.ts';
import { type SearchAnswer, searchRequest, sourceOf } from '../api/search.ts';
import { ApiError, fetchingIsOff } from './api-error.ts';
import { parseWith } from './parse-request.ts';
import { readForm } from './read-form.ts';
import { requestSignal, unlessAborted } from './request-signal.ts';
import type { SearchOutcome } from './searcher.ts';
import type { ServerParts } from './server-parts.ts';

export function searchHandlers(parts: ServerParts) {
  const { searcher, queues, limits, queries } = parts;

  /** A photo's bytes: a part of a form, or fetched from an address. */
  async function photoAt(url: string, signal: AbortSignal): Promise<Uint8Array> {
    if (parts.fetchPhoto === null) throw fetchingIsOff();
    return parts.fetchPhoto(url, signal);
  }

  function asAnswer({ photo, spaceId, garments }: SearchOutcome, filter: string | undefined): SearchAnswer {
    return {
      photo,
      garments: garments.map((found) => {
        const { vector: _, box, ...shown } = found;
        const queryId = queries.add(found, { spaceId, filter: filter ?? null });
        return { queryId, ...shown, box: box === null ? null : [box[0], box[1], box[2], box[3]] };
      }),
    };
  }

  return {
    async detect(request: FastifyRequest, reply: FastifyReply) {
      const signal = requestSignal(reply, limits.searchDeadlineMs);
      const answer = queues.search.hold(
        async (takeTurn) => {
          const bytes = request.isMultipart()
            ? (await readForm(request, endpoints.detect.form, { ...limits, signal })).files[0]
            : await photoAt(parseWith(endpoints.detect.body, request.body, 'body').url, signal);
          return takeTurn(() => searcher.detect(bytes, signal));
        },
        signal,
        request.holder,
      );
      return unlessAborted(answer, signal);
    },

    async search(request: FastifyRequest, reply: FastifyReply) {
      const signal = requestSignal(reply, limits.searchDeadlineMs);
      const found = queues.search.hold(
        async (takeTurn) => {
          const isForm = request.isMultipart();
          const form = isForm ? await readForm(request, endpoints.search.form, { ...limits, signal }) : undefined;
          const asked = parseWith(searchRequest, isForm ? (form?.json ?? {}) : request.body, isForm ? 'query' : 'body');
          const source = sourceOf(asked, isForm);
          if (typeof source === 'object') throw sourceError(source.problem);
          const bytes = source === 'url' ? await photoAt(asked.url ?? '', signal) : form?.files[0];
          const outcome = await takeTurn(() => searcher.search({ source, bytes, request: asked }, signal));
          return asAnswer(outcome, asked.filter);
        },
        signal,
        request.holder,
      );
      return unlessAborted(found, signal);
    },

    async similarItems(request: FastifyRequest, reply: FastifyReply) {
      const { id } = parseWith(endpoints.similarItems.params, request.params, 'path');
      const page = parseWith(endpoints.similarItems.query, request.query, 'query');
      const asked = searchRequest.parse({ item: id, ...page });
      const signal = requestSignal(reply, limits.searchDeadlineMs);
      const found = queues.search.hold(
        (takeTurn) => takeTurn(() => searcher.search({ source: 'item', request: asked }, signal)),
        signal,
        request.holder,
      );
      return asAnswer(await unlessAborted(found, signal), asked.filter);
    },
  };
}

function sourceError(problem: string): ApiError {
  return new ApiError('request-invalid', 'the search is about nothing, or about too much', {
    expected: 'one of photo, photoId, url, item, like, vector with spaceId, garments with spaceId; box beside a photo',
    got: problem,
    cure: 'docs/serving.md has an example of each.',
  });
}
