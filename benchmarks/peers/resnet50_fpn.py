"""torchvision's fasterrcnn_resnet50_fpn with random, lively weights: writes weights, input and answers to a folder.

    python benchmarks/peers/resnet50_fpn.py FOLDER [SEED]

Called by resnet50-fpn.ts, which compares. torch 2.15.0, torchvision 0.29.2.
"""
import pathlib, sys
import torch, torchvision
from lively import answers, blobs, enliven
from safetensors.torch import save_file

folder, seed = pathlib.Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1
torch.manual_seed(seed)
torch.set_num_threads(2)
HEIGHT, WIDTH, IMAGE_SIZE, CLASSES = 512, 640, (500, 620), 14

model = torchvision.models.detection.fasterrcnn_resnet50_fpn(weights=None, weights_backbone=None, num_classes=CLASSES).eval()
pixels = blobs(1, HEIGHT, WIDTH)
pixels[:, :, IMAGE_SIZE[0]:] = 0
pixels[:, :, :, IMAGE_SIZE[1]:] = 0
enliven(model, pixels, IMAGE_SIZE)
with torch.no_grad():
    found = answers(model, pixels, IMAGE_SIZE)
save_file({name: value.contiguous() for name, value in model.state_dict().items()}, folder / 'weights.safetensors')
save_file({'pixels': pixels.contiguous(), 'imageSize': torch.tensor([IMAGE_SIZE], dtype=torch.float32),
           **{name: value.contiguous() for name, value in found.items()}}, folder / 'answers.safetensors')
print(f'torch {torch.__version__}, torchvision {torchvision.__version__}, seed {seed}:', len(found['proposals']), 'proposals,', len(found['boxes']),
      'detections, by class', found['labels'].int().bincount().tolist(), 'scores', round(found['scores'][0].item(), 3), 'to', round(found['scores'][-1].item(), 3), file=sys.stderr)
