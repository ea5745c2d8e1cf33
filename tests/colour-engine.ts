/**
 * @file For tests: garments without a network. What stands out from the edge of a photo, described by its colours; the
 * plainest engine there is, and a baseline for the benches. It knows two shapes, tall and wide.
 */
import type { BoxTuple } from '../src/boxes/boxes.ts';
import type {
  DescriptorName,
  EmbeddedDetection,
  GarmentDetection,
  GarmentEngine,
  VectorSpace,
} from '../src/embedding/descriptor.ts';
import { colourHistogram, colourHistogramSize } from '../src/image/colour-histogram.ts';
import type { Photo } from '../src/image/photo.ts';

const dimension = colourHistogramSize;
/** Cells along each side of the coarse picture in which shapes are found. */
const gridSize = 24;
/** Distance in RGB from the colour of the edge at which a cell belongs to a garment. */
const standsOut = 48;
/** Smaller shapes are specks. */
const minCells = 4;

/** Two classes, one for each shape; `tee` for what is wide, `trousers` for what is tall. */
export function createColourEngine(): GarmentEngine {
  const space = (descriptor: DescriptorName): VectorSpace => ({
    descriptor,
    spaceId: `colour-histogram-${dimension}/1`,
    dimension,
    metric: descriptor === 'garment' ? 'cosine' : 'euclidean',
  });
  const detect = (photo: Photo, minScore = 0.02) => findShapes(photo).filter(({ score }) => score >= minScore);
  return {
    modelId: 'colour-histogram',
    classes: ['tee', 'trousers'],
    minScoreOf: () => 0.02,
    space,
    detect: async (photo, options) => detect(photo, options?.minScore),
    async analyse(photo, { minScore }) {
      const detections = detect(photo, minScore).map(
        (detection): EmbeddedDetection => ({ ...detection, vector: colourHistogram(photo, detection.box) }),
      );
      return {
        detections,
        whole: async () => colourHistogram(photo, [0, 0, photo.width, photo.height]),
        embed: async (boxes) => boxes.map((box) => colourHistogram(photo, box)),
      };
    },
    embedBoxes: async (photo, boxes) => boxes.map((box) => colourHistogram(photo, box)),
  };
}

/** Connected cells that differ from the edge, by descending share of the photo, which is their score. */
function findShapes(photo: Photo): GarmentDetection[] {
  const cells = cellColours(photo);
  const edge = [0, 1, 2].map((channel) => {
    const values = [];
    for (let i = 0; i < gridSize; i++) values.push(cells[3 * i + channel], cells[3 * gridSize * i + channel]);
    return values.sort((a, b) => a - b)[values.length >> 1];
  });
  const isGarment = Array.from({ length: gridSize ** 2 }, (_, cell) => {
    return Math.hypot(...edge.map((value, channel) => cells[3 * cell + channel] - value)) > standsOut;
  });
  const shapes: GarmentDetection[] = [];
  for (let cell = 0; cell < isGarment.length; cell++) {
    if (!isGarment[cell]) continue;
    const { columns, rows, count } = takeShape(isGarment, cell);
    if (count < minCells) continue;
    const box: BoxTuple = [
      (columns[0] * photo.width) / gridSize,
      (rows[0] * photo.height) / gridSize,
      (columns[1] * photo.width) / gridSize,
      (rows[1] * photo.height) / gridSize,
    ];
    const label = box[3] - box[1] > 1.2 * (box[2] - box[0]) ? 'trousers' : 'tee';
    shapes.push({ box, label, score: count / gridSize ** 2 });
  }
  return shapes.sort((a, b) => b.score - a.score);
}

/** `[cells, 3]`: the colour in the middle of each cell. */
function cellColours({ width, height, pixels }: Photo): Float32Array {
  const colours = new Float32Array(3 * gridSize ** 2);
  for (let row = 0, to = 0; row < gridSize; row++) {
    for (let column = 0; column < gridSize; column++, to += 3) {
      const x = Math.floor(((column + 0.5) * width) / gridSize);
      const y = Math.floor(((row + 0.5) * height) / gridSize);
      colours.set(pixels.subarray(3 * (y * width + x), 3 * (y * width + x) + 3), to);
    }
  }
  return colours;
}

/** Flood fill from one cell; the cells it reaches are cleared. Half-open ranges. */
function takeShape(isGarment: boolean[], start: number) {
  const columns: [number, number] = [gridSize, 0];
  const rows: [number, number] = [gridSize, 0];
  let count = 0;
  const waiting = [start];
  isGarment[start] = false;
  while (waiting.length > 0) {
    const cell = waiting.pop()!;
    const column = cell % gridSize;
    const row = Math.floor(cell / gridSize);
    count += 1;
    columns[0] = Math.min(columns[0], column);
    columns[1] = Math.max(columns[1], column + 1);
    rows[0] = Math.min(rows[0], row);
    rows[1] = Math.max(rows[1], row + 1);
    const neighbours = [
      ...(column > 0 ? [cell - 1] : []),
      ...(column + 1 < gridSize ? [cell + 1] : []),
      cell - gridSize,
      cell + gridSize,
    ];
    for (const next of neighbours) {
      if (!isGarment[next]) continue;
      isGarment[next] = false;
      waiting.push(next);
    }
  }
  return { columns, rows, count };
}
