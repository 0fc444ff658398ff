"""Joins the parts of infra/ into the one JSON file that `chalice package` merges."""

import json
import os
from pathlib import Path

import yaml

from tools.wheels import ROOT

INFRA = ROOT / "infra"
MERGED = ROOT / "build" / "resources.json"


class InfraLoader(yaml.SafeLoader):
    """YAML with CloudFormation's short tags, and `!Machine name` for a state machine's file."""


def write_merged_resources() -> Path:
    """Write infra/resources/*.yaml as one JSON document (YAML would bring aliases) and return it.

    Raises ValueError if two parts define the same entry.
    """
    whole: dict[str, dict[str, object]] = {}
    for part in sorted((INFRA / "resources").glob("*.yaml")):
        for section, entries in yaml.load(part.read_text(), Loader=InfraLoader).items():  # noqa: S506 – a SafeLoader.
            _add_entries(whole.setdefault(section, {}), entries, source=part.name)
    MERGED.parent.mkdir(exist_ok=True)
    half = MERGED.with_suffix(f".{os.getpid()}")
    half.write_text(json.dumps(whole, indent=1, default=str))
    half.replace(MERGED)
    return MERGED


def _add_entries(target: dict[str, object], entries: dict[str, object], *, source: str) -> None:
    for name, entry in entries.items():
        known = target.get(name)
        if isinstance(known, dict) and isinstance(entry, dict):
            _add_entries(known, entry, source=source)
        elif name in target:
            raise ValueError(f"{source} defines {name} a second time")
        else:
            target[name] = entry


def _construct_function(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> object:
    value = _plain(loader, node)
    if suffix in ("Ref", "Condition"):
        return {suffix: value}
    if suffix == "GetAtt" and isinstance(value, str):
        return {"Fn::GetAtt": value.split(".", 1)}
    if suffix == "Machine":
        path = INFRA / "state_machines" / f"{value}.asl.json"
        return json.loads(path.read_text())
    return {f"Fn::{suffix}": value}


def _plain(loader: yaml.SafeLoader, node: yaml.Node) -> object:
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    return loader.construct_scalar(node)  # type: ignore[arg-type]  # The only kind left.


InfraLoader.add_multi_constructor("!", _construct_function)
