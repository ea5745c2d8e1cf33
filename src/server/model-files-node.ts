/** @file The model's files for devices: model.json and the weights as they are, and the whole model as one ONNX file, exported once and kept. */
import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { minScoreOf } from '../detector/model-directory.ts';
import { readModelFiles } from '../detector/model-files-node.ts';
import { ApiError } from './api-error.ts';
import type { ModelFile, ModelFiles } from './server-parts.ts';

/** The parts that are shown; the model's own parser has checked the rest. */
const shownSchema = z.looseObject({
  minScore: z.union([z.number(), z.record(z.string(), z.number())]),
  preprocessing: z.record(z.string(), z.unknown()),
});

export interface ModelFileOptions {
  /** Folder for the export. */
  readonly cache: string;
  /** Writes the model into a file; null where that cannot be done. */
  readonly exportOnnx: ((directory: string, file: string) => Promise<unknown>) | null;
}

export async function openModelFiles(directory: string, { cache, exportOnnx }: ModelFileOptions): Promise<ModelFiles> {
  const { json, modelId, weights: stored } = await readModelFiles(directory);
  const jsonBytes = Buffer.from(json, 'utf8');
  const bytes = { 'model.json': jsonBytes.length, 'weights.safetensors': stored.length };
  const { minScore, preprocessing } = shownSchema.parse(JSON.parse(json));
  const card = await readFile(join(directory, 'README.md'), 'utf8').catch(() => '');
  let exported: Promise<ModelFile> | undefined;
  let weights: Promise<ModelFile> | undefined;
  return {
    preprocessing,
    minScoreOf: (label) => minScoreOf(minScore, label),
    card,
    names: [
      'model.json',
      'weights.safetensors',
      'check.json',
      ...(exportOnnx === null ? [] : (['model.onnx'] as const)),
    ],
    bytes,
    async read(name) {
      if (name === 'model.json') return asFile(jsonBytes, 'application/json; charset=utf-8');
      if (name === 'weights.safetensors') {
        weights ??= readWeights(directory, modelId).catch((error) => {
          weights = undefined;
          throw error;
        });
        return weights;
      }
      if (exportOnnx === null) return null;
      exported ??= exportOnce(directory, join(cache, `${modelId}.onnx`), exportOnnx).catch((error) => {
        exported = undefined;
        throw error;
      });
      return exported;
    },
  };
}

/** Those of the model that is served, not of one that was put in its place since. */
async function readWeights(directory: string, modelId: string): Promise<ModelFile> {
  const files = await readModelFiles(directory);
  if (files.modelId !== modelId) {
    throw new ApiError('unavailable', 'the model on disk is no longer the one that is served', {
      cure: 'Start the server again.',
    });
  }
  return asFile(files.weights, 'application/octet-stream');
}

async function exportOnce(
  directory: string,
  file: string,
  exportOnnx: NonNullable<ModelFileOptions['exportOnnx']>,
): Promise<ModelFile> {
  let bytes = await readFile(file).catch(() => null);
  if (bytes === null) {
    await mkdir(join(file, '..'), { recursive: true });
    await exportOnnx(directory, file);
    bytes = await readFile(file);
  }
  return asFile(bytes, 'application/octet-stream');
}

function asFile(bytes: Uint8Array, mediaType: string): ModelFile {
  const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 32);
  return { bytes, mediaType, etag: `"${hash}"` };
}
