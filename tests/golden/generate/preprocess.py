"""Writes tests/golden/preprocess.json: small photos through torchvision's GeneralizedRCNNTransform.

Run from the repository root: python tests/golden/generate/preprocess.py   (torch 2.15.0, torchvision 0.29.2)
"""
import json
import torch
import torchvision
from torchvision.models.detection.transform import GeneralizedRCNNTransform

MEAN, STD = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]
generator = torch.Generator().manual_seed(3)
cases = []
for name, (height, width), (min_side, max_side) in [
    ("enlarged to the short side", (5, 7), (9, 40)),
    ("enlarged as far as the long side lets it", (3, 11), (9, 16)),
    ("shrunk without antialiasing", (31, 19), (8, 40)),
    ("one pixel wide", (4, 1), (2, 12)),
    ("kept as it is", (8, 8), (8, 8)),
]:
    photo = torch.randint(0, 256, (height, width, 3), generator=generator, dtype=torch.uint8)
    transform = GeneralizedRCNNTransform(min_side, max_side, MEAN, STD, size_divisible=8).eval()
    images, _ = transform([photo.permute(2, 0, 1).float() / 255])
    cases.append({
        "name": name, "height": height, "width": width, "minSide": min_side, "maxSide": max_side,
        "photo": photo.flatten().tolist(), "imageSize": list(images.image_sizes[0]),
        "tensorSize": list(images.tensors.shape[-2:]), "tensor": [float(f"{v:.8g}") for v in images.tensors.flatten().tolist()],
    })
# A large photo: only a few columns are kept; they tell whether positions are rounded as torch rounds them.
height, width = 40, 1501
ramp = (torch.arange(width) * 7919 % 256).to(torch.uint8).view(1, width, 1).expand(height, width, 3).contiguous()
transform = GeneralizedRCNNTransform(30, 1111, MEAN, STD, size_divisible=8).eval()
images, _ = transform([ramp.permute(2, 0, 1).float() / 255])
large = {
    "height": height, "width": width, "multiplier": 7919, "minSide": 30, "maxSide": 1111,
    "imageSize": list(images.image_sizes[0]), "tensorSize": list(images.tensors.shape[-2:]),
    "row": [float(f"{v:.8g}") for v in images.tensors[0, 0, 3].tolist()],
}
with open("tests/golden/preprocess.json", "w") as file:
    json.dump({"versions": f"torch {torch.__version__}, torchvision {torchvision.__version__}", "divisibleBy": 8,
               "mean": MEAN, "std": STD, "cases": cases, "large": large}, file)
