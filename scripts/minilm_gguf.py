"""Writes all-MiniLM-L6-v2, as its Python package carries it (safetensors), as a GGUF file, which llama.cpp loads.

    python3 minilm_gguf.py FOLDER FILE

Formats: https://huggingface.co/docs/safetensors, https://github.com/ggml-org/ggml/blob/master/docs/gguf.md. Weights stay the
32-bit numbers that they are.
"""
import json
import struct
import sys

UINT32, FLOAT32, BOOL, STRING, ARRAY = 4, 6, 7, 8, 9  # types of GGUF's values
INT32 = 5
ALIGNMENT = 32
MEAN_POOLING = 1
NORMAL, CONTROL, UNUSED = 1, 3, 5  # types of tokens

NAMES = {
    "embeddings.word_embeddings": "token_embd",
    "embeddings.position_embeddings": "position_embd",
    "embeddings.token_type_embeddings": "token_types",
    "embeddings.LayerNorm": "token_embd_norm",
    "attention.self.query": "attn_q",
    "attention.self.key": "attn_k",
    "attention.self.value": "attn_v",
    "attention.output.dense": "attn_output",
    "attention.output.LayerNorm": "attn_output_norm",
    "intermediate.dense": "ffn_up",
    "output.dense": "ffn_down",
    "output.LayerNorm": "layer_output_norm",
}


def tensor_name(name):
    """The name that llama.cpp knows a weight by; None for weights that it does not use."""
    if name.startswith("pooler.") or name.endswith("position_ids"):
        return None
    base, kind = name.rsplit(".", 1)
    prefix = ""
    if base.startswith("encoder.layer."):
        layer, base = base.removeprefix("encoder.layer.").split(".", 1)
        prefix = f"blk.{layer}."
    return f"{prefix}{NAMES[base]}.{kind}"


def token(word):
    """A word of the vocabulary as llama.cpp spells it, with a mark where a word begins, and its type."""
    if word in ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"):
        return word, CONTROL
    if word.startswith("[unused"):
        return word, UNUSED
    return (word[2:] if word.startswith("##") else "\u2581" + word), NORMAL


def text(s):
    data = s.encode()
    return struct.pack("<Q", len(data)) + data


PLAIN = {UINT32: "<I", INT32: "<i", FLOAT32: "<f", BOOL: "<?"}


def value(kind, v):
    return text(v) if kind == STRING else struct.pack(PLAIN[kind], v)


def field(key, kind, v):
    if isinstance(v, list):
        return text(key) + struct.pack("<IIQ", ARRAY, kind, len(v)) + b"".join(value(kind, x) for x in v)
    return text(key) + struct.pack("<I", kind) + value(kind, v)


def main():
    folder, out = sys.argv[1:]
    with open(f"{folder}/config.json", encoding="utf-8") as f:
        config = json.load(f)
    with open(f"{folder}/vocab.txt", encoding="utf-8") as f:
        words = f.read().splitlines()
    with open(f"{folder}/model.safetensors", "rb") as f:
        header = json.loads(f.read(struct.unpack("<Q", f.read(8))[0]))
        weights = f.read()
    ids = {w: i for i, w in enumerate(words)}
    tokens = [token(w) for w in words]
    fields = [
        field("general.architecture", STRING, "bert"),
        field("general.name", STRING, "all-MiniLM-L6-v2"),
        field("bert.context_length", UINT32, config["max_position_embeddings"]),
        field("bert.embedding_length", UINT32, config["hidden_size"]),
        field("bert.feed_forward_length", UINT32, config["intermediate_size"]),
        field("bert.block_count", UINT32, config["num_hidden_layers"]),
        field("bert.attention.head_count", UINT32, config["num_attention_heads"]),
        field("bert.attention.layer_norm_epsilon", FLOAT32, config["layer_norm_eps"]),
        field("bert.attention.causal", BOOL, False),
        field("bert.pooling_type", UINT32, MEAN_POOLING),
        field("tokenizer.ggml.model", STRING, "bert"),
        field("tokenizer.ggml.pre", STRING, "jina-v2-en"),  # lower case, split at spaces and punctuation
        field("tokenizer.ggml.token_type_count", UINT32, config["type_vocab_size"]),
        field("tokenizer.ggml.tokens", STRING, [t for t, _ in tokens]),
        field("tokenizer.ggml.token_type", INT32, [k for _, k in tokens]),
        field("tokenizer.ggml.bos_token_id", UINT32, ids["[CLS]"]),
        field("tokenizer.ggml.eos_token_id", UINT32, ids["[SEP]"]),
        field("tokenizer.ggml.unknown_token_id", UINT32, ids["[UNK]"]),
        field("tokenizer.ggml.seperator_token_id", UINT32, ids["[SEP]"]),  # GGUF spells it so
        field("tokenizer.ggml.padding_token_id", UINT32, ids["[PAD]"]),
        field("tokenizer.ggml.mask_token_id", UINT32, ids["[MASK]"]),
    ]
    infos, parts, at = [], [], 0
    for name, t in header.items():
        known = name != "__metadata__" and tensor_name(name)
        if not known:
            continue
        assert t["dtype"] == "F32", name
        start, end = t["data_offsets"]
        shape = t["shape"][::-1]  # the fastest dimension comes first
        infos.append(text(known) + struct.pack(f"<I{len(shape)}QIQ", len(shape), *shape, 0, at))
        parts.append(weights[start:end] + bytes(-(end - start) % ALIGNMENT))
        at += len(parts[-1])
    head = b"GGUF" + struct.pack("<IQQ", 3, len(infos), len(fields)) + b"".join(fields + infos)
    with open(out, "wb") as f:
        f.write(head + bytes(-len(head) % ALIGNMENT))
        f.writelines(parts)


if __name__ == "__main__":
    main()
