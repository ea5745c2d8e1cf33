"""Writes tests/golden/nn-group-norm.json: group norm alone, in torchvision's bottleneck and in its pyramid.

Run from the repository root: python tests/golden/generate/group-norm.py   (torch 2.15.0, torchvision 0.29.2)
"""
import json
from math import gcd

import torch
import torchvision
from torch.nn import GroupNorm
from torchvision.models.resnet import Bottleneck
from torchvision.ops import FeaturePyramidNetwork

SOURCE = {"generator": "tests/golden/generate/group-norm.py",
          "versions": {"torch": torch.__version__.split("+")[0], "torchvision": torchvision.__version__.split("+")[0]}}
generator = torch.Generator().manual_seed(23)


def numbers(tensor):
    return [float(f"{v:.6g}") for v in tensor.detach().flatten().tolist()]


def draw(*shape, scale=1.0):
    """Multiples of 1/64: exact in float32 and short in JSON."""
    return torch.randint(-64, 65, shape, generator=generator) / 64 * scale


def tensors(module):
    return {name: {"shape": list(value.shape), "data": numbers(value)} for name, value in module.state_dict().items()}


def norm(channels):
    return GroupNorm(gcd(32, channels // 2), channels)


def block_case(name, config, module, input_shape, offset=0.0):
    """Statistics in float64: what is compared is the truth, not another rounding."""
    for _, value in module.named_parameters():
        value.data.copy_(draw(*value.shape))
    module = module.double()
    x = (draw(*input_shape, scale=4) + offset).double().requires_grad_()
    y = module(x)
    probe = draw(*y.shape)
    parameters = list(module.named_parameters())
    slopes = torch.autograd.grad((y * probe).sum(), [x] + [p for _, p in parameters])
    return {"name": name, "config": config, "parameters": tensors(module),
            "input": {"shape": list(x.shape), "data": numbers(x)},
            "output": {"shape": list(y.shape), "data": numbers(y)}, "probe": numbers(probe),
            "inputGradient": numbers(slopes[0]),
            "kernelGradients": {n: numbers(s) for (n, _), s in zip(parameters, slopes[1:])}}


def bottleneck(inputs, planes, stride):
    down = torch.nn.Sequential(torch.nn.Conv2d(inputs, planes * 4, 1, stride, bias=False), norm(planes * 4))
    module = Bottleneck(inputs, planes, stride, down, groups=1, base_width=64, norm_layer=norm)
    config = {"inputs": inputs, "planes": planes, "stride": stride, "groups": 1, "widthPerGroup": 64, "norm": "group"}
    return block_case(f"bottleneck of stride {stride} with group norm", config, module, (2, inputs, 6, 4))


def pyramid():
    module = FeaturePyramidNetwork([2, 4], 4, norm_layer=norm)
    for value in module.parameters():
        value.data.copy_(draw(*value.shape))
    features = [draw(1, c, 8 // 2**i, 4 // 2**i) for i, c in enumerate([2, 4])]
    outputs = module({str(i): f for i, f in enumerate(features)})
    return {"parameters": tensors(module), "features": [{"shape": list(f.shape), "data": numbers(f)} for f in features],
            "levels": [{"shape": list(f.shape), "data": numbers(f)} for f in outputs.values()]}


with open("tests/golden/nn-group-norm.json", "w") as file:
    json.dump({
        "source": SOURCE,
        "norms": [block_case(f"{c} channels in {g} groups{', far from 0' if o else ''}", {"channels": c, "groups": g},
                             GroupNorm(g, c), (2, c, 3, 5), o) for c, g, o in ((6, 3, 0), (8, 2, 0), (8, 4, 50))],
        "bottleneck": bottleneck(4, 2, 2),
        "pyramid": pyramid(),
    }, file)
    file.write("\n")
