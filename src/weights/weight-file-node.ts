/** @file Files of other libraries' weights on disk. */
import { open } from 'node:fs/promises';
import { parseWeightFile, type WeightFile, WeightFileError } from './weight-file.ts';

/** What Node reads into one piece of memory: 2 GiB. X-101-64x4d with a detector's heads is 0.4 GB. */
const MAX_FILE_BYTES = 2 ** 31 - 1;

/**
 * Reads a file.
 *
 * @throws PickleError, ZipError, SafetensorsError or WeightFileError naming the path
 */
export async function readWeightFile(path: string): Promise<WeightFile> {
  const file = await open(path, 'r').catch((cause: NodeJS.ErrnoException) => {
    throw new WeightFileError(`cannot be opened (${cause.code})`, { where: path, cure: 'Check the path.' });
  });
  try {
    const stats = await file.stat();
    if (!stats.isFile()) throw new WeightFileError('is no file', { where: path, cure: 'Name the file itself.' });
    if (stats.size > MAX_FILE_BYTES) {
      throw new WeightFileError('is too large to be read', {
        where: path,
        expected: `at most ${MAX_FILE_BYTES} bytes`,
        got: `${stats.size}`,
        cure: 'Save the weights alone, without the optimizer: torch.save(model.state_dict(), FILE).',
      });
    }
    return parseWeightFile(await file.readFile(), path);
  } finally {
    await file.close();
  }
}
