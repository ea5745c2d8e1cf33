"""Golden training steps of a tiny Faster R-CNN (a few blocks, a narrow FPN) by torchvision's own code.

    python tests/golden/generate/detector-training.py

torch 2.15.0, torchvision 0.29.2, on one CPU. Writes tests/golden/detector-training.json: losses and gradients of step 0, the losses
of ten SGD steps. Weights, pixels and sampling keys come from an integer hash that the test computes too (hashed-numbers.ts).
Selection is discrete, so the scene is kept only if float64 gives the same ten losses: no choice then hangs on a rounding.
"""
import json, pathlib, sys
import numpy as np, torch, torchvision
from torch import nn
from torchvision.models.resnet import Bottleneck
from torchvision.models.detection.anchor_utils import AnchorGenerator
from torchvision.models.detection.faster_rcnn import FastRCNNPredictor, TwoMLPHead
from torchvision.models.detection.image_list import ImageList
from torchvision.models.detection.roi_heads import RoIHeads
from torchvision.models.detection.rpn import RegionProposalNetwork, RPNHead
from torchvision.ops import FeaturePyramidNetwork, FrozenBatchNorm2d, MultiScaleRoIAlign
from torchvision.ops.feature_pyramid_network import LastLevelMaxPool

torch.set_num_threads(2)
folder = pathlib.Path(__file__).resolve().parents[1]
SIDE, WIDTH, POOLED, HIDDEN, CLASSES = 64, 8, 5, [24, 16], 5
SIZES, RATIOS = ((8,), (16,), (24,), (32,), (48,)), (.5, 1., 2.)
IMAGE_SIZES = [(64, 64), (56, 48), (64, 50)]
# The last image shows nothing.
TRUTHS = [([[5, 6, 35, 30], [20, 25, 60, 62], [45, 4, 61, 20]], [1, 3, 4]), ([[2, 10, 30, 50], [25, 5, 45, 22]], [2, 1]), ([], [])]
RPN = dict(preNmsTop=150, postNmsTop=200, batchSize=64)
BOX_BATCH, PLACES = 32, 4
# Features, logits and deltas of order 1.
GAINS = {'fpn.': .3, 'bbox_pred': .3, 'cls_': .5}
LEARNING_RATE, MOMENTUM, DECAY = .002, .9, 1e-4


def hashed(name, count):
    """Uniform in [0, 1), multiples of 2**-24: FNV-1a of the name plus the index, mixed."""
    seed = 0x811c9dc5
    for byte in name.encode():
        seed = (seed ^ byte) * 0x01000193 & 0xffffffff
    x = (np.arange(count, dtype=np.uint64) + seed).astype(np.uint32)
    x = (x ^ x >> np.uint32(16)) * np.uint32(0x21f0aaad)
    x = (x ^ x >> np.uint32(15)) * np.uint32(0x735a2d97)
    x ^= x >> np.uint32(15)
    return (x >> np.uint32(8)).astype(np.float64) / 2 ** 24


def parameter(name, shape):
    """What a parameter of our name is filled with; the same table is in the test."""
    signed = hashed(name, int(np.prod(shape))) * 2 - 1
    if name.endswith('running_var'):
        values = 1 + .3 * signed
    elif len(shape) == 1:
        values = (1 + .3 * signed) if name.endswith('.weight') else .2 * signed
    else:
        values = np.sqrt(6 / np.prod(shape[1:])) * signed
        values = values * next((factor for part, factor in GAINS.items() if part in name), 1)
    return torch.from_numpy(values.astype(np.float32)).reshape(shape)


def conv(inputs, outputs, kernel, stride=1, group=1):
    return nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=group, bias=False)


def norm(channels):
    return FrozenBatchNorm2d(channels, eps=1e-3)


class InvertedBottleneck(nn.Module):
    """EfficientNet-Lite's block."""

    def __init__(self, inputs, outputs, kernel, stride):
        super().__init__()
        self.conv_pw, self.bn1 = conv(inputs, inputs * 6, 1), norm(inputs * 6)
        self.conv_dw, self.bn2 = conv(inputs * 6, inputs * 6, kernel, stride, inputs * 6), norm(inputs * 6)
        self.conv_pwl, self.bn3 = conv(inputs * 6, outputs, 1), norm(outputs)

    def forward(self, x):
        x = nn.functional.relu6(self.bn1(self.conv_pw(x)))
        return self.bn3(self.conv_pwl(nn.functional.relu6(self.bn2(self.conv_dw(x)))))


def bottleneck(inputs, planes, stride):
    shortcut = nn.Sequential(conv(inputs, planes * 4, 1, stride), FrozenBatchNorm2d(planes * 4))
    return Bottleneck(inputs, planes, stride, shortcut, norm_layer=FrozenBatchNorm2d)


class Trunk(nn.Module):
    """A stem, a block of ResNet, two blocks of EfficientNet-Lite, a block of ResNet: strides 4, 8, 16, 32."""

    def __init__(self):
        super().__init__()
        self.conv1, self.bn1, self.pool = conv(3, 8, 3, 2), norm(8), nn.MaxPool2d(3, 2, 1)
        self.layer1, self.layer2, self.layer3, self.layer4 = bottleneck(8, 3, 1), InvertedBottleneck(12, 10, 3, 2), InvertedBottleneck(10, 12, 5, 2), bottleneck(12, 4, 2)

    def forward(self, x):
        x = self.pool(torch.relu(self.bn1(self.conv1(x))))
        outputs = []
        for layer in (self.layer1, self.layer2, self.layer3, self.layer4):
            outputs.append(x := layer(x))
        return outputs


class Detector(nn.Module):
    def __init__(self):
        super().__init__()
        self.trunk = Trunk()
        self.fpn = FeaturePyramidNetwork([12, 10, 12, 16], WIDTH, LastLevelMaxPool())
        head = RPNHead(WIDTH, 3)
        self.rpn = RegionProposalNetwork(AnchorGenerator(SIZES, (RATIOS,) * 5), head, .7, .3, RPN['batchSize'], .5,
                                         {'training': RPN['preNmsTop'], 'testing': 1}, {'training': RPN['postNmsTop'], 'testing': 1}, .7)
        box_head = TwoMLPHead(WIDTH * POOLED ** 2, HIDDEN[0])
        box_head.fc7 = nn.Linear(*HIDDEN)
        self.roi_heads = RoIHeads(MultiScaleRoIAlign(['0', '1', '2', '3'], POOLED, 2, canonical_scale=48), box_head,
                                  FastRCNNPredictor(HIDDEN[1], CLASSES), .5, .5, BOX_BATCH, .25, None, .05, .5, 100)

    def forward(self, pixels, targets):
        images = ImageList(pixels, IMAGE_SIZES)
        features = self.fpn({str(i): x for i, x in enumerate(self.trunk(pixels))})
        proposals, rpn_losses = self.rpn(images, features, targets)
        _, box_losses = self.roi_heads(features, [boxes.detach() for boxes in proposals], IMAGE_SIZES, targets)
        found = {**rpn_losses, **box_losses}
        return [found[name] for name in ('loss_objectness', 'loss_rpn_box_reg', 'loss_classifier', 'loss_box_reg')]


class KeyedSampler:
    """torchvision's balanced sampler with its permutation replaced by keys: the largest are taken."""

    def __init__(self, batch_size, fraction, keys_of):
        self.batch_size, self.fraction, self.keys_of = batch_size, fraction, keys_of

    def __call__(self, labels_per_image):
        masks, self.counts = [], []
        for image, labels in enumerate(labels_per_image):
            keys = self.keys_of(image, len(labels))
            assert len(set(keys.tolist())) == len(keys)
            positives, negatives = torch.where(labels >= 1)[0], torch.where(labels == 0)[0]
            count = min(len(positives), int(self.batch_size * self.fraction))
            rest = min(len(negatives), self.batch_size - count)
            pair = []
            for candidates, limit in ((positives, count), (negatives, rest)):
                mask = torch.zeros(len(labels), dtype=torch.uint8)
                mask[candidates[keys[candidates].argsort(descending=True)[:limit]]] = 1
                pair.append(mask)
            self.counts.append((count, rest))
            masks.append(pair)
        return [pair[0] for pair in masks], [pair[1] for pair in masks]


def region_keys(image, count):
    """Keys of proposals come first, then from place RPN['postNmsTop'] on those of the ground truth."""
    keys, truths = torch.from_numpy(hashed(f'regionKeys{image}', RPN['postNmsTop'] + PLACES)), len(TRUTHS[image][1])
    return torch.cat([keys[:count - truths], keys[RPN['postNmsTop']:RPN['postNmsTop'] + truths]])


def train(dtype, steps=10):
    model = Detector().train()
    state = {name: parameter(name, tuple(value.shape)) for name, value in model.state_dict().items()}
    model.load_state_dict(state)
    model.to(dtype)
    model.rpn.fg_bg_sampler = KeyedSampler(RPN['batchSize'], .5, lambda image, count: torch.from_numpy(hashed(f'anchorKeys{image}', count)))
    model.roi_heads.fg_bg_sampler = KeyedSampler(BOX_BATCH, .25, region_keys)
    count = len(IMAGE_SIZES)
    pixels = torch.from_numpy((hashed('pixels', count * 3 * SIDE * SIDE) * 4 - 2).astype(np.float32)).reshape(count, 3, SIDE, SIDE).to(dtype)
    targets = [{'boxes': torch.tensor(boxes, dtype=dtype).reshape(-1, 4), 'labels': torch.tensor(labels, dtype=torch.int64)} for boxes, labels in TRUTHS]
    optimizer = torch.optim.SGD(model.parameters(), LEARNING_RATE, MOMENTUM, weight_decay=DECAY)
    history, gradients = [], {}
    for step in range(steps):
        losses = model(pixels, targets)
        history.append([loss.item() for loss in losses])
        optimizer.zero_grad()
        sum(losses).backward()
        if step == 0:
            for name, value in model.named_parameters():
                flat = value.grad.detach().double().flatten()
                # The norm, a weighted sum that no two elements can leave unchanged, two elements.
                weights = torch.from_numpy(hashed(f'probe/{name}', len(flat)) - .5)
                gradients[name] = [float(flat.norm()), float((flat * weights).sum()), float(flat[0]), float(flat[len(flat) // 2])]
        optimizer.step()
        print(dtype, step, history[-1], 'regions', model.roi_heads.fg_bg_sampler.counts, flush=True)
    return history, gradients


def digits(values, count=7):
    return [float(f'{value:.{count}g}') for value in values]


losses, gradients = train(torch.float32)
exact, exact_gradients = train(torch.float64)
worst = np.abs(np.array(losses) / np.array(exact) - 1).max(1)
print('float32 against float64, ten losses:', worst)
far = max((abs(a[0] / b[0] - 1), name) for (name, a), b in zip(gradients.items(), exact_gradients.values()))
print('norms of gradients:', far)
if '--look' not in sys.argv:
    assert worst.max() < 1e-4 and far[0] < 1e-4, 'a choice of this scene hangs on a rounding: change the scene'
golden = {
    'generator': 'tests/golden/generate/detector-training.py',
    'versions': {'torch': torch.__version__.split('+')[0], 'torchvision': torchvision.__version__.split('+')[0]},
    'side': SIDE, 'imageSizes': IMAGE_SIZES, 'groundTruth': [{'boxes': boxes, 'labels': labels} for boxes, labels in TRUTHS], 'places': PLACES,
    'config': {'trunk': 'tiny', 'classes': [f'class{i}' for i in range(1, CLASSES)], 'fpn': {'width': WIDTH},
               'anchors': {'sizes': SIZES, 'ratios': RATIOS}, 'levelAssignment': {'canonicalScale': 48},
               'rpn': {'batchSize': RPN['batchSize'], 'preNmsTop': {'train': RPN['preNmsTop'], 'test': 1}, 'postNmsTop': {'train': RPN['postNmsTop'], 'test': 1}},
               'boxHead': {'hidden': HIDDEN, 'pooledSize': POOLED, 'batchSize': BOX_BATCH}},
    'gains': GAINS, 'sgd': {'learningRate': LEARNING_RATE, 'momentum': MOMENTUM, 'weightDecay': DECAY},
    'losses': [digits(row) for row in losses],
    'gradients': {name: digits(values, 6) for name, values in gradients.items()},
}
path = folder / 'detector-training.json'
path.write_text(json.dumps(golden, separators=(',', ':')) + '\n')
print(path, path.stat().st_size, 'bytes')
