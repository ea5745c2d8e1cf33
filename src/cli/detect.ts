/** @file `deepshop detect`: the garments of photos, as boxes with labels. */
import { Command } from 'commander';
import { mapEdges } from '../boxes/boxes.ts';
import type { GarmentDetection } from '../embedding/descriptor.ts';
import { describeError } from '../errors/errors.ts';
import { printable } from '../errors/printable.ts';
import { readPhoto } from '../image/decode-node.ts';
import { renderAnnotatedPhoto } from '../report/render-node.ts';
import {
  bundledModel,
  describeFailure,
  type LoadEngine,
  log,
  markFailed,
  parseScore,
  printJson,
  printLine,
  rounded,
} from './command-runtime.ts';
import { createOutputFolder } from './output-files.ts';

interface Flags {
  readonly model: string;
  readonly minScore?: number;
  readonly out?: string;
  readonly json?: boolean;
}

type Answer =
  | {
      readonly file: string;
      readonly width: number;
      readonly height: number;
      readonly detections: readonly GarmentDetection[];
    }
  | { readonly file: string; readonly error: { readonly code: string; readonly message: string } };

export function detectCommand(loadEngine: LoadEngine): Command {
  return new Command('detect')
    .description('find the garments in photos')
    .argument('<photo...>', 'JPEG, PNG, WebP or AVIF files')
    .option('--model <dir>', 'model directory', bundledModel)
    .option('--min-score <x>', "leave out detections under this score (default: the model's own)", parseScore)
    .option('--out <dir>', 'write annotated pictures into this folder')
    .option('--json', 'print one JSON document')
    .action(async (photos: readonly string[], flags: Flags) => {
      const engine = await loadEngine(flags.model);
      const folder = flags.out === undefined ? undefined : createOutputFolder(flags.out);
      const images: Answer[] = [];
      for (const file of photos) {
        let answer: Answer;
        try {
          const photo = await readPhoto(file);
          const found = await engine.detect(photo, { minScore: flags.minScore });
          const bytes = folder && (await renderAnnotatedPhoto(photo, found, engine.classes));
          if (bytes) log(`wrote ${printable(await folder.write(file, '-garments.jpg', bytes))}`);
          answer = { file, width: photo.width, height: photo.height, detections: found.map(asJson) };
        } catch (error) {
          answer = { file, error: describeError(error) };
          markFailed();
        }
        images.push(answer);
        // In the other form the answers are printed as they come.
        if (!flags.json) printAnswer(answer, flags.minScore ?? Math.min(...engine.classes.map(engine.minScoreOf)));
      }
      if (flags.json) printJson({ images });
    });
}

/** Named one by one: an engine's detections may carry more. */
function asJson({ box, label, score }: GarmentDetection): GarmentDetection {
  return { box: mapEdges(box, (edge) => rounded(edge, 3)), label, score: rounded(score, 6) };
}

function printAnswer(answer: Answer, minScore: number): void {
  if ('error' in answer) {
    log(describeFailure(answer.file, answer.error.message));
    return;
  }
  const { file, width, height, detections } = answer;
  const none = `: no garment found from a score of ${minScore} on; --min-score sets another`;
  printLine(`${printable(file)} (${width} x ${height})${detections.length === 0 ? none : ''}`);
  for (const { box, label, score } of detections) {
    const edges = box.map((edge) => edge.toFixed(0).padStart(5)).join('');
    printLine(`  ${printable(label).padEnd(12)} ${score.toFixed(3)}  box${edges}`);
  }
}
