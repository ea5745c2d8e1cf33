/**
 * @file Keys in a file beside the store. A key is `dsk_ID_SECRET`; the file holds the hash of the secret, which has 256 bits of
 * chance, so that a fast hash does.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { chmod, readFile, stat } from 'node:fs/promises';
import { z } from 'zod';
import { scopes } from '../api/endpoints.ts';
import { DeepShopError } from '../errors/errors.ts';
import { writeFileAtomically } from '../files/atomic-file-node.ts';
import { acquireLock } from '../files/lock-file-node.ts';
import { besideStore } from '../stores/beside-store-node.ts';
import type { AccessKey, KeyRing } from './access-key.ts';

const keySchema = z.strictObject({
  id: z.string().regex(/^[0-9a-f]{8}$/),
  name: z.string(),
  scopes: z.array(z.enum(scopes)).min(1).readonly(),
  origins: z.array(z.string()).readonly(),
  perMinute: z.number().int().positive(),
  createdAt: z.string(),
  /** SHA-256 of the secret, hexadecimal. */
  hash: z.string().regex(/^[0-9a-f]{64}$/),
});
const fileSchema = z.strictObject({
  format: z.literal('deepshop-keys'),
  version: z.literal(1),
  keys: z.array(keySchema),
});
type StoredKey = z.infer<typeof keySchema>;

/** Where the keys of a store are unless it is said. */
export function keyFileOf(store: string): string {
  return besideStore(store, '.keys.json');
}

/** Makes a key. @returns what is known of it, and the token, which nothing keeps */
export async function createKey(
  file: string,
  wanted: Omit<AccessKey, 'id' | 'createdAt'>,
): Promise<{ readonly key: AccessKey; readonly token: string }> {
  const secret = randomBytes(32).toString('base64url');
  const key = { ...wanted, id: randomBytes(4).toString('hex'), createdAt: new Date().toISOString() };
  await change(file, (keys) => [...keys, { ...key, hash: hashOf(secret) }]);
  return { key, token: `dsk_${key.id}_${secret}` };
}

export async function listKeys(file: string): Promise<readonly AccessKey[]> {
  return (await readKeys(file)).map(withoutHash);
}

/** @throws DeepShopError `key-missing` where there is no such key */
export async function revokeKey(file: string, id: string): Promise<void> {
  await change(file, (keys) => {
    const others = keys.filter((key) => key.id !== id);
    if (others.length < keys.length) return others;
    const expected = keys.length === 0 ? 'a key; there is none' : `one of ${keys.map((key) => key.id).join(', ')}`;
    throw new DeepShopError('key-missing', 'there is no such key', { where: file, expected, got: id });
  });
}

/** The keys of a file, read again when it changes: a key that is revoked ends without a restart. */
export class KeyFile implements KeyRing {
  readonly #file: string;
  readonly #freshMs: number;
  #checkedAt = Number.NEGATIVE_INFINITY;
  #stamp = '';
  #keys: Promise<readonly StoredKey[]> = Promise.resolve([]);

  /** @param freshMs how long a revoked key may still be believed */
  constructor(file: string, { freshMs = 1000 }: { readonly freshMs?: number } = {}) {
    this.#file = file;
    this.#freshMs = freshMs;
  }

  async find(token: string): Promise<AccessKey | null> {
    const keys = await this.#current();
    const [, id = '', secret = ''] = /^dsk_([0-9a-f]{8})_([\w-]{43})$/.exec(token) ?? [];
    const key = keys.find((each) => each.id === id);
    const isRight = timingSafeEqual(Buffer.from(hashOf(secret), 'hex'), Buffer.from(key?.hash ?? hashOf(''), 'hex'));
    return key !== undefined && isRight ? withoutHash(key) : null;
  }

  async origins(): Promise<ReadonlySet<string>> {
    return new Set((await this.#current()).flatMap(({ origins }) => origins));
  }

  #current(): Promise<readonly StoredKey[]> {
    if (performance.now() - this.#checkedAt < this.#freshMs) return this.#keys;
    this.#checkedAt = performance.now();
    const before = this.#keys;
    this.#keys = this.#readChanged(before);
    // A file that cannot be read keeps everyone out, until it can.
    this.#keys.catch(() => {
      this.#checkedAt = Number.NEGATIVE_INFINITY;
      this.#keys = Promise.resolve([]);
      this.#stamp = '';
    });
    return this.#keys;
  }

  async #readChanged(before: Promise<readonly StoredKey[]>): Promise<readonly StoredKey[]> {
    const stamp = await stat(this.#file, { bigint: true }).then(
      ({ mtimeNs, ino }) => `${mtimeNs} ${ino}`,
      () => 'none',
    );
    if (stamp === this.#stamp) return before;
    const keys = await readKeys(this.#file);
    this.#stamp = stamp;
    return keys;
  }
}

async function readKeys(file: string): Promise<readonly StoredKey[]> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  try {
    return fileSchema.parse(JSON.parse(text)).keys;
  } catch (cause) {
    const facts = {
      where: file,
      expected: 'keys as deepshop keys writes them',
      cure: 'Restore it from a copy, or delete it and make new keys.',
    };
    throw new DeepShopError('keys-damaged', 'the file of keys cannot be read', facts, { cause });
  }
}

async function change(file: string, edit: (keys: readonly StoredKey[]) => readonly StoredKey[]): Promise<void> {
  const lock = await acquireLock(`${file}.lock`);
  try {
    const keys = edit(await readKeys(file));
    await writeFileAtomically(file, `${JSON.stringify({ format: 'deepshop-keys', version: 1, keys }, null, 2)}\n`);
    await chmod(file, 0o600);
  } finally {
    await lock.release();
  }
}

function withoutHash({ hash: _, ...key }: StoredKey): AccessKey {
  return key;
}

function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}
