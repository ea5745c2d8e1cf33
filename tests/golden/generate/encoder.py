"""A tiny image encoder (patches, a transformer block, a projection) exported to ONNX by PyTorch, its description, and its
vectors of boxes of a drawn photo, preprocessed here by PyTorch's own resampling.

Run from the repository's root: python tests/golden/generate/encoder.py
"""

import json
import math
from pathlib import Path

import onnx
import torch
import torch.nn.functional as F
from torch import nn

OUT = Path("tests/golden")
HEIGHT, WIDTH, PATCH, WIDE, HEADS, DIMENSION = 32, 24, 8, 16, 2, 12


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.before = nn.LayerNorm(WIDE)
        self.qkv = nn.Linear(WIDE, 3 * WIDE)
        self.out = nn.Linear(WIDE, WIDE)
        self.after = nn.LayerNorm(WIDE)
        self.mlp = nn.Sequential(nn.Linear(WIDE, 2 * WIDE), nn.GELU(), nn.Linear(2 * WIDE, WIDE))

    def forward(self, x):
        batch, tokens, _ = x.shape
        split = self.qkv(self.before(x)).reshape(batch, tokens, 3, HEADS, WIDE // HEADS).permute(2, 0, 3, 1, 4)
        query, key, value = split[0], split[1], split[2]
        shares = (query @ key.transpose(2, 3) / math.sqrt(WIDE // HEADS)).softmax(dim=3)
        x = x + self.out((shares @ value).transpose(1, 2).reshape(batch, tokens, WIDE))
        return x + self.mlp(self.after(x))


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.patches = nn.Conv2d(3, WIDE, PATCH, stride=PATCH)
        self.summary = nn.Parameter(torch.randn(1, 1, WIDE))
        self.places = nn.Parameter(torch.randn(1, 1 + HEIGHT * WIDTH // PATCH**2, WIDE))
        self.block = Block()
        self.norm = nn.LayerNorm(WIDE)
        self.projection = nn.Linear(WIDE, DIMENSION, bias=False)

    def forward(self, pixels):
        tokens = self.patches(pixels).flatten(2).transpose(1, 2)
        tokens = torch.cat([self.summary.expand(tokens.shape[0], -1, -1), tokens], dim=1) + self.places
        tokens = self.norm(self.block(tokens))
        return self.projection(tokens[:, 0]), tokens


def photo(width, height):
    """`[3, height, width]`, 0..255; drawn the same way by the test."""
    y, x = torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij")
    planes = [(x * 7 + y * 3 + c * 60 + (x * y) % 29) % 256 for c in range(3)]
    return torch.stack(planes).float()


def cut_out(pixels, box, margin):
    x1, y1, x2, y2 = box
    dx, dy = margin * (x2 - x1), margin * (y2 - y1)
    left, top = max(0, math.floor(x1 - dx)), max(0, math.floor(y1 - dy))
    right = min(pixels.shape[2], math.ceil(x2 + dx))
    bottom = min(pixels.shape[1], math.ceil(y2 + dy))
    return pixels[:, top:bottom, left:right]


def resized(pixels, height, width, antialias):
    return F.interpolate(
        pixels[None], size=(height, width), mode="bilinear", align_corners=False, antialias=antialias
    )[0]


def fitted(pixels, fit, antialias):
    _, height, width = pixels.shape
    if fit["kind"] == "squash":
        return resized(pixels, HEIGHT, WIDTH, antialias)
    if fit["kind"] == "crop":
        is_wide = width * HEIGHT > height * WIDTH
        new_height = HEIGHT if is_wide else int(WIDTH * height / width)
        new_width = int(HEIGHT * width / height) if is_wide else WIDTH
        whole = resized(pixels, new_height, new_width, antialias)
        top, left = (new_height - HEIGHT) // 2, (new_width - WIDTH) // 2
        return whole[:, top : top + HEIGHT, left : left + WIDTH]
    scale = min(HEIGHT / height, WIDTH / width)
    new_height, new_width = round(height * scale), round(width * scale)
    frame = torch.tensor(fit["colour"]).float().reshape(3, 1, 1).expand(3, HEIGHT, WIDTH).clone()
    top, left = (HEIGHT - new_height) // 2, (WIDTH - new_width) // 2
    frame[:, top : top + new_height, left : left + new_width] = resized(pixels, new_height, new_width, antialias)
    return frame


DEFINITION = {
    "formatVersion": 1,
    "name": "tiny encoder of the tests",
    "file": "encoder.onnx",
    "output": "vectors",
    "size": {"height": HEIGHT, "width": WIDTH},
    "fit": {"kind": "squash"},
    "region": {"kind": "box", "margin": 0.1},
    "mean": [0.48, 0.46, 0.41],
    "std": [0.27, 0.26, 0.28],
    "normalise": True,
    "metric": "cosine",
}
PAD = {"kind": "pad", "colour": [255, 250, 240]}
# Boxes that shrink by less than four, where nothing is averaged before the filter.
CASES = [
    {"box": [10.25, 5.5, 48.75, 60.5], "given": {}},
    {"box": [3, 20, 63, 41], "given": {"fit": {"kind": "crop"}}},
    {"box": [30.5, 2, 52, 70], "given": {"fit": {"kind": "crop"}, "interpolation": "bilinear"}},
    {"box": [3, 20, 63, 41], "given": {"fit": PAD}},
    {"box": [30.5, 2, 52, 70], "given": {"fit": PAD, "interpolation": "bilinear"}},
    {"box": [2, 3, 14, 15], "given": {"interpolation": "bilinear"}},
    {"box": [0, 0, 1, 1], "given": {"region": {"kind": "photo"}}},
    {"box": [20, 20, 50, 60], "given": {"channels": "bgr", "region": {"kind": "box", "margin": 0}}},
    {"box": [-9, 50, 30, 99], "given": {"region": {"kind": "box", "margin": 0.5}}},
]

torch.manual_seed(7)
encoder = Encoder().eval()
(OUT / "encoder").mkdir(exist_ok=True)
torch.onnx.export(
    encoder,
    (torch.zeros(2, 3, HEIGHT, WIDTH),),
    str(OUT / "encoder" / "encoder.onnx"),
    input_names=["pixels"],
    output_names=["vectors", "tokens"],
    dynamic_axes={"pixels": {0: "batch"}, "vectors": {0: "batch"}, "tokens": {0: "batch"}},
    opset_version=18,
    dynamo=False,
)
(OUT / "encoder" / "encoder.json").write_text(json.dumps(DEFINITION, indent=2) + "\n")

pixels = photo(66, 72)
mean, std = (torch.tensor(DEFINITION[key]).reshape(3, 1, 1) for key in ("mean", "std"))
cases = []
for case in CASES:
    definition = {**DEFINITION, **case["given"]}
    region = definition["region"]
    part = pixels if region["kind"] == "photo" else cut_out(pixels, case["box"], region["margin"])
    frame = fitted(part, definition["fit"], definition.get("interpolation") != "bilinear")
    picture = (frame / 255 - mean) / std
    if definition.get("channels") == "bgr":
        picture = picture.flip(0)
    with torch.no_grad():
        vector = F.normalize(encoder(picture[None])[0], dim=1)[0]
    cases.append({**case, "vector": vector.tolist()})
golden = {
    "generator": "tests/golden/generate/encoder.py",
    "versions": {"torch": torch.__version__, "onnx": onnx.__version__},
    "photo": {"width": 66, "height": 72},
    "cases": cases,
}
(OUT / "encoder.json").write_text(json.dumps(golden))
