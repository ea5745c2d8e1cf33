/** @file Our half of `coco-evaluation.py`: evaluates a results file once and prints seconds, loading included, and the numbers. */
import { readCocoDetections, readCocoGroundTruth } from '../../src/evaluation/coco-files-node.ts';
import { cocoNumberNames, evaluateDetections } from '../../src/evaluation/evaluate-detections.ts';

const [annotations, detections] = process.argv.slice(2);
const start = performance.now();
const groundTruth = await readCocoGroundTruth(annotations);
const found = await readCocoDetections(detections, groundTruth);
const loaded = performance.now();
const evaluation = evaluateDetections({ groundTruth, detections: found });
const end = performance.now();

const numbers = [
  ...cocoNumberNames.map((name) => evaluation[name]),
  ...evaluation.perClass.flatMap(({ AP, AP50 }) => [AP, AP50]),
];
console.log(
  JSON.stringify({
    seconds: (end - start) / 1000,
    loading: (loaded - start) / 1000,
    megabytes: process.resourceUsage().maxRSS / 1024,
    numbers,
  }),
);
