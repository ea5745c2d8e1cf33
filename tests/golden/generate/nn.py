"""Writes tests/golden/nn-{blocks,lite-blocks,losses,optimizers}.json: layers, losses and optimizers of torch, torchvision, timm.

Run from the repository root: python tests/golden/generate/nn.py   (torch 2.15.0, torchvision 0.29.2, timm 1.0.31)
"""
import json
from functools import partial

import timm
import torch
import torch.nn.functional as F
import torchvision
from timm.layers import BatchNormAct2d
from timm.models._efficientnet_blocks import InvertedResidual
from torchvision.models.resnet import Bottleneck
from torchvision.ops import FeaturePyramidNetwork
from torchvision.ops.feature_pyramid_network import LastLevelMaxPool
from torchvision.ops.misc import FrozenBatchNorm2d

SOURCE = {
    "generator": "tests/golden/generate/nn.py",
    "versions": {"torch": torch.__version__.split("+")[0], "torchvision": torchvision.__version__.split("+")[0],
                 "timm": timm.__version__},
}
generator = torch.Generator().manual_seed(11)


def numbers(tensor):
    return [float(f"{v:.8g}") for v in tensor.detach().flatten().tolist()]


def draw(*shape, scale=1.0):
    """Multiples of 1/64: exact in float32 and short in JSON."""
    return torch.randint(-64, 65, shape, generator=generator) / 64 * scale


def fill(module):
    for name, value in list(module.named_parameters()) + list(module.named_buffers()):
        if name.endswith("num_batches_tracked"):
            continue
        fresh = draw(*value.shape)
        value.data.copy_(fresh.abs() + 0.25 if name.endswith("running_var") else fresh)
    return module.eval()


def tensors(module):
    return {name: {"shape": list(value.shape), "data": numbers(value)}
            for name, value in module.state_dict().items() if not name.endswith("num_batches_tracked")}


def block_case(name, config, module, input_shape):
    fill(module)
    x = draw(*input_shape, scale=4).requires_grad_()
    y = module(x)
    probe = draw(*y.shape)
    kernels = [(n, p) for n, p in module.named_parameters() if "conv" in n or n == "downsample.0.weight"]
    slopes = torch.autograd.grad((y * probe).sum(), [x] + [p for _, p in kernels])
    return {
        "name": name, "config": config, "parameters": tensors(module),
        "input": {"shape": list(x.shape), "data": numbers(x)},
        "output": {"shape": list(y.shape), "data": numbers(y)}, "probe": numbers(probe),
        "inputGradient": numbers(slopes[0]),
        "kernelGradients": {n: numbers(s) for (n, _), s in zip(kernels, slopes[1:])},
    }


def bottleneck(stride, inputs):
    down = torch.nn.Sequential(torch.nn.Conv2d(inputs, 8, 1, stride, bias=False), FrozenBatchNorm2d(8))
    module = Bottleneck(inputs, 2, stride, down if stride > 1 or inputs != 8 else None, groups=2, base_width=64,
                        norm_layer=FrozenBatchNorm2d)
    config = {"inputs": inputs, "planes": 2, "stride": stride, "groups": 2, "widthPerGroup": 64}
    return block_case(f"bottleneck of stride {stride} on {inputs} channels", config, module, (1, inputs, 6, 4))


def lite(kernel, stride, outputs, padding):
    module = InvertedResidual(4, outputs, kernel, stride, pad_type="same" if padding == "same" else "", exp_ratio=2.0,
                              act_layer=torch.nn.ReLU6, norm_layer=partial(BatchNormAct2d, eps=1e-3))
    config = {"inputs": 4, "outputs": outputs, "kernel": kernel, "stride": stride, "expansion": 2, "padding": padding}
    return block_case(f"inverted bottleneck {kernel}x{kernel} of stride {stride}, {padding}, to {outputs} channels",
                      config, module, (1, 4, 6, 4))


def pyramid():
    module = fill(FeaturePyramidNetwork([2, 3, 4], 2, extra_blocks=LastLevelMaxPool()))
    features = [draw(1, c, 16 // 2**i, 8 // 2**i) for i, c in enumerate([2, 3, 4])]
    outputs = module({str(i): f for i, f in enumerate(features)})
    return {"parameters": tensors(module),
            "features": [{"shape": list(f.shape), "data": numbers(f)} for f in features],
            "levels": [{"shape": list(f.shape), "data": numbers(f)} for f in outputs.values()]}


def loss_cases():
    logits = draw(3, 4, scale=8)
    logits[0, 0], logits[1, 1] = 100, -100
    targets = (draw(3, 4) > 0).float()
    targets[0, 0], targets[1, 1], targets[2, 2] = 0, 1, 0.25
    weights = (draw(3, 4) + 1) / 2
    weights[2] = 0
    labels = torch.tensor([1, 3, 0])
    row_weights = torch.tensor([1.0, 0.5, 0.0])
    normaliser = 3.0
    cases = {}
    for name, elements in {
        "binaryCrossEntropy": lambda x: F.binary_cross_entropy_with_logits(x, targets, reduction="none") * weights,
        "smoothL1": lambda x: F.smooth_l1_loss(x, targets, reduction="none", beta=1 / 9) * weights,
        "softmaxCrossEntropy": lambda x: F.cross_entropy(x, labels, reduction="none") * row_weights,
    }.items():
        x = logits.clone().requires_grad_()
        loss = elements(x).sum() / normaliser
        loss.backward()
        cases[name] = {"loss": float(loss.detach()), "gradient": numbers(x.grad)}
    return {"logits": numbers(logits), "targets": numbers(targets), "weights": numbers(weights),
            "labels": labels.tolist(), "rowWeights": row_weights.tolist(), "normaliser": normaliser, "cases": cases}


def optimizer_case(make, steps=10):
    start = [draw(5), draw(2, 3)]
    parameters = [torch.nn.Parameter(p.clone()) for p in start]
    optimizer = make([{"params": parameters[:1], "weight_decay": 0.1}, {"params": parameters[1:], "weight_decay": 0.0, "lr": 0.01}])
    gradients, after = [], []
    for step in range(steps):
        gradients.append([draw(*p.shape) for p in start])
        for parameter, gradient in zip(parameters, gradients[-1]):
            parameter.grad = gradient.clone()
        optimizer.step()
        after.append([numbers(p) for p in parameters])
    return {"start": [numbers(p) for p in start], "gradients": [[numbers(g) for g in step] for step in gradients], "after": after}


def schedule_case():
    def rates(make):
        parameter = torch.nn.Parameter(torch.zeros(1))
        optimizer = torch.optim.SGD([parameter], lr=1.0)
        scheduler = make(optimizer)
        out = []
        for _ in range(12):
            out.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            scheduler.step()
        return out
    S = torch.optim.lr_scheduler
    return {
        "linearWarmup": rates(lambda o: S.LinearLR(o, start_factor=0.001, total_iters=5)),
        "multiStep": rates(lambda o: S.MultiStepLR(o, [3, 7], gamma=0.1)),
        "cosine": rates(lambda o: S.CosineAnnealingLR(o, 11)),
    }


def clip_case():
    gradients = [draw(4), draw(2, 2)]
    parameters = [torch.nn.Parameter(torch.zeros_like(g)) for g in gradients]
    for parameter, gradient in zip(parameters, gradients):
        parameter.grad = gradient.clone()
    norm = torch.nn.utils.clip_grad_norm_(parameters, 0.5)
    return {"gradients": [numbers(g) for g in gradients], "maxNorm": 0.5, "norm": float(norm), "clipped": [numbers(p.grad) for p in parameters]}


def write(name, content):
    with open(f"tests/golden/{name}.json", "w") as file:
        json.dump({"source": SOURCE, **content}, file)


write("nn-blocks", {
    "bottlenecks": [bottleneck(2, 4), bottleneck(1, 8)],
    "pyramid": pyramid(),
})
write("nn-lite-blocks", {
    "blocks": [lite(5, 2, 3, "same"), lite(3, 2, 3, "same"), lite(5, 1, 4, "same"), lite(3, 2, 3, "symmetric")],
})
write("nn-losses", loss_cases())
write("nn-optimizers", {
    "sgd": optimizer_case(lambda groups: torch.optim.SGD(groups, lr=0.1, momentum=0.9)),
    "adamW": optimizer_case(lambda groups: torch.optim.AdamW(groups, lr=0.1, betas=(0.9, 0.99), eps=1e-6)),
    "clip": clip_case(),
    "schedules": schedule_case(),
})
