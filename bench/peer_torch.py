"""The PyTorch peer of bench/engine.ts: the same computations, timed on request.

Reads one JSON request per line on standard input and answers with one JSON line:
  {"load": {"steps", "batch", "inputs", "filters", "height", "width", "file", "threads"}}
  {"loadGenerator": {...}}         as Generator in peer_generator.py, with "form"
  {"steps": N}                     N generator steps; answers with the losses of each
  {"verify": FORM, "file": PATH}   writes hidden states and gradients to PATH as float32
  {"time": FORM, "repeats": N, "clock": "wall" or "cpu"}     seconds of each repetition
FORM is "usual" (concatenate input and hidden state, convolve step by step) or "batched" (the convolutions of the input
for all steps in one call).
"""

import json
import resource
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F

from peer_generator import Generator


def usual(x, wx, wh, bias, steps):
    batch, filters = x.shape[0] // steps, wh.shape[1]
    weight = torch.cat([wx, wh], 1)
    h = x.new_zeros(batch, filters, *x.shape[2:])
    c = torch.zeros_like(h)
    hidden = []
    for frame in x.split(batch):
        i, f, g, o = F.conv2d(torch.cat([frame, h], 1), weight, bias, padding=1).chunk(4, 1)
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        h = torch.sigmoid(o) * torch.tanh(c)
        hidden.append(h)
    return torch.cat(hidden)


def batched(x, wx, wh, bias, steps):
    batch, filters = x.shape[0] // steps, wh.shape[1]
    h = c = None
    hidden = []
    for driven in F.conv2d(x, wx, bias, padding=1).split(batch):
        z = driven if h is None else driven + F.conv2d(h, wh, padding=1)
        i, f, g, o = z.chunk(4, 1)
        new = torch.sigmoid(i) * torch.tanh(g)
        c = new if c is None else torch.sigmoid(f) * c + new
        h = torch.sigmoid(o) * torch.tanh(c)
        hidden.append(h)
    return torch.cat(hidden)


FORMS = {"usual": usual, "batched": batched}


class Layer:
    def __init__(self, steps, batch, inputs, filters, height, width, file, threads):
        torch.set_num_threads(threads)
        values = np.fromfile(file, np.float32)
        shapes = [
            (steps * batch, inputs, height, width),
            (4 * filters, inputs, 3, 3),
            (4 * filters, filters, 3, 3),
            (4 * filters,),
            (steps * batch, filters, height, width),
        ]
        parts = np.split(values, np.cumsum([int(np.prod(s)) for s in shapes])[:-1])
        tensors = [torch.from_numpy(p.reshape(s).copy()) for p, s in zip(parts, shapes)]
        self.steps = steps
        self.dy = tensors.pop()
        self.leaves = [t.requires_grad_() for t in tensors]

    def run(self, form):
        """Hidden states and gradients for the input, both kernels and the bias."""
        hidden = FORMS[form](*self.leaves, self.steps)
        return [hidden, *torch.autograd.grad(hidden, self.leaves, self.dy)]


def answer(request, layer):
    if "load" in request:
        return {"torch": torch.__version__}, Layer(**request["load"])
    if "loadGenerator" in request:
        options = request["loadGenerator"]
        return {}, Generator(**{**options, "conv_lstm": FORMS[options["conv_lstm"]]})
    if "steps" in request:
        return {"losses": [layer.run() for _ in range(request["steps"])]}, layer
    if "peak" in request:
        return {"peak": 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}, layer
    if "verify" in request:
        results = layer.run(request["verify"])
        np.concatenate([r.detach().numpy().ravel() for r in results]).tofile(request["file"])
        return {}, layer
    clock = time.process_time if request["clock"] == "cpu" else time.perf_counter
    times = []
    for _ in range(request["repeats"]):
        start = clock()
        layer.run(*([request["time"]] if isinstance(layer, Layer) else []))
        times.append(clock() - start)
    return {"seconds": times}, layer


def main():
    layer = None
    for line in sys.stdin:
        reply, layer = answer(json.loads(line), layer)
        print(json.dumps(reply), flush=True)


if __name__ == "__main__":
    main()
