/** @file A model directory as an engine on ONNX Runtime for Node. */
import type { LoadedModel } from '../detector/model-directory-node.ts';
import type { SessionOptions } from '../onnx/session.ts';
import { compile } from '../onnx/session-node.ts';
import { createModelEngine, type OpenedEngine } from './model-engine.ts';

/** The engine of a model that was read. */
export function createLoadedEngine(model: LoadedModel, options: SessionOptions = {}): Promise<OpenedEngine> {
  return createModelEngine(model, (definition, own) => compile(definition, { ...options, ...own }));
}
