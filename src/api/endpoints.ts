/**
 * @file Every endpoint: where it is, who may ask, what it takes and gives. One table: the server answers by it,
 * docs/openapi.json describes it, and the client's types are made from that.
 */
import { z } from 'zod';
import { adminQueries, adminQueriesQuery, adminSummary } from './admin.ts';
import { eventsAnswer, eventsRequest, forgetAnswer } from './event.ts';
import {
  batchAnswer,
  batchRequest,
  deleteAnswer,
  item,
  itemKey,
  itemsPage,
  itemsQuery,
  pictureQuery,
  putAnswer,
  putItem,
  similarQuery,
} from './item.ts';
import { modelAnswer, modelFileNames } from './model.ts';
import { detectAnswer, detectRequest } from './photo.ts';
import { queryId, searchAnswer, searchRequest } from './search.ts';

/** What a key may allow. `index` and `admin` allow what `search` does too, `admin` what `index` does. */
export const scopes = ['search', 'index', 'admin'] as const;
export type Scope = (typeof scopes)[number];

/** A form: parts that are files, and one part of JSON. */
export interface FormBody {
  readonly files: { readonly name: string; readonly isRequired: boolean; readonly max: number };
  /** Name of the JSON part; the schema is that of the JSON body. */
  readonly json: string | null;
}

export interface Endpoint {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  /** `{name}` stands for a parameter. */
  readonly path: string;
  readonly summary: string;
  /** Null for what anyone may ask. */
  readonly scope: Scope | null;
  readonly params?: z.ZodObject | undefined;
  readonly query?: z.ZodObject | undefined;
  /** JSON body. */
  readonly body?: z.ZodType | undefined;
  readonly form?: FormBody | undefined;
  /** JSON, or the media types of what is no JSON. */
  readonly answer: z.ZodType | { readonly mediaTypes: readonly string[] };
  /** Of success; 200 where it is not said. */
  readonly status?: number | undefined;
}

const photoPart = { name: 'photo', isRequired: true, max: 1 } as const;

export const endpoints = {
  detect: {
    method: 'POST',
    path: '/v1/detect',
    summary: 'Find the garments in a photo; its id serves later searches.',
    scope: 'search',
    body: detectRequest,
    form: { files: photoPart, json: null },
    answer: detectAnswer,
  },
  search: {
    method: 'POST',
    path: '/v1/search',
    summary: 'Find similar items for each garment of a photo, for a box, for items, or for vectors of a device.',
    scope: 'search',
    body: searchRequest,
    form: { files: photoPart, json: 'query' },
    answer: searchAnswer,
  },
  listItems: {
    method: 'GET',
    path: '/v1/items',
    summary: 'List the products by id.',
    scope: 'search',
    query: itemsQuery,
    answer: itemsPage,
  },
  getItem: {
    method: 'GET',
    path: '/v1/items/{id}',
    summary: 'One product, by its id or that of a variant.',
    scope: 'search',
    params: z.object({ id: itemKey }),
    answer: item,
  },
  putItem: {
    method: 'PUT',
    path: '/v1/items/{id}',
    summary: 'Add a product or change it; its pictures come as addresses or as parts of a form.',
    scope: 'index',
    params: z.object({ id: itemKey }),
    body: putItem,
    form: { files: { name: 'picture', isRequired: false, max: 20 }, json: 'item' },
    answer: putAnswer,
  },
  deleteItem: {
    method: 'DELETE',
    path: '/v1/items/{id}',
    summary: 'Remove a product with all its pictures.',
    scope: 'index',
    params: z.object({ id: itemKey }),
    answer: deleteAnswer,
  },
  batchItems: {
    method: 'POST',
    path: '/v1/items:batch',
    summary: 'Put and delete up to 500 products; each has a result of its own.',
    scope: 'index',
    body: batchRequest,
    answer: batchAnswer,
  },
  similarItems: {
    method: 'GET',
    path: '/v1/items/{id}/similar',
    summary: 'Items similar to a product or variant.',
    scope: 'search',
    params: z.object({ id: itemKey }),
    query: similarQuery,
    answer: searchAnswer,
  },
  getPicture: {
    method: 'GET',
    path: '/v1/pictures/{product}/{picture}',
    summary: 'A picture of an item, made smaller, without metadata. Addresses of it stand in answers.',
    scope: null,
    params: z.object({ product: itemKey, picture: z.string().regex(/^[0-9a-f]{32}\.webp$/) }),
    query: pictureQuery,
    answer: { mediaTypes: ['image/webp'] },
  },
  sendEvents: {
    method: 'POST',
    path: '/v1/events',
    summary: 'Say what a shopper did with an answer: view, click, cart, purchase.',
    scope: 'search',
    body: eventsRequest,
    answer: eventsAnswer,
    status: 202,
  },
  forgetQuery: {
    method: 'DELETE',
    path: '/v1/queries/{id}',
    summary: 'Forget a query: its vector, its box and its events.',
    scope: 'search',
    params: z.object({ id: queryId }),
    answer: forgetAnswer,
  },
  getModel: {
    method: 'GET',
    path: '/v1/model',
    summary: 'The model: classes, vector space, preprocessing, and files for use on a device.',
    scope: 'search',
    answer: modelAnswer,
  },
  getModelFile: {
    method: 'GET',
    path: '/v1/model/files/{name}',
    summary: 'A file of the model.',
    scope: 'search',
    params: z.object({ name: z.enum(modelFileNames) }),
    answer: { mediaTypes: ['application/json', 'application/octet-stream'] },
  },
  adminSummary: {
    method: 'GET',
    path: '/v1/admin/summary',
    summary: 'Counts of the catalogue, health of the index, the last import, the model card.',
    scope: 'admin',
    answer: adminSummary,
  },
  adminQueries: {
    method: 'GET',
    path: '/v1/admin/queries',
    summary: 'Queries without a result, and those with weak matches only.',
    scope: 'admin',
    query: adminQueriesQuery,
    answer: adminQueries,
  },
  health: {
    method: 'GET',
    path: '/healthz',
    summary: 'The process answers.',
    scope: null,
    answer: z.object({ status: z.literal('ok') }),
  },
  ready: {
    method: 'GET',
    path: '/readyz',
    summary: 'Model and store are open and the server is not stopping; 503 otherwise.',
    scope: null,
    answer: z.object({ status: z.literal('ready') }),
  },
  metrics: {
    method: 'GET',
    path: '/metrics',
    summary: 'Metrics for Prometheus. Open on loopback; elsewhere it needs an admin key.',
    scope: 'admin',
    answer: { mediaTypes: ['text/plain'] },
  },
} as const satisfies { readonly [name: string]: Endpoint };

export type EndpointName = keyof typeof endpoints;
