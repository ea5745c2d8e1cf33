/** @file What a disk that is really full does: a tmpfs of a few megabytes, mounted where nobody else sees it. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'deepshop-full-disk-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Mounts `$1` bytes at `$2` in namespaces of its own, then becomes the program that follows; the mount ends with it. */
const mount = 'mount -t tmpfs -o size="$1" tmpfs "$2" && shift 2 && exec "$@"';

function onSmallDisk(bytes: number, ...program: string[]) {
  const argv = ['-rm', 'bash', '-c', mount, 'bash', String(bytes), folder, ...program];
  return spawnSync('unshare', argv, { encoding: 'utf8' });
}

/** The JSON that a program prints; it may import `src` and finds the disk's path in `disk`. */
function answerOnSmallDisk(bytes: number, program: string) {
  const code = `const disk = ${JSON.stringify(folder)};\n${program}`;
  const node = [process.execPath, '--import', import.meta.resolve('tsx'), '--input-type=module', '-e', code];
  const { stdout, stderr } = onSmallDisk(bytes, ...node);
  expect(stdout, stderr).not.toBe('');
  return JSON.parse(stdout);
}

const from = (path: string) => JSON.stringify(join(import.meta.dirname, '..', path));

const isPermitted = onSmallDisk(65_536, 'true').status === 0;
const title = isPermitted ? 'a full disk' : 'a full disk (skipped: this system permits no user namespaces to mount in)';

describe.skipIf(!isPermitted)(title, () => {
  test('keeps the commit that a store had', () => {
    const answer = answerOnSmallDisk(
      1e6,
      `
      import { readdirSync } from 'node:fs';
      import { openStore, openStoreForWriting } from ${from('src/stores/exact-store-node.ts')};
      import { tinyRow, tinyStore, writeTinyStore } from ${from('tests/tiny-store.ts')};
      const shop = disk + '/shop';
      await writeTinyStore(shop, tinyRow('a', [1, 2, 3]));
      const store = await openStoreForWriting(shop, tinyStore);
      await store.upsert(Array.from({ length: 20000 }, (_, i) => tinyRow('p' + i, [1, i, 0])));
      const error = await store.commit().catch((thrown) => thrown);
      await store.close();
      const { rows } = await (await openStore(shop)).stats();
      console.log(JSON.stringify({ code: error.code, message: error.message, rows, files: readdirSync(shop).sort() }));
      `,
    );
    expect(answer).toMatchObject({ code: 'disk-full', rows: 1, files: ['rows.bin', 'store.json'] });
    expect(answer.message).toMatch(/no room to write \(ENOSPC\).*what was there before is intact/);
  });

  test('keeps the model directory that was to be replaced', () => {
    const answer = answerOnSmallDisk(
      1.2e7,
      `
      import { readdirSync } from 'node:fs';
      import { readModel, writeModel } from ${from('src/detector/model-directory-node.ts')};
      import { tinyParts } from ${from('tests/tiny-detector.ts')};
      const model = disk + '/model';
      await writeModel(model, { ...tinyParts(1), name: 'first' });
      const { modelId } = await readModel(model);
      const error = await writeModel(model, { ...tinyParts(2), name: 'second' }).catch((thrown) => thrown);
      const after = await readModel(model);
      const isSame = after.modelId === modelId && after.name === 'first';
      console.log(JSON.stringify({ code: error?.code, message: error?.message, isSame, files: readdirSync(disk) }));
      `,
    );
    expect(answer).toMatchObject({ code: 'disk-full', isSame: true, files: ['model'] });
    expect(answer.message).toMatch(/ENOSPC.*what was there before is intact/);
  });

  test('ends deepshop export with its message, and keeps the file that was there', () => {
    const answer = answerOnSmallDisk(
      1.2e7,
      `
      import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
      import { run } from ${from('src/cli/main.ts')};
      import { writeModel } from ${from('src/detector/model-directory-node.ts')};
      import { captureOutput } from ${from('tests/capture-output.ts')};
      import { tinyParts } from ${from('tests/tiny-detector.ts')};
      await writeModel(disk + '/model', { ...tinyParts(1), name: 'tiny' });
      const file = disk + '/model.onnx';
      writeFileSync(file, 'old');
      const argv = ['node', 'deepshop', 'export', '--model', disk + '/model', '--out', file, '--json'];
      const { out, err } = await captureOutput(() => run(argv));
      const { exitCode } = process;
      const kept = readFileSync(file, 'utf8');
      console.log(JSON.stringify({ exitCode, kept, err, document: JSON.parse(out), files: readdirSync(disk).sort() }));
      `,
    );
    expect(answer).toMatchObject({ exitCode: 1, kept: 'old', files: ['model', 'model.onnx'] });
    expect(answer.document.error.code).toBe('disk-full');
    expect(answer.err).toMatch(/^deepshop: .*no room to write \(ENOSPC\).*Make room and run again/);
  });
});
