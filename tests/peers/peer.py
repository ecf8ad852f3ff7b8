"""What other tools' own code writes, and what it reads: run by .venv-peers, never beside alapp.

python tests/peers/peer.py write FOLDER    from FOLDER/given.json, with the tools' own exporters
python tests/peers/peer.py read FOLDER     FOLDER/tasks.json and FOLDER/set; prints what was found
"""

import json
import os
import socket
import sys
from pathlib import Path
from typing import Any

os.environ |= {
    "HF_HUB_OFFLINE": "1",
    "HF_DATASETS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
}

CONFIG = """<View>
  <Text name="text" value="$text"/>
  <Choices name="label" toName="text" choice="{choice}">{choices}</Choices>
</View>"""


def no_network(*_: Any) -> None:
    raise RuntimeError("a test asks the network")


def main() -> None:
    socket.socket.connect = no_network  # type: ignore[method-assign]
    command, folder = sys.argv[1], Path(sys.argv[2])
    os.environ["HF_HOME"] = str(folder / "cache")
    {"write": write, "read": read}[command](folder)


def config(classes: list[str], *, is_multi: bool) -> str:
    choices = "".join(f'<Choice value="{each}"/>' for each in classes)
    return CONFIG.format(choice="multiple" if is_multi else "single", choices=choices)


def write(folder: Path) -> None:
    given = json.loads((folder / "given.json").read_text())
    write_label_studio(folder, given["tasks"], given["classes"])
    write_datasets(folder, given["splits"], given["classes"])


def write_label_studio(folder: Path, tasks: list[Any], classes: list[str]) -> None:
    from label_studio_sdk.converter import Converter

    source = folder / "source.json"
    source.write_text(json.dumps(tasks))
    converter = Converter(config(classes, is_multi=True), str(folder), download_resources=False)
    for name in ("JSON", "JSON_MIN", "CSV", "TSV"):
        converter.convert(str(source), str(folder / name), name, is_dir=False)


def write_datasets(folder: Path, splits: dict[str, Any], classes: list[str]) -> None:
    from datasets import (
        ClassLabel,
        Dataset,
        DatasetDict,
        DatasetInfo,
        Features,
        Image,
        List,
        Value,
    )
    from datasets.info import DatasetInfosDict
    from huggingface_hub import DatasetCard, DatasetCardData
    from PIL import Image as Picture

    features = Features(
        {
            "text": Value("string"),
            "label": ClassLabel(names=classes),
            "topics": List(ClassLabel(names=classes)),
            "at": Value("timestamp[us, tz=UTC]"),
        }
    )
    made = DatasetDict(
        {name: Dataset.from_list(rows, features=features) for name, rows in splits.items()}
    )
    (folder / "pushed" / "data").mkdir(parents=True)
    for name, split in made.items():
        for shard in range(2):
            path = f"pushed/data/{name}-{shard:05d}-of-00002.parquet"
            split.shard(2, shard, contiguous=True).to_parquet(folder / path)
    data = DatasetCardData()
    DatasetInfosDict({"default": DatasetInfo(features=features)}).to_dataset_card_data(data)
    DatasetCard(f"---\n{data}\n---\n# A dataset\n").save(folder / "pushed" / "README.md")
    made["train"].to_parquet(folder / "single.parquet")
    made.save_to_disk(folder / "saved")
    pictures = [Picture.new("RGB", (4, 4), (shade, 0, 0)) for shade in (10, 200)]
    Dataset.from_dict(
        {"image": pictures, "label": [1, 0]},
        features=Features({"image": Image(), "label": ClassLabel(names=classes)}),
    ).to_parquet(folder / "images.parquet")


def read(folder: Path) -> None:
    classes = json.loads((folder / "given.json").read_text())["classes"]
    found = {"label_studio": read_label_studio(folder, classes), "dataset": read_dataset(folder)}
    print(json.dumps(found))


def read_label_studio(folder: Path, classes: list[str]) -> dict[str, Any]:
    """Return what the SDK finds wrong with the tasks, and the rows its converter makes of them."""
    from label_studio_sdk.converter import Converter
    from label_studio_sdk.label_interface import LabelInterface

    labelling = config(classes, is_multi=False)
    interface = LabelInterface(labelling)
    tasks = json.loads((folder / "tasks.json").read_text())
    wrong = [
        each["id"]
        for each in tasks
        if not interface.validate_task({"data": each["data"]})
        or not all(interface.validate_annotation(given) for given in each["annotations"])
        or not all(interface.validate_prediction(said) for said in each["predictions"])
    ]
    converter = Converter(labelling, str(folder), download_resources=False)
    converter.convert(str(folder / "tasks.json"), str(folder / "min"), "JSON_MIN", is_dir=False)
    rows = json.loads((folder / "min" / "result.json").read_text())
    return {"wrong": wrong, "rows": rows, "n_tasks": len(tasks)}


def read_dataset(folder: Path) -> dict[str, Any]:
    from datasets import load_dataset

    found = {}
    for name, split in load_dataset(str(folder / "set"), cache_dir=str(folder / "cache")).items():
        names = split.features["label"].names
        found[name] = [
            {
                "id": row["id"],
                "text": row["text"],
                "label": None if row["label"] is None else names[row["label"]],
                "answers": [[each["annotator"], each["label"]] for each in row["answers"]],
            }
            for row in split
        ]
    return found


if __name__ == "__main__":
    main()
