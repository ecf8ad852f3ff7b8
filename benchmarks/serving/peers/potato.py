"""potato-annotation 2.12.1 by its own start command: fixed order, one annotation per item."""

import json
import re
import subprocess
from pathlib import Path

from benchmarks.serving import processes
from benchmarks.serving.alapp_tool import free_port, is_listening
from benchmarks.serving.browser import Browser
from benchmarks.serving.texts import CLASSES, texts
from benchmarks.serving.tools import Kept

INSTANCE = re.compile(r'id="instance_id"[^>]*value="([^"]*)"')


class Potato:
    name = "potato"

    def __init__(self, folder: Path, venvs: Path, n_items: int, n_people: int) -> None:
        self._folder, self._n_items = folder, n_items
        self._program = venvs / "potato" / "bin" / "potato"
        # Every person is given their share of the items when they sign in.
        self._share = n_items // n_people
        self._port = free_port()
        self._server: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with (self._folder / "texts.json").open("w") as file:
            for number, text in enumerate(texts(self._n_items)):
                file.write(json.dumps({"id": f"i{number}", "text": text}) + "\n")
        # JSON is YAML too.
        (self._folder / "config.yaml").write_text(json.dumps(self._config()))
        command = [str(self._program), "start", "config.yaml", "-p", str(self._port)]
        log = self._folder / "log"
        self._server = processes.start(command, env={}, log=log, cwd=self._folder)
        processes.wait_until(lambda: is_listening(self._port), seconds=300, what="potato")

    def _config(self) -> dict:
        return {
            "annotation_task_name": "News",
            "task_dir": ".",
            "output_annotation_dir": "out",
            "output_annotation_format": "jsonl",
            "data_files": ["texts.json"],
            "item_properties": {"id_key": "id", "text_key": "text"},
            "annotation_schemes": [
                {
                    "annotation_type": "radio",
                    "name": "topic",
                    "description": "Topic",
                    "labels": list(CLASSES),
                }
            ],
            "user_config": {"allow_all_users": True, "users": []},
            "require_password": False,
            "login": {"type": "open"},
            "assignment_strategy": "fixed_order",
            "max_annotations_per_user": self._share,
            "max_annotations_per_item": 1,
            "alert_time_each_instance": 10_000_000,
            "site_dir": "default",
        }

    def annotator(self, number: int) -> "Page":
        return Page(self._port, number)

    def roots(self) -> dict[str, list[int]]:
        return {"app": [self._server.pid] if self._server else [], "database": []}

    def kept(self) -> Kept:
        names: list[str] = []
        for path in (self._folder / "out").glob("*/user_state.json"):
            stored = json.loads(path.read_text())["instance_id_to_label_to_value"]
            names += [name for name, labels in stored.items() if labels]
        return Kept(frozenset(names), len(names) - len(set(names)))

    def stop(self) -> None:
        if self._server:
            processes.end(self._server)


class Page:
    def __init__(self, port: int, number: int) -> None:
        self._browser = Browser(port)
        self._number = number
        self._item = ""

    def sign_in(self) -> None:
        self._browser.post("/auth", {"email": f"person{self._number}", "pass": ""})
        self._read(self._browser.get("/annotate"))

    def label(self) -> str:
        done, chosen = self._item, CLASSES[self._number % len(CLASSES)]
        answer = {"instance_id": done, "annotations": {f"topic:::{chosen}": chosen}}
        self._browser.post_json("/updateinstance", answer)
        going = {"action": "next_instance", "instance_id": done}
        self._read(self._browser.post_json("/annotate", going))
        return done

    def _read(self, html: str) -> None:
        found = INSTANCE.search(html) or re.search(r'value="([^"]*)"[^>]*id="instance_id"', html)
        if found is None:
            raise RuntimeError(f"no item on the page: {html[:300]}")
        self._item = found[1]
