"""The generator of src/core/model in PyTorch, with the losses of src/core/training/steps.ts and one Adam update."""

import math

import numpy as np
import torch
import torch.nn.functional as F

TINY = 1e-12


def unit_rows(x, dim=1):
    return x * torch.rsqrt((x * x).sum(dim, keepdim=True) + TINY)


def shrink(x, threshold):
    return torch.relu(x - threshold) - torch.relu(-x - threshold)


class Generator:
    """`manifest` lists the arrays in `file` (float32, one after another): [kind, name, shape]."""

    def __init__(self, manifest, file, architecture, settings, trained, threads, conv_lstm):
        torch.set_num_threads(threads)
        values = np.fromfile(file, np.float32)
        self.state, self.inputs, offset = {}, {}, 0
        for kind, name, shape in manifest:
            size = int(np.prod(shape))
            tensor = torch.from_numpy(values[offset : offset + size].reshape(shape).copy())
            (self.state if kind == "state" else self.inputs)[name] = tensor
            offset += size
        self.a, self.s, self.conv_lstm = architecture, settings, conv_lstm
        self.trained = [self.state[name].requires_grad_() for name in trained]
        self.optimizer = torch.optim.Adam(self.trained, lr=float(self.inputs["learningRate"]))

    def linear(self, name, x):
        bias = self.state.get(f"{name}.bias")
        y = x @ self.state[f"{name}.weight"]
        return y if bias is None else y + bias

    def lstm(self, name, x):
        p = [self.state[f"{name}.{part}"] for part in ("inputKernel", "recurrentKernel", "bias")]
        return self.conv_lstm(x, *p, self.a["steps"])

    def channel_norm(self, name, x):
        gain, bias = self.state[f"{name}.gain"], self.state[f"{name}.bias"]
        return F.layer_norm(x.permute(0, 2, 3, 1), gain.shape, gain, bias, 1e-5).permute(0, 3, 1, 2)

    def pointwise(self, name, x):
        return F.conv2d(x, self.state[f"{name}.weight"], self.state[f"{name}.bias"])

    def encode(self, x):
        stages = [self.lstm("encoder.stem", x)]
        for stage in range(2, 5):
            name = f"encoder.stage{stage}"
            pooled = F.max_pool2d(stages[-1], 2)
            y = self.channel_norm(f"{name}.norm1", self.lstm(f"{name}.lstm1", pooled))
            y = self.channel_norm(f"{name}.norm2", self.lstm(f"{name}.lstm2", y))
            stages.append(y + self.pointwise(f"{name}.project", pooled))
        return stages

    def patchify(self, x):
        n, c, h, w = x.shape
        p = self.a["patch"]
        tiles = x.reshape(n, c, h // p, p, w // p, p).permute(0, 2, 4, 1, 3, 5)
        nodes = self.linear("patches", tiles.reshape(n * self.a["nodes"], c * p * p))
        return nodes.reshape(self.a["steps"], -1, self.a["nodes"], c)

    def attend(self, h):
        steps, batch, nodes, f = h.shape
        heads = self.a["heads"]
        messages = []
        for direction, own in (("forward", 0), ("backward", 1)):

            def project(role, start):
                x = self.linear(f"attention.{direction}.{role}", h)[start : start + steps - 1]
                return x.reshape((steps - 1) * batch, nodes, heads, f // heads).transpose(1, 2)

            query, key, value = project("query", own), project("key", 1 - own), project("value", 1 - own)
            scores = query @ key.transpose(2, 3) / math.sqrt(f // heads)
            message = (scores.softmax(-1) @ value).transpose(1, 2).reshape(steps - 1, batch, nodes, f)
            empty = message.new_zeros(1, batch, nodes, f)
            messages.append(torch.cat([message, empty] if own == 0 else [empty, message]))
        update = self.linear("attention.output", torch.cat(messages, 3))
        gain, bias = self.state["attention.norm.gain"], self.state["attention.norm.bias"]
        return F.layer_norm(h + update, (f,), gain, bias, 1e-5)

    def embed(self, frames, nodes, stages):
        means = [stage.mean((2, 3)) for stage in stages]
        means = [F.layer_norm(mean, mean.shape[1:], eps=1e-5) for mean in means]
        deep = self.linear("embedding", torch.cat([nodes.mean(2).reshape(len(frames), -1), *means], 1))
        eofs = frames @ self.state["eof.basis"]
        return eofs, deep, torch.cat([eofs, unit_rows(deep) * math.sqrt(self.s["model.deepShare"])], 1)

    @torch.no_grad()
    def coefficients(self, z):
        linear, deep = unit_rows(z[:, : self.a["eofs"]]), unit_rows(z[:, self.a["eofs"] :])
        guidance = torch.exp(self.s["selfExpression.guidance"] * (1 - deep @ deep.T))
        gram = linear @ linear.T
        off_diagonal = 1 - torch.eye(len(z))
        mu = (gram * off_diagonal).abs().max(1, keepdim=True).values
        step = 1 / torch.sqrt((gram * gram).sum() + TINY)
        threshold = mu * step / self.s["selfExpression.sparsity"] * guidance
        c = y = torch.zeros_like(gram)
        momentum = 1.0
        for _ in range(self.s["selfExpression.iterations"]):
            new = shrink(y - (y @ gram - gram) * step, threshold) * off_diagonal
            following = (1 + math.sqrt(1 + 4 * momentum * momentum)) / 2
            y = new + (new - c) * ((momentum - 1) / following)
            c, momentum = new, following
        return c

    def window_mean(self, x):
        steps = self.a["steps"]
        return x.reshape(steps, -1, x.shape[1]).mean(0, keepdim=True).repeat(steps, 1, 1).reshape(x.shape)

    def decode(self, bottleneck, eofs, skips):
        pattern = self.linear("decoder.pattern", bottleneck)[:, :, None, None]
        level = self.linear("decoder.level", bottleneck)[:, :, None, None]
        x = pattern * self.state["decoder.map"] + level
        for stage in (3, 2, 1):
            name = f"decoder.stage{stage}"
            gate = torch.sigmoid(self.state[f"{name}.gate"]) * self.inputs["skip"]
            x = F.interpolate(x, scale_factor=2, mode="nearest")
            x = self.lstm(f"{name}.lstm", torch.cat([x, skips[stage - 1] * gate], 1))
            x = self.channel_norm(f"{name}.norm", x)
        deep = self.pointwise("decoder.output", x)
        return deep + (eofs @ self.state["decoder.linear"]).reshape(deep.shape)

    def log_assignment(self, z):
        centres = self.state["head.centres"]
        distances = torch.relu((z * z).sum(1, keepdim=True) - 2 * z @ centres.T + (centres * centres).sum(1))
        alpha = self.s["model.studentAlpha"]
        distances = distances / (self.state["head.scale"] * alpha)
        return torch.log_softmax(-(alpha + 1) / 2 * torch.log1p(distances), 1)

    @torch.no_grad()
    def members(self, q):
        own = (q >= q.max(1, keepdim=True).values).float().T
        score = q.T * own
        rank = (score[:, None, :] > score[:, :, None]).float().sum(2)
        return own * (rank < own.sum(1, keepdim=True) * self.s["discriminator.realShare"]).float()

    def adversarial(self, z, q):
        members = self.members(q)
        masked = self.state["sampling.weights"] * members[:, None, :]
        convex = masked / (masked.sum(2, keepdim=True) + TINY)
        fake = unit_rows(convex @ unit_rows(z), 2)
        bases = unit_rows(self.state["discriminator.bases"], 1)
        energy = ((fake - fake @ bases @ bases.transpose(1, 2)) ** 2).sum(2)
        return (energy * members).sum() / members.sum().clamp(min=1)

    def contrast(self, deep):
        products, positive = deep @ self.inputs["memory"].T, self.inputs["positive"]
        near = (products * positive).sum() / positive.sum().clamp(min=1)
        return (products * products).mean() - 2 * near

    def losses(self):
        x = self.inputs
        stages = self.encode(x["input"])
        eofs, deep, z = self.embed(x["clean"].flatten(1), self.attend(self.patchify(stages[3])), stages)
        unit = unit_rows(z)
        c = self.coefficients(z)
        expressed = c @ unit
        express = ((unit - expressed) ** 2).sum(1).mean() + self.s["loss.selfExpressionL1"] * c.abs().sum(1).mean()
        bottleneck = torch.cat([z, self.window_mean(expressed * x["express"]), self.window_mean(z)], 1)
        output = self.decode(bottleneck, eofs, stages)
        mask = self.state["data.mask"]
        log_q = self.log_assignment(z)
        q = torch.softmax(log_q / x["temperature"], 1)
        target, clusters = x["target"], q.shape[1]
        return {
            "reconstruction": (((output - x["clean"]) ** 2) * mask).sum() / (mask.sum() * len(output)),
            "target": (target * (torch.log(target + TINY) - log_q)).sum(1).mean(),
            "balance": (q.mean(0) * torch.log(x["marginal"] * clusters + 1e-6)).sum(),
            "redundancy": self.contrast(deep),
            "selfExpression": express,
            "adversarial": self.adversarial(z, q),
        }

    def run(self):
        """One step; the losses before the update."""
        terms = self.losses()
        total = sum(v if k == "reconstruction" else v * self.inputs[f"weight.{k}"] for k, v in terms.items())
        self.optimizer.zero_grad(set_to_none=True)
        total.backward()
        torch.nn.utils.clip_grad_norm_(self.trained, self.s["training.clipNorm"])
        self.optimizer.step()
        return {"total": total.item(), **{name: value.item() for name, value in terms.items()}}
