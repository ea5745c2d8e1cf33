"""torchvision's Faster R-CNN with FPN and random, lively weights: writes weights, input and answers to a folder.

    python benchmarks/peers/resnet_fpn.py FOLDER ARCH SEED

ARCH: r50 (fasterrcnn_resnet50_fpn), r101, x101-32x8d, x101-64x4d. Called by resnet-fpn.ts, which compares. torch 2.15.0, torchvision 0.29.2.
"""
import pathlib, sys
import torch, torchvision
from torchvision.models.detection import FasterRCNN
from torchvision.models.detection.backbone_utils import resnet_fpn_backbone
from lively import answers, blobs, enliven
from safetensors.torch import save_file

folder, arch, seed = pathlib.Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
torch.manual_seed(seed)
torch.set_num_threads(2)
HEIGHT, WIDTH, IMAGE_SIZE, CLASSES = 512, 640, (500, 620), 14

BACKBONES = {'r50': 'resnet50', 'r101': 'resnet101', 'x101-32x8d': 'resnext101_32x8d', 'x101-64x4d': 'resnext101_64x4d'}
model = FasterRCNN(resnet_fpn_backbone(backbone_name=BACKBONES[arch], weights=None, trainable_layers=3), num_classes=CLASSES).eval()
pixels = blobs(1, HEIGHT, WIDTH)
pixels[:, :, IMAGE_SIZE[0]:] = 0
pixels[:, :, :, IMAGE_SIZE[1]:] = 0
enliven(model, pixels, IMAGE_SIZE)
with torch.no_grad():
    found = answers(model, pixels, IMAGE_SIZE)
torch.save(model.state_dict(), folder / 'weights.pth')
torch.save(model.state_dict(), folder / 'weights-legacy.pth', _use_new_zipfile_serialization=False)
save_file({'pixels': pixels.contiguous(), 'imageSize': torch.tensor([IMAGE_SIZE], dtype=torch.float32),
           **{name: value.contiguous() for name, value in found.items()}}, folder / 'answers.safetensors')
print(f'{arch}, torch {torch.__version__}, torchvision {torchvision.__version__}, seed {seed}:', len(found['proposals']), 'proposals,', len(found['boxes']),
      'detections, by class', found['labels'].int().bincount().tolist(), 'scores', round(found['scores'][0].item(), 3), 'to', round(found['scores'][-1].item(), 3), file=sys.stderr)
