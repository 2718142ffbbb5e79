"""The model that the build emits, and input that is made by it."""

import json
import os


class Model:
    def __init__(self, build, known):
        """`known` is what a member of that name is filled with, whatever its shape says."""
        self.folder = os.path.join(build, "models")
        with open(os.path.join(self.folder, "ecs", "2014-11-13", "service-2.json"),
                  encoding="utf-8") as file:
            model = json.load(file)
        self.operations = model["operations"]
        self.shapes = model["shapes"]
        self.known = known

    def input_of(self, operation):
        return self.shapes[self.operations[operation]["input"]["shape"]]

    def errors_of(self, operation):
        return {each["shape"] for each in self.operations[operation]["errors"]}

    def least(self, operation):
        """The least that the operation can be asked with, of the right types."""
        shape = self.input_of(operation)
        least = self.required(shape)
        if "cluster" in shape["members"] and "cluster" in self.known:
            least.setdefault("cluster", self.known["cluster"])
        return least

    def required(self, shape):
        return {each: self.value(each, shape["members"][each]["shape"])
                for each in shape.get("required", [])}

    def value(self, member, shape_name):
        """Something of the right type."""
        if member in self.known:
            return self.known[member]
        shape = self.shapes[shape_name]
        kind = shape["type"]
        if kind == "structure":
            return self.required(shape)
        if kind == "list":
            return [self.value(member, shape["member"]["shape"])]
        if kind == "string":
            return (shape.get("enum") or ["x"])[0]
        return {"map": {"a": "b"}, "boolean": False, "timestamp": 1.0, "float": 1.0,
                "double": 1.0}.get(kind, 1)
