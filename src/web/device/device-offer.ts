/** @file Whether the server's model can run in this browser, known before it is fetched. */
import { failureOf } from '../results/failure-kind.ts';
import { describeModel, type ModelSource } from './describe-model.ts';
import { DeviceFinder, type Obstacle } from './device-finder.ts';
import { fetchFromServer } from './download.ts';
import { totalBytesOf } from './runtime-bytes.ts';

export type Hindrance =
  | Obstacle
  /** The server gives no model out, or one that devices do not run: an encoder of its own, the paper's baseline. */
  | 'not-offered'
  /** The model's vectors are not those that the server compares. */
  | 'other-space'
  | Silence;

/** Not known, now or before: the server refused, or there was no answer. Asked again, it may say more. */
type Silence = 'busy' | 'closed' | 'unreachable';

export type DeviceOffer =
  | {
      readonly isOpen: true;
      /** Of model and runtime, unpacked. */
      readonly bytes: number;
    }
  | { readonly isOpen: false; readonly why: Hindrance };

const silences: readonly Hindrance[] = ['busy', 'closed', 'unreachable'] satisfies Silence[];

const closed = (why: Hindrance): DeviceOffer => ({ isOpen: false, why });

/** Asks for two small files; offline, for those that were kept. */
export async function readOffer(source: ModelSource): Promise<DeviceOffer> {
  const obstacle = DeviceFinder.obstacle();
  if (obstacle !== null) return closed(obstacle);
  try {
    const answer = await describeModel(source);
    const { descriptor, spaceId } = answer.space;
    const isGivenOut = answer.files.some(({ name }) => name === 'weights.safetensors');
    if (descriptor === 'external' || !isGivenOut) return closed('not-offered');
    const stated = spaceIn(await readModelJson(answer.modelId, source), descriptor);
    if (stated === null) return closed('not-offered');
    return stated === spaceId ? { isOpen: true, bytes: totalBytesOf(answer, 'wasm') } : closed('other-space');
  } catch (error) {
    const { kind } = failureOf(error);
    return closed(kind === 'busy' || kind === 'closed' ? kind : 'unreachable');
  }
}

/** Whether the offer is known, be it that there is none. */
export function isKnown(offer: DeviceOffer): boolean {
  return offer.isOpen || !silences.includes(offer.why);
}

async function readModelJson(modelId: string, { server, headers, cache }: ModelSource): Promise<unknown> {
  const url = `${server}/v1/model/files/model.json`;
  const kept = await cache?.match(`${url}?version=${modelId}`);
  return (kept ?? (await fetchFromServer(url, { headers }))).json();
}

/** The space that a `model.json` states for a descriptor; null where devices cannot run the model, or it has none. */
function spaceIn(json: unknown, descriptor: string): string | null {
  const { kind = 'faster-rcnn', descriptors } = fieldsOf(json);
  const { spaceId } = fieldsOf(fieldsOf(descriptors)[descriptor]);
  return kind === 'faster-rcnn' && typeof spaceId === 'string' ? spaceId : null;
}

function fieldsOf(value: unknown): { readonly [name: string]: unknown } {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
