"""Runs models on one frame: run.py WIDTH HEIGHT IN.bin MODEL.pt … writes MODEL.pt.bin (planar float32 R, G, B)."""
import sys

import numpy
import torch

width, height, source, *models = sys.argv[1:]
torch.set_num_threads(1)
frame = torch.from_numpy(numpy.fromfile(source, dtype=numpy.float32)).view(1, 3, int(height), int(width))
for model in models:
    with torch.no_grad():
        recovered = torch.jit.load(model)(frame)
    assert recovered.shape == frame.shape, (model, recovered.shape)
    recovered.contiguous().numpy().tofile(model + ".bin")
