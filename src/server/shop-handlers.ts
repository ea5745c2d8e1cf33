/** @file What is not about garments: events, the model, the keeper's pages, health and metrics. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { endpoints } from '../api/endpoints.ts';
import { ApiError } from './api-error.ts';
import { asBuffer, notFound } from './other-answers.ts';
import { parseWith } from './parse-request.ts';
import { requestSignal, unlessAborted } from './request-signal.ts';
import type { ServerParts } from './server-parts.ts';

export function shopHandlers(parts: ServerParts) {
  const { searcher, queries, queues, limits, events, model, metrics } = parts;
  const startedAt = new Date().toISOString();
  const checkFile = async () => {
    const check = await searcher.check();
    const bytes = new TextEncoder().encode(JSON.stringify(check));
    return { bytes, mediaType: 'application/json; charset=utf-8', etag: `"${check.modelId}-${check.spaceId}"` };
  };
  return {
    async sendEvents(request: FastifyRequest, reply: FastifyReply) {
      const body = parseWith(endpoints.sendEvents.body, request.body, 'body');
      const unknown: string[] = [];
      let [accepted, refused] = [0, 0];
      for (const event of 'events' in body ? body.events : [body]) {
        const taken = queries.take(event);
        if (taken.kind === 'unknown') unknown.push(event.queryId);
        if (taken.kind === 'refused') refused += 1;
        if (taken.kind !== 'taken') continue;
        const { type } = event;
        // Views are counted and not written down: what nobody chose says nothing of the query, which then stays in memory.
        if (type !== 'view') await events.add({ ...event, type }, taken.query);
        metrics.event(type);
        accepted += 1;
      }
      return reply.status(202).send({ accepted, refused, unknown });
    },

    async forgetQuery(request: FastifyRequest, reply: FastifyReply) {
      const { id } = parseWith(endpoints.forgetQuery.params, request.params, 'path');
      const wasKnown = queries.forget(id);
      const signal = requestSignal(reply, limits.writeDeadlineMs);
      const forgotten = queues.forget.hold((takeTurn) => takeTurn(() => events.forget(id)), signal, request.holder);
      const wasWritten = await unlessAborted(forgotten, signal);
      if (wasKnown || wasWritten) return { forgotten: true };
      throw new ApiError('query-unknown', 'there is no such query', { got: id, cure: 'It may be forgotten already.' });
    },

    async getModel() {
      const { modelId, classes, space } = await searcher.model();
      const { calibration, ...named } = space;
      return {
        modelId,
        classes: classes.map((label) => ({ label, minScore: model.minScoreOf(label) })),
        space: {
          ...named,
          calibration: calibration === undefined ? null : { strong: calibration.strong, fair: calibration.fair },
        },
        photoMinutes: parts.limits.photoMinutes,
        preprocessing: model.preprocessing,
        files: model.names.map((name) => ({
          name,
          url: `/v1/model/files/${name}`,
          mediaType: name.endsWith('.json') ? 'application/json' : 'application/octet-stream',
          bytes: model.bytes[name] ?? null,
        })),
      };
    },

    async getModelFile(request: FastifyRequest, reply: FastifyReply) {
      const { name } = parseWith(endpoints.getModelFile.params, request.params, 'path');
      const file = name === 'check.json' ? await checkFile() : await model.read(name);
      if (file === null) throw notFound('the model has no such file');
      reply.header('etag', file.etag).header('cache-control', 'no-cache').type(file.mediaType);
      if (request.headers['if-none-match'] === file.etag) return reply.status(304).send();
      return reply.send(asBuffer(file.bytes));
    },

    async adminSummary() {
      return {
        version: parts.version,
        startedAt,
        ...(await searcher.summary()),
        lastImport: await parts.lastImport(),
        queries: { ...queries.counts },
        modelCard: model.card,
      };
    },

    async adminQueries(request: FastifyRequest) {
      const { kind, limit } = parseWith(endpoints.adminQueries.query, request.query, 'query');
      return { queries: queries.records(kind, limit) };
    },

    health: async () => ({ status: 'ok' }),

    async ready() {
      if (!parts.isReady())
        throw new ApiError('unavailable', 'the server starts or stops', { cure: 'Try again in a moment.' }, 2);
      await searcher.probe();
      return { status: 'ready' };
    },

    async metrics(_request: FastifyRequest, reply: FastifyReply) {
      return reply.type('text/plain; version=0.0.4; charset=utf-8').send(await metrics.text());
    },
  };
}
