/** @file The part of protobuf's wire format that writing an ONNX file takes. */

/** Bytes of one message, field by field. */
export class MessageWriter {
  readonly #chunks: Uint8Array[] = [];
  #length = 0;

  varint(field: number, value: number | bigint): this {
    return this.#push(key(field, 0)).#push(encodeVarint(value));
  }

  float(field: number, value: number): this {
    return this.#push(key(field, 5)).#push(new Uint8Array(Float32Array.of(value).buffer));
  }

  bytes(field: number, bytes: Uint8Array): this {
    return this.#push(key(field, 2)).#push(encodeVarint(bytes.length)).#push(bytes);
  }

  text(field: number, text: string): this {
    return this.bytes(field, new TextEncoder().encode(text));
  }

  /** A nested message; large payloads are not copied until {@link finish}. */
  message(field: number, nested: MessageWriter): this {
    this.#push(key(field, 2)).#push(encodeVarint(nested.#length));
    for (const chunk of nested.#chunks) this.#push(chunk);
    return this;
  }

  finish(): Uint8Array {
    const all = new Uint8Array(this.#length);
    let at = 0;
    for (const chunk of this.#chunks) {
      all.set(chunk, at);
      at += chunk.length;
    }
    return all;
  }

  #push(chunk: Uint8Array): this {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    return this;
  }
}

const key = (field: number, wireType: number): Uint8Array => encodeVarint((field << 3) | wireType);

function encodeVarint(value: number | bigint): Uint8Array {
  // Negative numbers are ten bytes: their 64-bit two's complement.
  let rest = BigInt.asUintN(64, BigInt(value));
  const bytes: number[] = [];
  do {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    bytes.push(rest > 0n ? low | 0x80 : low);
  } while (rest > 0n);
  return Uint8Array.from(bytes);
}
