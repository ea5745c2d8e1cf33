/** @file What shoppers did with an answer. */
import { z } from 'zod';
import { itemId, queryId } from './search.ts';

export const eventTypes = ['view', 'click', 'cart', 'purchase'] as const;

export const event = z
  .strictObject({
    type: z.enum(eventTypes),
    queryId,
    item: itemId.describe('Id of the item, its product or a variant of it, as the answer gave it.'),
    position: z.int().min(0).max(10_000).optional().describe('In the list of its garment, from 0, over all pages.'),
  })
  .meta({ id: 'Event' });

export const eventsRequest = z
  .union([event, z.strictObject({ events: z.array(event).min(1).max(100) })])
  .meta({ id: 'EventsRequest', description: 'One event, or several.' });

export const eventsAnswer = z
  .object({
    accepted: z.int(),
    refused: z.int().describe('Of items that the answer did not have, and those that were told before.'),
    unknown: z.array(queryId).describe('Queries that the server does not know (any more): these events were not kept.'),
  })
  .meta({ id: 'EventsAnswer' });

export const forgetAnswer = z.object({ forgotten: z.boolean() }).meta({ id: 'ForgetAnswer' });

export type ShopEvent = z.infer<typeof event>;
