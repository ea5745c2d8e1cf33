"""Golden training steps of a tiny Faster R-CNN (a few blocks, a narrow FPN) by torchvision's own code.

    python tests/golden/generate/detector-training.py

torch 2.15.0, torchvision 0.29.2, on one CPU. Writes tests/golden/detector-training.json: losses and gradients of step 0, the losses
of ten SGD steps. Weights, pixels and sampling keys come from an integer hash that the test computes too (hashed-numbers.ts).
Selection is discrete, so the scene is kept only if float64 gives the same ten losses: no choice then hangs on a rounding.
"""
import json, pathlib, sys
import numpy as np, torch
from torchvision.models.detection.image_list import ImageList
from tiny_detector import HIDDEN, POOLED, Detector, config, digits, hashed, pixels_of, versions

torch.set_num_threads(2)
folder = pathlib.Path(__file__).resolve().parents[1]
SIDE = 64
IMAGE_SIZES = [(64, 64), (56, 48), (64, 50)]
# The last image shows nothing.
TRUTHS = [([[5, 6, 35, 30], [20, 25, 60, 62], [45, 4, 61, 20]], [1, 3, 4]), ([[2, 10, 30, 50], [25, 5, 45, 22]], [2, 1]), ([], [])]
RPN = dict(preNmsTop=150, postNmsTop=200, batchSize=64)
BOX_BATCH, PLACES = 32, 4
LEARNING_RATE, MOMENTUM, DECAY = .002, .9, 1e-4


def losses_of(model, pixels, targets):
    features = model.features(pixels)
    proposals, rpn_losses = model.rpn(ImageList(pixels, IMAGE_SIZES), features, targets)
    _, box_losses = model.roi_heads(features, [boxes.detach() for boxes in proposals], IMAGE_SIZES, targets)
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
    model = Detector(RPN['batchSize'], BOX_BATCH, RPN['preNmsTop'], RPN['postNmsTop']).train().to(dtype)
    model.rpn.fg_bg_sampler = KeyedSampler(RPN['batchSize'], .5, lambda image, count: torch.from_numpy(hashed(f'anchorKeys{image}', count)))
    model.roi_heads.fg_bg_sampler = KeyedSampler(BOX_BATCH, .25, region_keys)
    pixels = pixels_of(len(IMAGE_SIZES), SIDE, SIDE).to(dtype)
    targets = [{'boxes': torch.tensor(boxes, dtype=dtype).reshape(-1, 4), 'labels': torch.tensor(labels, dtype=torch.int64)} for boxes, labels in TRUTHS]
    optimizer = torch.optim.SGD(model.parameters(), LEARNING_RATE, MOMENTUM, weight_decay=DECAY)
    history, gradients = [], {}
    for step in range(steps):
        losses = losses_of(model, pixels, targets)
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
    'versions': versions,
    'side': SIDE, 'imageSizes': IMAGE_SIZES, 'groundTruth': [{'boxes': boxes, 'labels': labels} for boxes, labels in TRUTHS], 'places': PLACES,
    'config': config(rpn={'batchSize': RPN['batchSize'], 'preNmsTop': {'train': RPN['preNmsTop'], 'test': 1}, 'postNmsTop': {'train': RPN['postNmsTop'], 'test': 1}},
                     boxHead={'hidden': HIDDEN, 'pooledSize': POOLED, 'batchSize': BOX_BATCH}),
    'sgd': {'learningRate': LEARNING_RATE, 'momentum': MOMENTUM, 'weightDecay': DECAY},
    'losses': [digits(row) for row in losses],
    'gradients': {name: digits(values, 6) for name, values in gradients.items()},
}
path = folder / 'detector-training.json'
path.write_text(json.dumps(golden, separators=(',', ':')) + '\n')
print(path, path.stat().st_size, 'bytes')
