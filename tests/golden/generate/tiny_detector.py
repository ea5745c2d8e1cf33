"""A tiny Faster R-CNN of torchvision's parts whose weights come from an integer hash; tests/golden/tiny-detector.ts is the same.
Used by detector-training.py and detector-inference.py."""
import numpy as np, torch, torchvision
from torch import nn
from torchvision.models.detection.anchor_utils import AnchorGenerator
from torchvision.models.detection.faster_rcnn import FastRCNNPredictor, TwoMLPHead
from torchvision.models.detection.roi_heads import RoIHeads
from torchvision.models.detection.rpn import RegionProposalNetwork, RPNHead
from torchvision.models.resnet import Bottleneck
from torchvision.ops import FeaturePyramidNetwork, FrozenBatchNorm2d, MultiScaleRoIAlign
from torchvision.ops.feature_pyramid_network import LastLevelMaxPool

WIDTH, POOLED, HIDDEN, CLASSES = 8, 5, [24, 16], 5
SIZES, RATIOS = ((8,), (16,), (24,), (32,), (48,)), (.5, 1., 2.)
# Features, logits and deltas of order 1.
GAINS = {'fpn.': .3, 'bbox_pred': .3, 'cls_': .5}


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
    """torchvision's RPN and RoI heads on the trunk, without resizing and normalising."""

    def __init__(self, rpn_batch=64, box_batch=32, pre=150, post=200, pre_test=150, post_test=200, detections=100):
        super().__init__()
        self.trunk = Trunk()
        self.fpn = FeaturePyramidNetwork([12, 10, 12, 16], WIDTH, LastLevelMaxPool())
        self.rpn = RegionProposalNetwork(AnchorGenerator(SIZES, (RATIOS,) * 5), RPNHead(WIDTH, 3), .7, .3, rpn_batch, .5,
                                         {'training': pre, 'testing': pre_test}, {'training': post, 'testing': post_test}, .7)
        box_head = TwoMLPHead(WIDTH * POOLED ** 2, HIDDEN[0])
        box_head.fc7 = nn.Linear(*HIDDEN)
        self.roi_heads = RoIHeads(MultiScaleRoIAlign(['0', '1', '2', '3'], POOLED, 2, canonical_scale=48), box_head,
                                  FastRCNNPredictor(HIDDEN[1], CLASSES), .5, .5, box_batch, .25, None, .05, .5, detections)
        self.load_state_dict({name: parameter(name, tuple(value.shape)) for name, value in self.state_dict().items()})

    def features(self, pixels):
        return self.fpn({str(i): x for i, x in enumerate(self.trunk(pixels))})


def pixels_of(count, height, width):
    values = hashed('pixels', count * 3 * height * width) * 4 - 2
    return torch.from_numpy(values.astype(np.float32)).reshape(count, 3, height, width)


def config(**more):
    """The part of our configuration that says the same."""
    return {'trunk': 'tiny', 'classes': [f'class{i}' for i in range(1, CLASSES)], 'fpn': {'width': WIDTH},
            'anchors': {'sizes': SIZES, 'ratios': RATIOS}, 'levelAssignment': {'canonicalScale': 48}, **more}


versions = {'torch': torch.__version__.split('+')[0], 'torchvision': torchvision.__version__.split('+')[0]}


def digits(values, count=7):
    return [float(f'{value:.{count}g}') for value in values]
