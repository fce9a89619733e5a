"""The public Python interface → ``docs/reference/api.md``, read from the source by griffe.

What is public: every name in ``assistant.__all__``, and every public class and value of
``assistant.types`` and ``assistant.errors``, which answers, receipts and failures are made of.
Nothing is imported: griffe reads the source, as it does for documentation generators.
"""

from __future__ import annotations

from pathlib import Path

import griffe

from docs.generate.markdown import NOTE, prose

TYPES, ERRORS = "assistant.types", "assistant.errors"
FIRST = ("ask", "Assistant", "load_settings", "Settings", "Answer", "Sentence", "Citation")
"""Names that a reader looks for first; the others follow in the order of the source."""

INTRODUCTION = """# Python interface

Import names from `assistant`, but for those that tell another module. Spans count characters of a
document's stored text, end exclusive.

"""

SECTIONS = {
    "assistant": "Asking",
    "protocols": "Protocols of your own parts",
    TYPES: "Values and events",
    ERRORS: "Errors",
}
"""Each section and its title, in order; ``protocols`` stands for the modules of all other names."""


def _source(root: Path) -> griffe.Object:
    """The package below a root; a relative path would find that of the working folder."""
    package = griffe.load("assistant", search_paths=[str(root)], try_relative_path=False)
    assert isinstance(package, griffe.Object)
    return package


def public_names(root: Path) -> dict[str, str]:
    """Every public name and the module that a program imports it from."""
    package = _source(root)
    names = dict.fromkeys(_exported(package), "assistant")
    for module in (TYPES, ERRORS):
        for name, member in package[module.removeprefix("assistant.")].members.items():
            if name.startswith("_") or member.is_alias or name in names:
                continue
            if member.is_class or member.docstring:
                names[name] = module
    return names


def page(root: Path) -> str:
    """The whole page."""
    package = _source(root)
    sections: dict[str, list[str]] = {section: [] for section in SECTIONS}
    for name, module in public_names(root).items():
        member = package[f"{module}.{name}".removeprefix("assistant.")]
        target = member.final_target if member.is_alias else member
        told = "" if module == "assistant" else f"Import it from `{module}`.\n\n"
        sections[_section(target)].append(_entry(name, target) + told)
    parts = [f"## {SECTIONS[each]}\n\n{''.join(found)}" for each, found in sections.items()]
    return "".join([NOTE, INTRODUCTION, *parts]).rstrip() + "\n"


def _exported(package: griffe.Object) -> list[str]:
    """What ``assistant`` exports: what is looked for first, then in the order of the alphabet."""
    order = {name: place for place, name in enumerate(FIRST)}
    return sorted(map(str, package.exports or ()), key=lambda n: (order.get(n, len(order)), n))


def _section(target: griffe.Object) -> str:
    home = target.module.path
    if home in SECTIONS:
        return home
    is_asking = home.startswith(("assistant.pipeline", "assistant.settings"))
    return "assistant" if is_asking else "protocols"


def _entry(name: str, member: griffe.Object) -> str:
    """A heading, the signature, the docstring, and for a class its public methods."""
    text = f"### {name}\n\n```python\n{_signature(name, member)}\n```\n\n{_docstring(member)}\n"
    if not isinstance(member, griffe.Class):
        return text
    for method in member.members.values():
        if isinstance(method, griffe.Function) and not method.name.startswith("_"):
            text += f"#### {name}.{method.name}\n\n```python\n{_function(method)}\n```\n\n"
            text += f"{_docstring(method)}\n"
        elif "property" in method.labels and not method.name.startswith("_"):
            text += f"#### {name}.{method.name}\n\n```python\n"
            text += f"{method.name}: {method.annotation}  # read-only\n```\n\n"
            text += f"{_docstring(method)}\n"
    return text


def _docstring(member: griffe.Object) -> str:
    return prose(member.docstring.value) if member.docstring else ""


def _signature(name: str, member: griffe.Object) -> str:
    if isinstance(member, griffe.Function):
        return _function(member)
    if isinstance(member, griffe.Class):
        return _class(name, member)
    return f"{name} = {member.value}" if isinstance(member, griffe.Attribute) else name


def _class(name: str, member: griffe.Class) -> str:
    """``class Name(Base):`` with its fields, or with the arguments of its ``__init__``."""
    bases = ", ".join(each for each in map(str, member.bases) if not each.startswith("_"))
    lines = [f"class {name}({bases}):" if bases else f"class {name}:"]
    made_by = member.members.get("__init__")
    if isinstance(made_by, griffe.Function) and "dataclass" not in member.labels:
        lines += [f"    {line}" for line in _function(made_by).splitlines()]
    for field in member.members.values():
        if not isinstance(field, griffe.Attribute) or field.name.startswith("_"):
            continue
        if field.annotation is None or "property" in field.labels:
            continue
        default = "" if field.value is None else f" = {field.value}"
        lines.append(f"    {field.name}: {field.annotation}{default}")
    return "\n".join(lines) if len(lines) > 1 else f"{lines[0]} ..."


def _function(function: griffe.Function) -> str:
    """``def`` with its parameters, one a line where they would be too long for one."""
    told, seen_star = [], False
    for parameter in function.parameters:
        if parameter.name == "self":
            continue
        if parameter.kind is griffe.ParameterKind.keyword_only and not seen_star:
            told.append("*")
            seen_star = True
        star = {"variadic positional": "*", "variadic keyword": "**"}.get(parameter.kind.value, "")
        seen_star = seen_star or star == "*"
        annotation = f": {parameter.annotation}" if parameter.annotation else ""
        equals = " = " if annotation else "="
        default = f"{equals}{parameter.default}" if parameter.default and not star else ""
        told.append(f"{star}{parameter.name}{annotation}{default}")
    start = ("async " if "async" in function.labels else "") + f"def {function.name}("
    end = f") -> {function.returns}" if function.returns else ")"
    line = start + ", ".join(told) + end
    if len(line) <= 88:
        return line
    return start + "\n" + "".join(f"    {each},\n" for each in told) + end
