import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { refusal, writeSetFiles } from '../../../tests/fixtures/set-files.ts';
import { isFault, readSizes } from './read-sizes-node.ts';
import { filesBelow, kindOfPath, maxLabelBytes, readText } from './read-text-node.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deepshop-text-'));
});
afterEach(() => rm(folder, { recursive: true }));

const at = (...names: string[]) => join(folder, ...names);

describe('the text of a file', () => {
  it('is read as UTF-8, without a mark of byte order', async () => {
    await writeFile(at('a'), '\uFEFFgröße \uFFFD 👗\r\n');
    expect(await readText(at('a'))).toBe('größe \uFFFD 👗\r\n');
    await writeFile(at('b'), '');
    expect(await readText(at('b'))).toBe('');
  });

  it.each([
    ['Latin-1', Buffer.from('rock\ngr\u00f6\u00dfe', 'latin1'), /a, line 2: .*got "gr\uFFFD\uFFFDe"\. Save/],
    ['UTF-16', Buffer.from('\uFEFFrock', 'utf16le'), /a, line 1: .*expected UTF-8/],
    ['cut within a character', Buffer.from('gr\u00f6').subarray(0, 3), /a, line 1: .*got "gr\uFFFD"/],
  ])('is refused where it is %s', async (_, bytes, message) => {
    await writeFile(at('a'), bytes);
    await expect(readText(at('a'))).rejects.toEqual(refusal('dataset-not-utf8', message));
  });

  it('is refused where it is larger than labels are, before it is read', async () => {
    await writeFile(at('a'), '');
    // A hole in the file takes no room on the disk.
    await truncate(at('a'), 5e9);
    await expect(readText(at('a'))).rejects.toEqual(refusal('dataset-too-large', /got 5000000000 bytes/));
    await truncate(at('a'), maxLabelBytes + 1);
    const message = /a: the file is too large; expected at most 16777216 bytes; got 16777217 bytes/;
    await expect(readText(at('a'), maxLabelBytes)).rejects.toEqual(refusal('dataset-too-large', message));
  });

  it('is refused where there is no file', async () => {
    await mkdir(at('folder'));
    await writeFile(at('file'), '');
    await symlink('circle', at('circle'));
    for (const [name, got] of [
      ['nothing', 'nothing there'],
      ['folder', 'a folder'],
      ['file/below', 'nothing there'],
      ['circle', 'nothing there'],
      ['n'.repeat(5000), 'nothing there'],
    ]) {
      await expect(readText(at(name))).rejects.toEqual(refusal('dataset-missing', new RegExp(`; got ${got}\\.`)));
    }
  });
});

describe('what a folder holds', () => {
  it('is told by kind, whatever the name', async () => {
    await writeSetFiles(folder, { 'a/b.txt': '' });
    execFileSync('mkfifo', [at('pipe')]);
    await symlink('circle', at('circle'));
    const kinds = await Promise.all(
      ['a', 'a/b.txt', 'pipe', 'circle', 'x', 'a\0b', 'n'.repeat(5000)].map((name) => kindOfPath(`${folder}/${name}`)),
    );
    expect(kinds).toEqual(['folder', 'file', 'other', 'nothing', 'nothing', 'nothing', 'nothing']);
  });

  it('is listed with links to files and to nowhere, without pipes and without going round in circles', async () => {
    await writeSetFiles(folder, { 'b/ü x.TXT': '', 'a.txt': '', 'a.md': '' });
    execFileSync('mkfifo', [at('pipe.txt')]);
    await symlink(folder, at('b/up.txt'));
    await symlink(at('a.txt'), at('link.txt'));
    await symlink('nowhere', at('lost.txt'));
    await symlink('/dev/zero', at('zeros.txt'));
    expect(await filesBelow(folder, ['.txt'])).toEqual(['a.txt', 'b/ü x.TXT', 'link.txt', 'lost.txt']);
  });

  it('is not listed where there is no folder', async () => {
    await writeFile(at('a'), '');
    await expect(filesBelow(at('x'), [''])).rejects.toEqual(refusal('dataset-missing', /x: .*no such folder.*nothing/));
    await expect(filesBelow(at('a'), [''])).rejects.toEqual(refusal('dataset-missing', /a: .*got a file/));
  });
});

describe('the sizes of photos', () => {
  it('come in the order of the names, or why there is none', async () => {
    await writeSetFiles(folder, { 'in/a.jpg': { width: 9, height: 5 }, 'in/b.jpg': 'text', 'out.jpg': 'text' });
    await symlink('circle', at('in/circle.jpg'));
    const long = `${'n'.repeat(300)}.jpg`;
    const names = ['x.jpg', 'a.jpg', '../out.jpg', 'b.jpg', '/etc/hostname', 'a\0.jpg', 'circle.jpg', long, '.'];
    const sizes = await readSizes(at('in'), names);
    expect(sizes.map((size) => (isFault(size) ? size.code : [size.width, size.height]))).toEqual([
      'image-missing',
      [9, 5],
      'dataset-file-name',
      'image-not-an-image',
      'dataset-file-name',
      'dataset-file-name',
      'image-missing',
      'image-missing',
      'image-not-an-image',
    ]);
    sizes.filter(isFault).forEach(({ fileName, message }) => {
      expect(message).toContain(fileName === '.' ? 'this is a folder' : fileName);
    });
  });
});
