"""Golden values for src/boxes and src/detector, from torchvision's own parts.

    python tests/golden/generate/detector-selection.py

torch 2.15.0, torchvision 0.29.2, on one CPU. Writes tests/golden/detector-parts.json, detector-proposals.json
and detector-regions.json. Inputs are rounded so that the JSON holds them exactly enough for float32.
"""
import json, pathlib
import torch, torchvision
from torchvision.models.detection import _utils as det
from torchvision.models.detection.anchor_utils import AnchorGenerator
from torchvision.models.detection.image_list import ImageList
from torchvision.models.detection.roi_heads import RoIHeads, fastrcnn_loss
from torchvision.models.detection.rpn import RegionProposalNetwork
from torchvision.ops import batched_nms, box_iou, nms
from torchvision.ops.poolers import LevelMapper

folder = pathlib.Path(__file__).resolve().parents[1]
versions = {'torch': torch.__version__.split('+')[0], 'torchvision': torchvision.__version__.split('+')[0]}
random = torch.Generator().manual_seed(20)


def rounded(tensor, digits=3):
    return (tensor * 10 ** digits).round() / 10 ** digits


def rand(*shape):
    return torch.rand(*shape, generator=random)


def randn(*shape):
    return torch.randn(*shape, generator=random)


def random_boxes(count, height, width, low=8., high=90.):
    center = rand(count, 2) * torch.tensor([width, height])
    size = low + rand(count, 2) * (high - low)
    return rounded(torch.cat([center - size / 2, center + size / 2], 1))


def shortest(value):
    """The shortest decimal that gives the same float32."""
    for digits in range(1, 10):
        short = float(f'{value:.{digits}g}')
        if float(torch.tensor(short)) == value:
            return int(short) if short == int(short) else short
    return value


def flat(tensor):
    if tensor.dtype == torch.float32:
        return [shortest(value) for value in tensor.flatten().tolist()]
    return tensor.flatten().tolist()


def write(name, content):
    text = json.dumps({'generator': 'tests/golden/generate/detector-selection.py', 'versions': versions, **content}, separators=(',', ':'))
    assert len(text) < 50_000, (name, len(text))
    (folder / f'{name}.json').write_text(text + '\n')
    print(name, len(text))


def make_anchors(image, sizes, ratios, features):
    generator = AnchorGenerator(sizes, (ratios,) * len(sizes))
    maps = [torch.zeros(1, 1, *feature) for feature in features]
    return generator(ImageList(torch.zeros(1, 3, *image), [image]), maps)[0]


# --- anchors: odd feature sizes, steps that do not divide, several sizes a level, halves that round to even
anchor_cases = []
for image, sizes, ratios, features in [
    ((77, 101), ((24,), (64,), (256,)), (.5, 1., 2.), ((5, 7), (3, 4), (1, 1))),
    ((64, 96), ((5, 10), (32, 45)), (.4, 1., 2.3), ((3, 2), (1, 3))),
]:
    anchors = make_anchors(image, sizes, ratios, features)
    anchor_cases.append({'image': image, 'sizes': sizes, 'ratios': ratios, 'features': features, 'boxes': flat(anchors)})

# --- matching: integer boxes on a grid give many exact ties of low quality
grid = make_anchors((96, 96), ((32,),), (.5, 1., 2.), ((6, 6),))
truth = torch.tensor([[16., 16., 48., 48.], [20, 20, 44, 44], [0, 0, 9, 9], [60, 60, 96, 96], [40, 8, 88, 30]])
matcher = det.Matcher(.7, .3, allow_low_quality_matches=True)
strict = det.Matcher(.5, .5, allow_low_quality_matches=False)
quality = box_iou(truth, grid)
matching = {'groundTruth': flat(truth), 'candidates': flat(grid), 'withLowQuality': matcher(quality.clone()).tolist(),
            'without': strict(quality.clone()).tolist(), 'iou': flat(quality[:, :40].contiguous())}

# --- coder: round trip, other weights, and deltas over the clamp
references, targets = random_boxes(24, 200, 300), random_boxes(24, 200, 300)
coder_cases = []
for weights in ((1., 1., 1., 1.), (10., 10., 5., 5.)):
    coder = det.BoxCoder(weights)
    deltas = coder.encode_single(targets, references)
    wild = rounded(randn(24, 12) * 3 * torch.tensor(weights).repeat(3))
    coder_cases.append({'weights': weights, 'encoded': flat(deltas), 'deltas': flat(wild), 'decoded': flat(coder.decode(wild, [references]))})
coder = {'references': flat(references), 'targets': flat(targets), 'cases': coder_cases}

# --- suppression: equal scores and equal boxes; in groups
boxes = torch.cat([random_boxes(40, 120, 120, 20), random_boxes(10, 120, 120, 20).repeat(2, 1)])
scores = rounded(rand(60), 1)
groups = (torch.arange(60) * 7 % 3)
suppression = {'boxes': flat(boxes), 'scores': flat(scores), 'groups': groups.tolist(), 'threshold': .3,
               'kept': nms(boxes, scores, .3).tolist(), 'keptInGroups': batched_nms(boxes, scores, groups, .3).tolist()}

# --- levels: random boxes, and squares at each border of levels
edges = torch.tensor([0., 27.9, 28, 55.9, 56, 111.9, 112, 223.9, 224, 447.9, 448, 900, 2000])
level_boxes = torch.cat([random_boxes(40, 600, 600, 4., 600.), torch.stack([edges * 0, edges * 0, edges, edges], 1)])
levels = {'boxes': flat(level_boxes), 'cases': [
    {'minLevel': low, 'maxLevel': high, 'levels': LevelMapper(low, high)([level_boxes]).tolist()} for low, high in ((2, 5), (3, 5))]}

write('detector-parts', {'anchors': anchor_cases, 'matching': matching, 'coder': coder, 'suppression': suppression, 'levels': levels})

# --- proposals: three levels, two images of different size within one tensor
image, sizes, features = (96, 128), ((16,), (32,), (64,)), ((12, 16), (6, 8), (3, 4))
anchors = make_anchors(image, sizes, (.5, 1., 2.), features)
counts = [height * width * 3 for height, width in features]
rpn = RegionProposalNetwork(None, None, .7, .3, 64, .5, {'training': 90, 'testing': 60}, {'training': 70, 'testing': 50}, .7, .2).eval()
proposal_cases = []
for index, shape in enumerate([(96, 128), (90, 77)]):
    # Distinct: torch.topk does not say which of equal values it takes.
    objectness = (torch.randperm(len(anchors), generator=random) - 400 + 100 * index) / 100
    deltas = rounded(randn(len(anchors), 4) * .35, 2)
    with torch.no_grad():
        decoded = rpn.box_coder.decode(deltas, [anchors]).view(1, -1, 4)
        kept, kept_scores = rpn.filter_proposals(decoded, objectness[None], [shape], counts)
    assert len(kept[0]) == 50
    proposal_cases.append({'image': shape, 'objectness': flat(objectness), 'deltas': flat(deltas), 'boxes': flat(kept[0]), 'scores': flat(kept_scores[0])})
write('detector-proposals', {'tensor': image, 'sizes': sizes, 'ratios': (.5, 1., 2.), 'features': features,
                    'rule': {'preNmsTop': 60, 'postNmsTop': 50, 'nmsThreshold': .7, 'minSize': 1e-3, 'scoreThreshold': .2}, 'cases': proposal_cases})

# --- detections: five classes, more than 50 survivors
heads = RoIHeads(None, None, None, .5, .5, 32, .25, None, .05, .5, 80)
regions, classes = random_boxes(70, 160, 200, 20, 90), 6
logits, regression = rounded(randn(70, classes) * 1.5, 3), rounded(randn(70, classes * 4) * 2, 2)
with torch.no_grad():
    found = heads.postprocess_detections(logits, regression, [regions], [(150, 190)])
assert len(found[0][0]) > 50 and len(set(found[2][0].tolist())) == 5, len(found[0][0])
detections = {'image': (150, 190), 'proposals': flat(regions), 'classLogits': flat(logits), 'boxDeltas': flat(regression),
              'rule': {'scoreThreshold': .05, 'nmsThreshold': .5, 'detectionsPerImage': 80, 'deltaWeights': (10, 10, 5, 5)},
              'boxes': flat(found[0][0]), 'scores': flat(found[1][0]), 'labels': found[2][0].tolist()}

# --- training: everything sampled (the batch is larger than the candidates), so that no randomness is left
heads = RoIHeads(None, None, None, .5, .5, 1000, .25, None, .05, .5, 80)
truth = random_boxes(5, 160, 200, 40, 90)
labels = torch.tensor([1, 2, 3, 2, 5])
near = truth.repeat(4, 1) + rounded(randn(20, 4) * 8)
candidates = torch.cat([near, regions[:20]])
chosen, _, chosen_labels, chosen_deltas = heads.select_training_samples([candidates], [{'boxes': truth, 'labels': labels}])
logits, regression = rounded(randn(len(chosen[0]), classes)), rounded(randn(len(chosen[0]), classes * 4))
class_loss, box_loss = fastrcnn_loss(logits, regression, chosen_labels, chosen_deltas)
positive = chosen_labels[0] > 0
training = {'proposals': flat(candidates), 'groundTruth': flat(truth), 'groundTruthLabels': labels.tolist(),
            'boxes': flat(chosen[0]), 'labels': chosen_labels[0].tolist(), 'deltas': flat(chosen_deltas[0] * positive[:, None]),
            'classLogits': flat(logits), 'boxDeltas': flat(regression), 'classLoss': float(class_loss), 'boxLoss': float(box_loss)}
assert int(positive.sum()) > 10

# --- the RPN's targets and losses: two images, everything sampled
anchors = make_anchors((96, 96), ((24,), (48,)), (.5, 1., 2.), ((4, 4), (2, 2)))
rpn = RegionProposalNetwork(None, None, .7, .3, 1000, .5, {}, {}, .7)
truths = [torch.tensor([[10., 12., 40., 33.], [50, 48, 95, 96]]), torch.zeros(0, 4)]
anchor_labels, matched = rpn.assign_targets_to_anchors([anchors] * 2, [{'boxes': boxes} for boxes in truths])
encoded = rpn.box_coder.encode(matched, [anchors] * 2)
objectness, deltas = rounded(randn(2, len(anchors))), rounded(randn(2, len(anchors), 4))
object_loss, rpn_box_loss = rpn.compute_loss(objectness.reshape(-1, 1), deltas.reshape(-1, 4), anchor_labels, encoded)
rpn_training = {'tensor': (96, 96), 'sizes': ((24,), (48,)), 'ratios': (.5, 1., 2.), 'features': ((4, 4), (2, 2)),
                'groundTruth': [flat(boxes) for boxes in truths], 'labels': [labels.int().tolist() for labels in anchor_labels],
                'deltas': [flat(torch.where((labels == 1)[:, None], code, torch.zeros(()))) for labels, code in zip(anchor_labels, encoded)],
                'objectness': [flat(row) for row in objectness], 'predicted': [flat(row) for row in deltas],
                'objectnessLoss': float(object_loss), 'boxLoss': float(rpn_box_loss)}
write('detector-regions', {'detections': detections, 'training': training, 'rpnTraining': rpn_training})
