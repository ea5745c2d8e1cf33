"""Golden loss and gradients of the five-layer baseline (the paper's section 3.1), by PyTorch's own layers.

    python tests/golden/generate/baseline.py

torch 2.15.0, on one CPU. Writes tests/golden/baseline.json. Weights and pixels come from the integer hash; the loss is
summed photo by photo in float64 as the text has it, for a batch with all that can happen: one garment, two (the larger
counts), none (background, no box), regions to ignore alone (left out).
"""
import json, pathlib
import torch
import torch.nn.functional as F
from torch import nn
from tiny_detector import hashed

SIDE, CHANNELS, HIDDEN, CLASSES, ALPHA = 64, [4, 6, 6, 8, 8], 12, ['tee', 'skirt', 'hat'], 0.003
PHOTOS = [
    {'boxes': [[6, 10, 50, 60]], 'labels': [2], 'crowdBoxes': []},
    {'boxes': [[2, 3, 12, 20], [20, 8, 64, 48]], 'labels': [1, 3], 'crowdBoxes': [[0, 0, 64, 64]]},
    {'boxes': [], 'labels': [], 'crowdBoxes': []},
    {'boxes': [], 'labels': [], 'crowdBoxes': [[4, 4, 40, 60]]},
    {'boxes': [[0, 0, 30, 64]], 'labels': [1], 'crowdBoxes': []},
]


class Baseline(nn.Module):
    def __init__(self):
        super().__init__()
        for index, outputs in enumerate(CHANNELS):
            inputs = CHANNELS[index - 1] if index else 3
            self.add_module(f'conv{index + 1}', nn.Conv2d(inputs, outputs, 3, stride=2, padding=1))
        self.fc = nn.Linear(CHANNELS[-1] * (SIDE // 32) ** 2, HIDDEN)
        self.class_head, self.box_head = nn.Linear(HIDDEN, len(CLASSES) + 1), nn.Linear(HIDDEN, 4)
        self.load_state_dict({name: parameter(name, value.shape) for name, value in self.state_dict().items()})

    def forward(self, x):
        for index in range(5):
            x = F.relu(getattr(self, f'conv{index + 1}')(x))
        x = F.relu(self.fc(x.flatten(1)))
        return self.class_head(x), self.box_head(x)


def parameter(name, shape):
    signed = torch.from_numpy(hashed(name, torch.Size(shape).numel()) * 2 - 1)
    scale = .2 if len(shape) == 1 else (6 / torch.Size(shape[1:]).numel()) ** .5
    return (scale * signed).float().reshape(shape)


def target(photo):
    """Label and box of the largest garment; None where the photo is not judged."""
    if not photo['boxes']:
        return None if photo['crowdBoxes'] else (0, None)
    areas = [(x2 - x1) * (y2 - y1) for x1, y1, x2, y2 in photo['boxes']]
    at = areas.index(max(areas))
    return photo['labels'][at], torch.tensor(photo['boxes'][at], dtype=torch.float64) / SIDE


model = Baseline().double()
pixels = torch.from_numpy(hashed('pixels', len(PHOTOS) * 3 * SIDE * SIDE) * 2 - 1).reshape(-1, 3, SIDE, SIDE)
logits, boxes = model(pixels)
judged = [(index, *target(photo)) for index, photo in enumerate(PHOTOS) if target(photo) is not None]
n = len(judged)
classification = sum(-torch.log_softmax(logits[index], 0)[label] for index, label, _ in judged) / n
box = sum(((boxes[index] - truth) ** 2).sum() for index, _, truth in judged if truth is not None) / n
regularisation = ALPHA * sum((value ** 2).sum() for value in model.parameters())
total = classification + box + regularisation
total.backward()

digits = lambda values: [float(f'{v:.7g}') for v in values.detach().flatten().tolist()]
golden = {
    'source': {'generator': 'tests/golden/generate/baseline.py', 'versions': {'torch': torch.__version__.split('+')[0]}},
    'config': {'side': SIDE, 'channels': CHANNELS, 'hidden': HIDDEN, 'classes': CLASSES}, 'alpha': ALPHA, 'photos': PHOTOS,
    'classLogits': digits(logits), 'boxes': digits(boxes),
    'losses': {'classification': classification.item(), 'box': box.item(), 'regularisation': regularisation.item(),
               'total': total.item()},
    'gradients': {name: digits(value.grad) for name, value in model.named_parameters()},
}
path = pathlib.Path(__file__).resolve().parents[1] / 'baseline.json'
path.write_text(json.dumps(golden, separators=(',', ':')))
print(path.stat().st_size, golden['losses'])
