/** @file safetensors files on disk. */
import { readFile } from 'node:fs/promises';
import { writeFileAtomically } from '../files/atomic-file-node.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { parseSafetensors, type SafetensorsFile, serialiseSafetensors } from './safetensors.ts';

/** Reads a file; errors name its path. */
export async function readSafetensors(path: string): Promise<SafetensorsFile> {
  return parseSafetensors(await readFile(path), path);
}

/** Writes a file atomically: it is there whole, or as it was. */
export async function writeSafetensors(
  path: string,
  tensors: ReadonlyMap<string, Tensor>,
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  await writeFileAtomically(path, serialiseSafetensors(tensors, metadata));
}
