/**
 * @file Faster R-CNN as what can be trained, jointly or in the four alternating steps of the first Faster R-CNN paper.
 *
 * Alternating: (1) the RPN and its trunk; (2) the detector on step 1's proposals, its trunk and pyramid from the first
 * weights again; (3) the RPN's head once more, on the detector's trunk and pyramid, which stay as they are; (4) the box
 * head once more, on the proposals of step 3. Heads go on from where they were. After step 3 both parts share one trunk:
 * the parameters are a model.
 *
 * Reference: https://arxiv.org/abs/1506.01497, section 3.2; py-faster-rcnn's `train_faster_rcnn_alt_opt.py`
 */
import type { DetectorConfig } from '../detector/config.ts';
import { createDetector, detectFiles } from '../detector/detector-node.ts';
import { writeModel } from '../detector/model-directory-node.ts';
import { detectorNetwork } from '../detector/network.ts';
import { jointPart, type LossName } from '../detector/training-graph.ts';
import { ParameterScope, type Parameters } from '../nn/parameters.ts';
import { isInFrozenStage, type TrunkName, trunks } from '../nn/trunks/trunk.ts';
import type { SessionOptions } from '../onnx/session.ts';
import { compile } from '../onnx/session-node.ts';
import type { Recipe } from './recipe.ts';
import { jointPhase, type Phase, type Trainable } from './trainable.ts';
import { compileStep } from './training-step.ts';

interface DetectorPhase extends Phase {
  readonly losses: readonly LossName[];
  /** Whether proposals are those of the network as it was when the phase began. */
  readonly proposesAsBefore: boolean;
}

const under =
  (...prefixes: readonly string[]) =>
  (name: string): boolean =>
    prefixes.some((prefix) => name.startsWith(prefix));
const none = () => false;

const rpnLosses: readonly LossName[] = ['objectness', 'rpnBox'];
const boxLosses: readonly LossName[] = ['classification', 'box'];

const joint: DetectorPhase = { ...jointPhase, losses: jointPart.losses, proposesAsBefore: false };

/** The four steps. */
export const alternatingPhases: readonly DetectorPhase[] = [
  {
    name: 'rpn',
    trains: under('trunk.', 'fpn.', 'rpn.'),
    restarts: none,
    keeps: none,
    isWhole: false,
    losses: rpnLosses,
    proposesAsBefore: false,
  },
  {
    name: 'detector',
    trains: under('trunk.', 'fpn.', 'roi_heads.'),
    restarts: under('trunk.', 'fpn.'),
    keeps: under('trunk.', 'fpn.', 'rpn.'),
    isWhole: false,
    losses: boxLosses,
    proposesAsBefore: true,
  },
  {
    name: 'rpn head',
    trains: under('rpn.'),
    restarts: none,
    keeps: none,
    isWhole: true,
    losses: rpnLosses,
    proposesAsBefore: false,
  },
  {
    name: 'box head',
    trains: under('roi_heads.'),
    restarts: none,
    keeps: none,
    isWhole: true,
    losses: boxLosses,
    proposesAsBefore: false,
  },
];

/** Before the names of the network that proposes as before. */
const PROPOSER = 'proposer';

/** @param session where steps run; validation's detector is the CPU's */
export function fasterRcnn(recipe: Recipe, config: DetectorConfig, session: SessionOptions = {}): Trainable {
  const network = detectorNetwork(config);
  const trunk = trunks[config.trunk as TrunkName];
  const phases = recipe.schedule === 'alternating' ? alternatingPhases : [joint];
  return {
    specs: network.specs,
    phases,
    isFrozen: ({ name, kind }) => kind === 'frozen' || isInFrozenStage(trunk, recipe.frozenStages, name),
    tellsClassesApart: under('roi_heads.box_predictor.'),
    compileStep({ shape, phase, fixed, kept }) {
      const known = phases.find((each) => each === phase);
      const before = known?.proposesAsBefore === true;
      const proposer = before
        ? detectorNetwork(config, trunk, ParameterScope.root().child(PROPOSER))
        : jointPart.proposer;
      const renamed: Parameters = new Map(
        before ? [...kept].map(([name, value]) => [`${PROPOSER}.${name}`, value]) : [],
      );
      return compileStep({
        network,
        config,
        shape,
        frozen: fixed,
        constants: renamed,
        withGradients: phase !== null,
        part: { losses: known?.losses ?? jointPart.losses, proposer },
        compile: (definition) => compile(definition, session),
      });
    },
    async openDetector(parameters) {
      const detector = await createDetector({ config, preprocessing: recipe.preprocessing, parameters });
      return {
        detectFiles: (paths) => detectFiles(detector, paths),
        release: () => detector.release(),
      };
    },
    writeModel(directory, parameters, metrics) {
      const { name, preprocessing } = recipe;
      return writeModel(directory, { name, config, preprocessing, parameters, recipe, metrics });
    },
  };
}
