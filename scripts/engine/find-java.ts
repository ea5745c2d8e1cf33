/** @file A Java that is new enough for the engine: where it is looked for, and how its version is read. */
import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { DeepShopError } from '../../src/errors/errors.ts';

/** OpenSearch 3 is built for it. */
export const oldestJava = 21;

/** Folders that hold Javas, one a folder, on Debian, Fedora, macOS and with SDKMAN. */
const knownFolders = [
  '/usr/lib/jvm',
  '/usr/java',
  '/opt/java',
  '/Library/Java/JavaVirtualMachines',
  join(homedir(), '.sdkman/candidates/java'),
];

export interface JavaPlaces {
  readonly env?: NodeJS.ProcessEnv;
  readonly folders?: readonly string[];
}

/**
 * The home of a Java: the first that is new enough of `OPENSEARCH_JAVA_HOME`, `JAVA_HOME`, that of the path, and the
 * newest in the known folders.
 *
 * @throws DeepShopError `engine-java` where there is none, naming those that are too old
 */
export function findJava({ env = process.env, folders = knownFolders }: JavaPlaces = {}): string {
  const named = [env.OPENSEARCH_JAVA_HOME, env.JAVA_HOME, homeOnPath(env.PATH ?? '')];
  const found = folders.flatMap((folder) => homesIn(folder)).sort((a, b) => (versionOf(b) ?? 0) - (versionOf(a) ?? 0));
  const homes = [...named, ...found].filter((home): home is string => home !== undefined && home !== '');
  const home = homes.find((each) => (versionOf(each) ?? 0) >= oldestJava);
  if (home !== undefined) return home;
  const versions = homes.map((each) => versionOf(each)).filter((version) => version !== undefined);
  throw new DeepShopError('engine-java', 'no Java that is new enough for the engine', {
    expected: `Java ${oldestJava} or later`,
    got: versions.length === 0 ? 'none' : `Java ${[...new Set(versions)].join(', ')}`,
    cure: `Install one, or name its home: OPENSEARCH_JAVA_HOME=DIR npm run engine:start.`,
  });
}

/** The major version of the Java in a home; undefined where there is none. Java 8 calls itself 1.8. */
export function versionOf(home: string): number | undefined {
  const release = join(home, 'release');
  if (!existsSync(join(home, 'bin', 'java')) || !existsSync(release)) return undefined;
  const [, first, second] = /^JAVA_VERSION="(\d+)(?:\.(\d+))?/m.exec(readFileSync(release, 'utf8')) ?? [];
  if (first === undefined) return undefined;
  return first === '1' ? Number(second) : Number(first);
}

function homesIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).flatMap((name) => [join(folder, name), join(folder, name, 'Contents', 'Home')]);
}

function homeOnPath(path: string): string | undefined {
  for (const folder of path.split(delimiter)) {
    const java = join(folder, 'java');
    if (existsSync(java)) return dirname(dirname(realpathSync(java)));
  }
  return undefined;
}
