/** @file A protobuf message whose fields are asked for by number, each checked to be of the kind asked for. */
import { OnnxFileError } from './onnx-file-error.ts';
import { type Field, readFields, readPackedVarints, toSigned } from './protobuf-reader.ts';

/** Fields that are left out are zeros and empty lists, as protobuf has it. */
export class Message {
  readonly where: string;
  readonly #fields = new Map<number, Field[]>();

  constructor(bytes: Uint8Array, where: string) {
    this.where = where;
    for (const field of readFields(bytes, where)) {
      const known = this.#fields.get(field.number);
      if (known === undefined) this.#fields.set(field.number, [field]);
      else known.push(field);
    }
  }

  has(number: number): boolean {
    return this.#fields.has(number);
  }

  /** 0 where it is left out; the last of several. */
  integer(number: number): bigint {
    const field = this.#fields.get(number)?.at(-1);
    if (field === undefined) return 0n;
    if (field.kind !== 'varint') throw this.#unexpected(number, 'a number');
    return toSigned(field.value);
  }

  /** Packed or one by one. */
  integers(number: number): bigint[] {
    const values: bigint[] = [];
    for (const field of this.#fields.get(number) ?? []) {
      if (field.kind === 'varint') values.push(toSigned(field.value));
      else if (field.kind === 'bytes')
        for (const value of readPackedVarints(field.bytes, this.where)) values.push(toSigned(value));
      else throw this.#unexpected(number, 'numbers');
    }
    return values;
  }

  /** Packed or one by one. */
  floats(number: number): number[] {
    return this.#fixed(number, 'fixed32', 4).map((view) => view.getFloat32(0, true));
  }

  /** Packed or one by one. */
  doubles(number: number): number[] {
    return this.#fixed(number, 'fixed64', 8).map((view) => view.getFloat64(0, true));
  }

  /** Empty where it is left out. */
  text(number: number): string {
    return this.texts(number).at(-1) ?? '';
  }

  texts(number: number): string[] {
    return this.#bytes(number).map((bytes) => new TextDecoder().decode(bytes));
  }

  bytes(number: number): Uint8Array | null {
    return this.#bytes(number).at(-1) ?? null;
  }

  message(number: number, name: string): Message | null {
    return this.messages(number, name).at(-1) ?? null;
  }

  messages(number: number, name: string): Message[] {
    return this.#bytes(number).map((bytes) => new Message(bytes, `${this.where}, ${name}`));
  }

  #bytes(number: number): Uint8Array[] {
    return (this.#fields.get(number) ?? []).map((field) => {
      if (field.kind !== 'bytes') throw this.#unexpected(number, 'bytes');
      return field.bytes;
    });
  }

  #fixed(number: number, kind: 'fixed32' | 'fixed64', size: number): DataView[] {
    return (this.#fields.get(number) ?? []).flatMap((field) => {
      if ((field.kind !== kind && field.kind !== 'bytes') || field.bytes.length % size !== 0) {
        throw this.#unexpected(number, `numbers of ${size} bytes`);
      }
      const { buffer, byteOffset, length } = field.bytes;
      return Array.from({ length: length / size }, (_, i) => new DataView(buffer, byteOffset + i * size, size));
    });
  }

  #unexpected(number: number, expected: string): OnnxFileError {
    return new OnnxFileError('damaged', `field ${number} is of another kind`, {
      where: this.where,
      expected,
      cure: 'The file is damaged or no ONNX file; fetch it again.',
    });
  }
}
