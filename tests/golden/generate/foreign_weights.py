"""Writes the small files of weights that src/weights and src/detector/import-detector.test.ts read, and what is in them.

    python tests/golden/generate/foreign_weights.py

torch 2.15.0, torchvision 0.29.2, numpy. Writes to tests/golden: tiny-torchvision.pth (the Faster R-CNN of tiny_detector.py under
torchvision's names, in halves), arrays.pth and arrays-legacy.pth (views, dtypes), arrays-py2.pkl (as Python 2 pickles), arrays-p{2,4,5}.pkl,
and foreign-weights.json: the numbers in them, and torchvision's detections with the weights of tiny-torchvision.pth.
"""
import collections, io, json, pathlib, pickle
import numpy as np, torch
from torchvision.models.detection.image_list import ImageList
from tiny_detector import HIDDEN, POOLED, Detector, config, digits, pixels_of, versions

folder = pathlib.Path(__file__).resolve().parents[1]
HEIGHT, WIDTH, IMAGE_SIZE, PROPOSALS, DETECTIONS = 64, 96, (60, 90), 60, 100

# --- arrays -----------------------------------------------------------------------------------------------------------------------
base = torch.arange(24, dtype=torch.float32)
tensors = collections.OrderedDict(
    dense=base.reshape(2, 3, 4), transposed=base[:6].reshape(2, 3).t(), strided=base.reshape(4, 6)[1:4:2, ::3], half=torch.tensor([0.5, -2.0, 65504.0]).half(),
    bfloat=torch.tensor([1.0, -3.140625]).bfloat16(), double=torch.tensor([[0.1]], dtype=torch.float64), whole=torch.tensor(7), bytes=torch.tensor([0, 255], dtype=torch.uint8),
    small=torch.tensor([-1, 127], dtype=torch.int8), short=torch.tensor([-300], dtype=torch.int16), int=torch.tensor([-70000], dtype=torch.int32),
    flags=torch.tensor([True, False]), empty=torch.zeros(0, 3), parameter=torch.nn.Parameter(torch.tensor([1.5])))
tensors._metadata = collections.OrderedDict({'': {'version': 1}})
torch.save(tensors, folder / 'arrays.pth')
torch.save({'model': tensors, 'epoch': 3, 'rate': 0.125, 'big': 2 ** 70, 'nothing': None, 'steps': [1, (2, 3)]}, folder / 'arrays-legacy.pth', _use_new_zipfile_serialization=False)
numbers = {name: {'shape': list(value.shape), 'data': [float(v) for v in value.detach().double().flatten().tolist()]} for name, value in tensors.items()}

arrays = {'conv1_w': np.arange(600, dtype=np.float32).reshape(2, 3, 10, 10) / 8, 'fortran': np.asfortranarray(np.arange(6, dtype=np.float32).reshape(2, 3)),
          'big': np.arange(3, dtype='>f4'), 'half': np.array([0.5, -2], np.float16), 'long': np.array([2 ** 40, -1]), 'scalar': np.float32(0.25), 'empty': np.zeros((0, 2), np.float32)}
numpy_numbers = {name: {'shape': list(np.shape(value)), 'data': [float(v) for v in np.ravel(value)]} for name, value in arrays.items()}
for protocol in (2, 4, 5):
    (folder / f'arrays-p{protocol}.pkl').write_bytes(pickle.dumps({'model': arrays, '__author__': 'a test'}, protocol))


class Python2Pickler(pickle._Pickler):
    """Text and bytes are one type, `str`, and numpy's modules have their names of then: what Detectron's files look like."""
    dispatch = dict(pickle._Pickler.dispatch)

    def old_string(self, value):
        value = value.encode('latin1') if isinstance(value, str) else value
        self.write(b'U' + bytes([len(value)]) + value if len(value) < 256 else b'T' + len(value).to_bytes(4, 'little') + value)

    def save_str(self, value):
        self.old_string(value)

    def save_bytes(self, value):
        self.old_string(value)

    def save_global(self, value, name=None):
        module, name = value.__module__.replace('numpy._core', 'numpy.core'), name or value.__qualname__
        self.write(b'c' + f'{module}\n{name}\n'.encode())

    dispatch[str], dispatch[bytes] = save_str, save_bytes
    dispatch[type(lambda: 0)] = dispatch[type(len)] = dispatch[type] = save_global


stream = io.BytesIO()
Python2Pickler(stream, 2).dump({'blobs': {**arrays, 'conv1_w_momentum': arrays['conv1_w']}, 'cfg': 'RESNETS:\n  STRIDE_1X1: false\n' + '# more\n' * 200})
(folder / 'arrays-py2.pkl').write_bytes(stream.getvalue())

# --- the tiny detector ------------------------------------------------------------------------------------------------------------


def theirs(name):
    return 'backbone.body.' + name[6:] if name.startswith('trunk.') else 'backbone.' + name if name.startswith('fpn.') else name


def infer(dtype):
    model = Detector(pre_test=40, post_test=PROPOSALS, detections=DETECTIONS).eval()
    with torch.no_grad():
        model.roi_heads.box_predictor.cls_score.weight *= 2.
        for value in model.state_dict().values():
            value.copy_(value.half())
        state = {theirs(name): value.half() for name, value in model.state_dict().items()}
        model = model.to(dtype)
        pixels = pixels_of(1, HEIGHT, WIDTH).to(dtype)
        features = model.features(pixels)
        proposals, _ = model.rpn(ImageList(pixels, [IMAGE_SIZE]), features)
        heads = model.roi_heads
        logits, deltas = heads.box_predictor(heads.box_head(heads.box_roi_pool(features, proposals, [IMAGE_SIZE])))
        boxes, scores, labels = heads.postprocess_detections(logits, deltas, proposals, [IMAGE_SIZE])
    return state, boxes[0], scores[0], labels[0]


state, boxes, scores, labels = infer(torch.float32)
_, exact_boxes, exact_scores, exact_labels = infer(torch.float64)
assert labels.equal(exact_labels) and (boxes.double() - exact_boxes).abs().max() < 2e-5, 'a choice of this scene hangs on a rounding: change the scene'
print(len(boxes), 'detections of classes', labels.bincount().tolist(), 'scores', scores[0].item(), scores[-1].item())
assert len(boxes) >= 60
torch.save(state, folder / 'tiny-torchvision.pth', _use_new_zipfile_serialization=False)
golden = {
    'generator': 'tests/golden/generate/foreign_weights.py', 'versions': {**versions, 'numpy': np.__version__}, 'torch': numbers, 'numpy': numpy_numbers,
    'height': HEIGHT, 'width': WIDTH, 'imageSize': IMAGE_SIZE,
    'config': config(rpn={'preNmsTop': {'train': 1, 'test': 40}, 'postNmsTop': {'train': 1, 'test': PROPOSALS}},
                     boxHead={'hidden': HIDDEN, 'pooledSize': POOLED, 'detectionsPerImage': DETECTIONS}),
    'boxes': digits(boxes.flatten().tolist()), 'scores': digits(scores.tolist()), 'labels': labels.tolist(),
}
(folder / 'foreign-weights.json').write_text(json.dumps(golden, separators=(',', ':')) + '\n')
