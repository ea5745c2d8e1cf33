/** @file Detectors on ONNX Runtime for Node, and photos from files through them. */
import { mapAhead } from '../concurrency/map-ahead.ts';
import { readPhoto } from '../image/decode-node.ts';
import { type PreparedPhoto, type PreprocessingConfig, preprocess } from '../image/preprocess.ts';
import type { SessionOptions } from '../onnx/session.ts';
import { compile } from '../onnx/session-node.ts';
import { type DetectedGarments, Detector, type DetectorParts, type FeatureName } from './detector.ts';

/** A detector in Node. */
export function createDetector(
  parts: DetectorParts,
  { features = [], ...session }: SessionOptions & { readonly features?: readonly FeatureName[] } = {},
): Promise<Detector> {
  return Detector.create(parts, (definition) => compile(definition, session), { features });
}

/** What finds garments in photos, of whatever kind. */
export interface PhotoDetector {
  readonly preprocessing: PreprocessingConfig;
  detectPrepared(prepared: PreparedPhoto): Promise<{ readonly detections: DetectedGarments }>;
}

/** Photos that are decoded while the detector works on another; each may take 360 MB. */
const decodedAhead = 2;

/**
 * Garments of photo after photo, in the order of the files: what evaluation reads.
 *
 * @param onPhoto called after each photo with how many are done
 * @throws ImageError naming the first file that cannot be read
 */
export async function detectFiles(
  detector: PhotoDetector,
  paths: readonly string[],
  onPhoto?: (done: number) => void,
): Promise<DetectedGarments[]> {
  const answers: DetectedGarments[] = [];
  const prepare = async (path: string) => preprocess(await readPhoto(path), detector.preprocessing);
  for await (const prepared of mapAhead(paths, decodedAhead, prepare)) {
    answers.push((await detector.detectPrepared(prepared)).detections);
    onPhoto?.(answers.length);
  }
  return answers;
}
