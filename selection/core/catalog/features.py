"""How items become numbers."""

from selection.core.catalog.entries import Features, Param

FEATURES: dict[str, Features] = {
    entry.name: entry
    for entry in (
        Features(
            "text_sentence", "Sentence vectors", "Meaning, from a pretrained model at hand.",
            "selection.core.features.sentence.SentenceEncoder", "Reimers and Gurevych 2019",
            (
                Param("model", "text", "", "Folder or hub id; empty: the packaged model."),
                Param("max_tokens", "int", 128, "Word pieces read of a text.", 8, 8192),
            ),
            modality="text",
        ),
        Features(
            "text_tfidf", "Words", "Word pairs weighted by rarity, condensed; always there.",
            "selection.core.features.text.TfidfEncoder", "Deerwester et al. 1990 (LSA)",
            (Param("width", "int", 256, "Numbers per item.", 2, 1024),),
            modality="text",
        ),
        Features(
            "image_plain", "Image shapes and colours", "Pixels, edges and colours; always there.",
            "selection.core.features.images.ImageEncoder", "Dalal and Triggs 2005 (gradients)",
            (Param("width", "int", 256, "Numbers per item.", 2, 1024),),
            modality="image",
        ),
        Features(
            "image_model", "Vision model", "What images show, from a pretrained model at hand.",
            "selection.core.features.image_model.ImageModelEncoder",
            "Oquab et al. 2023 (DINOv2); Radford et al. 2021 (CLIP)",
            (Param("model", "text", "", "Folder or hub id."),),
            modality="image", extra="embeddings",
        ),
        Features(
            "table_plain", "Table columns", "Numbers scaled, categories as indicators.",
            "selection.core.features.tables.TableEncoder", "none",
            (Param("width", "int", 512, "Most numbers per item.", 8, 4096),),
            modality="table",
        ),
        Features(
            "vectors", "Own vectors", "Vectors brought along with the items.",
            "selection.core.features.vectors.VectorEncoder", "none",
            modality="vector",
        ),
    )
}  # fmt: skip
