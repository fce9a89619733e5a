"""The packages and modules of ``assistant`` → ``docs/rooms.md``, read from the source.

Purposes are first lines of docstrings, imports those of the syntax tree (imports inside functions
too, those for type checkers only left out), layers those that import-linter keeps.
"""

from __future__ import annotations

import ast
import tomllib
from pathlib import Path

from docs.generate.markdown import NOTE, first_line, table

INTRODUCTION = """# Map of rooms

Each folder of `assistant/` is a room with one purpose. A room imports from the rooms below it,
never from one above: import-linter checks the layers in `pyproject.toml`. The way of a question is
[How an answer is made](explanations/how-an-answer-is-made.md).

`eval/` is described in [its own page](guides/evaluation.md).

"Imports" lists the other rooms and single modules that a room imports from, inside functions too.

"""

LAYERS = """## Layers, highest first

`a | b` share a layer and may not import each other; `a : b` may.

"""


def rooms(root: Path) -> dict[str, list[Path]]:
    """Each package, by its path below the root, with its modules; ``assistant`` itself is one."""
    found: dict[str, list[Path]] = {}
    for init in sorted((root / "assistant").rglob("__init__.py")):
        name = init.parent.relative_to(root).as_posix()
        modules = sorted(init.parent.glob("*.py"))
        found[name] = [p for p in modules if p.name != "__init__.py" or _defines(p)]
    return found


def _defines(path: Path) -> bool:
    """Whether a package's own module has functions or classes, and not only names of others."""
    body = ast.parse(path.read_text(encoding="utf-8")).body
    return any(isinstance(node, ast.FunctionDef | ast.ClassDef) for node in body)


def purpose(path: Path) -> str:
    """The first paragraph of a module's docstring on one line."""
    return first_line(ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "")


def imports(path: Path) -> set[str]:
    """The modules of ``assistant`` that a module imports when it runs, in full."""
    found: set[str] = set()
    waiting: list[ast.AST] = [ast.parse(path.read_text(encoding="utf-8"))]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            waiting.extend(node.orelse)
            continue
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        waiting.extend(ast.iter_child_nodes(node))
    return {name for name in found if name.split(".")[0] == "assistant"}


def room_of(module: str, names: set[str]) -> str:
    """The room, or module at the top of ``assistant``, that a dotted name lies in."""
    parts = module.split(".")
    if len(parts) > 1 and f"assistant/{parts[1]}" in names:
        return f"assistant/{parts[1]}"
    return f"assistant/{parts[1]}.py" if len(parts) > 1 else "assistant"


def used_by(folder: str, root: Path) -> list[str]:
    """The other rooms that the modules of a folder import from."""
    names = set(rooms(root))
    own = "/".join(folder.split("/")[:2])
    paths = (root / folder).glob("*.py")
    found = {room_of(module, names) for path in paths for module in imports(path)}
    others = found - {own, "assistant"}
    if folder == "assistant":
        others = {each for each in others if not each.endswith(".py")}
    return sorted(each.removeprefix("assistant/") for each in others)


def layers(root: Path) -> list[str]:
    """The layers that import-linter keeps, highest first."""
    pyproject = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = pyproject["tool"]["importlinter"]["contracts"]
    (found,) = [contract["layers"] for contract in contracts if contract["type"] == "layers"]
    return [str(layer).replace("assistant.", "") for layer in found]


def page(root: Path) -> str:
    """The whole page."""
    found = rooms(root)
    parts = [NOTE, INTRODUCTION, LAYERS]
    parts += [f"{number}. `{layer}`\n" for number, layer in enumerate(layers(root), start=1)]
    parts.append("\n## Rooms\n\n")
    for folder, modules in found.items():
        title = "the top" if folder == "assistant" else folder.removeprefix("assistant/") + "/"
        parts.append(f"### {title}\n\n{purpose(root / folder / '__init__.py')}\n\n")
        others = ", ".join(f"`{name}`" for name in used_by(folder, root))
        parts.append(f"Imports: {others or 'nothing of the package'}.\n\n")
        rows = [[f"`{path.name}`", purpose(path)] for path in modules]
        parts.append(table(["module", "what it holds"], rows) + "\n" if rows else "")
    return "".join(parts).rstrip() + "\n"
