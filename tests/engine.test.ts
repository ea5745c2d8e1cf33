/** @file What `npm run engine:start` finds on a machine before it starts anything. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findJava, versionOf } from '../scripts/engine/find-java.ts';

let folder = '';

async function java(name: string, version: string): Promise<string> {
  const home = join(folder, name);
  await mkdir(join(home, 'bin'), { recursive: true });
  await writeFile(join(home, 'bin', 'java'), '');
  await writeFile(join(home, 'release'), `IMPLEMENTOR="x"\nJAVA_VERSION="${version}"\nOS_NAME="Linux"\n`);
  return home;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deepshop-java-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('the first Java that is new enough is taken: named ones, then that of the path, then the newest', async () => {
  const [old, seventeen, newer, newest] = [
    await java('jvm/a', '1.8.0_392'),
    await java('jvm/b', '17.0.15'),
    await java('jvm/c', '21.0.1'),
    await java('jvm/d', '25'),
  ];
  expect([old, seventeen, newer, newest].map(versionOf)).toEqual([8, 17, 21, 25]);
  expect(versionOf(folder)).toBeUndefined();
  const folders = [join(folder, 'jvm'), join(folder, 'none')];
  expect(findJava({ env: {}, folders })).toBe(newest);
  expect(findJava({ env: { JAVA_HOME: newer }, folders })).toBe(newer);
  expect(findJava({ env: { JAVA_HOME: seventeen, PATH: join(newer, 'bin') }, folders })).toBe(newer);
  expect(findJava({ env: { OPENSEARCH_JAVA_HOME: newest, JAVA_HOME: newer }, folders })).toBe(newest);
});

test('without one, it says which there are and how to name another', async () => {
  const only = await java('old/a', '17.0.1');
  expect(() => findJava({ env: { JAVA_HOME: only }, folders: [] })).toThrow(
    /expected Java 21 or later; got Java 17.*OPENSEARCH_JAVA_HOME/,
  );
  expect(() => findJava({ env: {}, folders: [] })).toThrow(/got none/);
});
