/** @file `--encoder`: the flag of every command that makes vectors or asks for them. */
import type { Command } from 'commander';
import type { DescriptorName } from '../embedding/descriptor.ts';
import { UsageError } from '../errors/errors.ts';

export interface EncoderFlag {
  readonly encoder?: string | undefined;
}

export function addEncoderFlag(command: Command): Command {
  return command.option('--encoder <file>', 'the encoder.json of an image encoder that describes the boxes instead');
}

/**
 * The descriptor that two flags ask for together; undefined where they ask for none.
 *
 * @throws UsageError where they contradict each other
 */
export function askedDescriptor({
  encoder,
  descriptor,
}: EncoderFlag & { readonly descriptor?: DescriptorName | undefined }): DescriptorName | undefined {
  if (encoder === undefined) return descriptor;
  if (descriptor === undefined) return 'external';
  throw new UsageError('vectors are either of a descriptor of the model or of an encoder', {
    where: '--descriptor and --encoder',
    expected: 'one of them',
    got: 'both',
    cure: 'Leave --descriptor out.',
  });
}
