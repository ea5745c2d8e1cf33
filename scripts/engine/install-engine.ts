/** @file The server and its k-NN plugin, fetched from Maven Central by the user's own Maven and put together. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { DeepShopError } from '../../src/errors/errors.ts';

const version = '3.5.0';
/** A whole server home; its Maven name is that of a test kit. */
const server = `org.opensearch.distribution.integ-test-zip:opensearch:${version}:zip`;
/** Follows the server's version. */
const plugin = `org.opensearch.plugin:opensearch-knn:${version}.0:zip`;
const mavenGoals = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1';

/**
 * Fetches and unpacks unless that was done.
 *
 * @param java home of a Java for the plugin tool
 * @returns the server's home
 */
export function installEngine(home: string, java: string, log: (line: string) => void): string {
  const installed = join(home, `server-${version}`);
  if (existsSync(join(installed, 'deepshop-installed'))) return installed;
  const unfinished = `${installed}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  rmSync(installed, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  log(`fetching ${server} and ${plugin} with Maven`);
  maven(unfinished, `${mavenGoals}:unpack`, `-Dartifact=${server}`, `-DoutputDirectory=${unfinished}`);
  maven(unfinished, `${mavenGoals}:copy`, `-Dartifact=${plugin}`, `-DoutputDirectory=${unfinished}`);
  const unpacked = join(unfinished, `opensearch-${version}`);
  const archive = pathToFileURL(join(unfinished, `opensearch-knn-${version}.0.zip`)).href;
  const tool = spawnSync(join(unpacked, 'bin', 'opensearch-plugin'), ['install', '--batch', archive], {
    encoding: 'utf8',
    env: { ...process.env, JAVA_HOME: java, OPENSEARCH_JAVA_HOME: java },
  });
  if (tool.status !== 0) {
    const got = (tool.error?.message ?? `${tool.stdout}${tool.stderr}`).trim().split('\n').slice(-3).join(' ');
    throw new DeepShopError('engine-install', 'the k-NN plugin could not be installed', { where: unpacked, got });
  }
  writeFileSync(join(unpacked, 'deepshop-installed'), `${server}\n${plugin}\n`);
  renameSync(unpacked, installed);
  rmSync(unfinished, { recursive: true });
  return installed;
}

/** @throws DeepShopError `engine-maven`, `engine-no-maven` where there is none */
function maven(folder: string, ...argv: string[]): void {
  // It leaves marks where it runs. What it says is for whoever watches: stdout is for the address.
  const { status, error } = spawnSync('mvn', ['-B', '-q', ...argv], { cwd: folder, stdio: ['ignore', 2, 2] });
  if (status === 0) return;
  const isMissing = error !== undefined && 'code' in error && error.code === 'ENOENT';
  throw new DeepShopError(isMissing ? 'engine-no-maven' : 'engine-maven', 'the engine could not be fetched', {
    expected: 'Maven (mvn) that reaches Maven Central, or a mirror named in its settings',
    got: isMissing ? 'no mvn on the path' : (error?.message ?? `mvn ended with ${status}`),
    cure: isMissing ? 'Install Maven, then run it again.' : 'What Maven says stands above.',
  });
}
