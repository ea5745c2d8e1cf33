"""Golden inference and training step of a single-level detector: nine anchors a place of C4, by torchvision's own code.

    python tests/golden/generate/detector-c4.py

torch 2.15.0, torchvision 0.29.2, on one CPU. Writes tests/golden/detector-c4.json. torchvision's RPN head has one logit an anchor, the
paper's has two and a softmax: our two sets of weights differ by torchvision's one (ours for `object` are those of the
integer hash, torchvision's are ours for `object` less ours for `background`). A scene is kept only if float64 selects the same.
"""
import json, pathlib
import torch
from torch import nn
from torchvision.models.detection.anchor_utils import AnchorGenerator
from torchvision.models.detection.faster_rcnn import FastRCNNPredictor, TwoMLPHead
from torchvision.models.detection.image_list import ImageList
from torchvision.models.detection.roi_heads import RoIHeads
from torchvision.models.detection.rpn import RegionProposalNetwork, RPNHead
from torchvision.ops import MultiScaleRoIAlign
from tiny_detector import CLASSES, Trunk, digits, hashed, parameter, pixels_of, versions

folder = pathlib.Path(__file__).resolve().parents[1]
SIZES, RATIOS, WIDTH, HEAD_WIDTH, POOLED, HIDDEN = (16, 32, 64), (.5, 1., 2.), 12, 10, 3, 16
HEIGHT, WIDTH_OF_CANVAS, IMAGE_SIZE = 96, 128, (90, 120)
PRE, POST = 200, 40
TRUTH, LABELS = [[5., 6, 75, 60], [40, 25, 110, 82]], [1, 3]


class Detector(nn.Module):
    def __init__(self):
        super().__init__()
        self.trunk = Trunk()
        head = RPNHead(WIDTH, 9)
        head.conv[0] = nn.Sequential(nn.Conv2d(WIDTH, HEAD_WIDTH, 3, padding=1), nn.ReLU())
        head.cls_logits, head.bbox_pred = nn.Conv2d(HEAD_WIDTH, 9, 1), nn.Conv2d(HEAD_WIDTH, 36, 1)
        self.rpn = RegionProposalNetwork(AnchorGenerator((SIZES,), (RATIOS,)), head, .7, .3, 100000, 1.,
                                         {'training': PRE, 'testing': PRE}, {'training': POST, 'testing': POST}, .7)
        box_head = TwoMLPHead(WIDTH * POOLED ** 2, HIDDEN)
        self.roi_heads = RoIHeads(MultiScaleRoIAlign(['0'], POOLED, 2), box_head, FastRCNNPredictor(HIDDEN, CLASSES),
                                  .5, .5, 100000, 1., None, .05, .5, 60)
        values = {}
        for name, value in self.state_dict().items():
            if 'cls_logits' in name:
                both = parameter(name, (18,) + tuple(value.shape[1:]))
                values[name] = both[9:] - both[:9]
            else:
                values[name] = parameter(name, tuple(value.shape))
        self.load_state_dict(values)

    def features(self, pixels):
        return {'0': self.trunk(pixels)[2]}


def infer(dtype):
    model = Detector().eval().to(dtype)
    with torch.no_grad():
        pixels = pixels_of(1, HEIGHT, WIDTH_OF_CANVAS).to(dtype)
        features = model.features(pixels)
        images = ImageList(pixels, [IMAGE_SIZE])
        anchors = model.rpn.anchor_generator(images, list(features.values()))[0]
        objectness, rpn_deltas = model.rpn.head(list(features.values()))
        objectness = objectness[0].permute(0, 2, 3, 1).flatten()
        proposals, _ = model.rpn(images, features)
        heads = model.roi_heads
        logits, deltas = heads.box_predictor(heads.box_head(heads.box_roi_pool(features, proposals, [IMAGE_SIZE])))
        boxes, scores, labels = heads.postprocess_detections(logits, deltas, proposals, [IMAGE_SIZE])
    return {'anchors': anchors[::7], 'objectness': objectness, 'proposals': proposals[0], 'classLogits': logits, 'boxes': boxes[0], 'scores': scores[0], 'labels': labels[0]}


def rpn_step(dtype):
    """All anchors are sampled (a batch of 100,000): no keys needed. Losses of the RPN and gradients of its head and of the trunk."""
    model = Detector().train().to(dtype)
    pixels = pixels_of(1, HEIGHT, WIDTH_OF_CANVAS).to(dtype)
    targets = [{'boxes': torch.tensor(TRUTH, dtype=dtype), 'labels': torch.tensor(LABELS)}]
    _, losses = model.rpn(ImageList(pixels, [IMAGE_SIZE]), model.features(pixels), targets)
    sum(losses.values()).backward()
    gradients = {}
    for name, value in model.named_parameters():
        if value.grad is None:
            continue
        flat = value.grad.detach().double().flatten()
        gradients[name] = [float(flat.norm()), float((flat * torch.from_numpy(hashed(f'probe/{name}', len(flat)) - .5)).sum())]
    return [losses['loss_objectness'].item(), losses['loss_rpn_box_reg'].item()], gradients


found, exact = infer(torch.float32), infer(torch.float64)
for name, value in found.items():
    assert value.shape == exact[name].shape and (value.double() - exact[name]).abs().max() < 1e-4, f'{name} hangs on a rounding: change the scene'
losses, gradients = rpn_step(torch.float32)
exact_losses, _ = rpn_step(torch.float64)
assert all(abs(a / b - 1) < 1e-4 for a, b in zip(losses, exact_losses))
print(len(found['proposals']), 'proposals', len(found['boxes']), 'detections', found['scores'], losses)
assert len(found['proposals']) == POST and len(found['boxes']) >= 10
path = folder / 'detector-c4.json'
path.write_text(json.dumps({
    'generator': 'tests/golden/generate/detector-c4.py', 'versions': versions,
    'height': HEIGHT, 'width': WIDTH_OF_CANVAS, 'imageSize': IMAGE_SIZE, 'truth': TRUTH, 'labelsOfTruth': LABELS,
    'config': {'trunk': 'tiny', 'classes': [f'class{i}' for i in range(1, CLASSES)], 'fpn': None,
               'anchors': {'sizes': [SIZES], 'ratios': RATIOS},
               'rpn': {'headWidth': HEAD_WIDTH, 'objectness': 'softmax', 'batchSize': 100000, 'positiveFraction': 1,
                       'preNmsTop': {'train': PRE, 'test': PRE}, 'postNmsTop': {'train': POST, 'test': POST}},
               'boxHead': {'hidden': [HIDDEN, HIDDEN], 'pooledSize': POOLED, 'detectionsPerImage': 60}},
    **{name: value.tolist() if name == 'labels' else digits(value.flatten().tolist(), 6) for name, value in found.items()},
    'losses': digits(losses), 'gradients': {name: digits(values, 6) for name, values in gradients.items()},
}, separators=(',', ':')) + '\n')
print(path, path.stat().st_size, 'bytes')
