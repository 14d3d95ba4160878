"""A Whisper model of two layers with random weights, written by CTranslate2 itself."""

from pathlib import Path

import numpy as np
from ctranslate2.specs import WhisperSpec, model_spec

WIDTH, BANDS, INNER, LAYERS = 64, 80, 128, 2
TIMES = [f"<|{step * 0.02:.2f}|>" for step in range(1501)]
START = ["<|startoftranscript|>", "<|id|>", "<|transcribe|>", "<|notimestamps|>"]
NAMES = [*"abcdefgh", "<|endoftext|>", *START, "<|nospeech|>", *TIMES]
PROMPT = [NAMES.index(mark) for mark in START]


def write_tiny_whisper(folder: Path) -> None:
    """Write ``model.bin`` and what stands beside it; the numbers are the same each time."""
    spec = WhisperSpec(LAYERS, 1, LAYERS, 1)
    random = np.random.default_rng(7)

    def fill(node: model_spec.LayerSpec, path: str) -> None:
        for name, value in vars(node).items():
            for at, part in enumerate(value if isinstance(value, list) else [value]):
                if isinstance(part, model_spec.LayerSpec):
                    fill(part, f"{path}/{name}_{at}")
            if name in ("weight", "bias", "gamma", "beta", "encodings"):
                setattr(node, name, (random.standard_normal(_shape(path, name)) * 0.1).astype(np.float32))

    fill(spec, "")
    spec.decoder.projection.weight = spec.decoder.embeddings.weight
    spec.register_vocabulary(NAMES)
    spec.config.suppress_ids = spec.config.suppress_ids_begin = []
    spec.config.alignment_heads, spec.config.lang_ids = [[0, 0]], [NAMES.index("<|id|>")]
    spec.validate()
    spec.optimize(quantization="int8")
    spec.save(str(folder))


def _shape(path: str, name: str) -> tuple[int, ...]:
    if name == "encodings":
        return (1500 if path.startswith("/encoder") else 448, WIDTH)
    rows, *rest = _weight(path)
    return (rows, *rest) if name == "weight" else (rows,)


def _weight(path: str) -> tuple[int, ...]:
    for part, shape in {
        "conv1": (WIDTH, BANDS, 3),
        "conv2": (WIDTH, WIDTH, 3),
        "embeddings": (len(NAMES), WIDTH),
        "projection": (len(NAMES), WIDTH),
        "self_attention_0/linear_0": (3 * WIDTH, WIDTH),
        "/attention_0/linear_1": (2 * WIDTH, WIDTH),
        "ffn_0/linear_0": (INNER, WIDTH),
        "ffn_0/linear_1": (WIDTH, INNER),
    }.items():
        if part in path:
            return shape
    return (WIDTH, WIDTH)
