"""The repository as the meta-tests read it: its files and its CMake folders."""
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
CODE_FOLDERS = ['backends', 'cli', 'compiler', 'editors', 'grammar', 'runtime', 'scripts', 'tests', 'tools']
SOURCE_ENDINGS = {'.cpp', '.h', '.inc', '.def'}


def files(*folders, endings=None):
    """Every file below the folders, build output and caches left out, sorted."""
    found = []
    for folder in folders or CODE_FOLDERS:
        for path in (ROOT / folder).rglob('*'):
            skipped = any(part.startswith('.') or part in ('__pycache__', 'node_modules') for part in path.parts)
            if path.is_file() and not skipped and (endings is None or path.suffix in endings):
                found.append(path)
    return sorted(found)


def name(path):
    return str(path.relative_to(ROOT))


def sources(*folders):
    return files(*folders, endings=SOURCE_ENDINGS)


def without_comments(text):
    """C++ without comments and string contents, line by line as it was."""
    token = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)
    return token.sub(lambda m: '""' if m[0][0] in '"\'' else '\n' * m[0].count('\n'), text)


class Folder:
    """One CMake target a folder: what it may include is what it links."""

    def __init__(self, path, target, public, private):
        self.path, self.target, self.public, self.private = path, target, public, private


def folders():
    """target name -> Folder, of every pipec_folder() call in the tree."""
    result = {}
    call = re.compile(r'pipec_folder\(\s*(\w+)([^)]*)\)')
    for listing in sorted(ROOT.glob('compiler/*/CMakeLists.txt')) + sorted(ROOT.glob('backends/*/CMakeLists.txt')):
        for match in call.finditer(listing.read_text()):
            public, private, current = [], [], None
            for word in match[2].split():
                if word in ('LINKS', 'PRIVATE_LINKS'):
                    current = public if word == 'LINKS' else private
                elif current is not None and word.startswith('pipec_'):
                    current.append(word)
            target = 'pipec_' + match[1]
            result[target] = Folder(listing.parent, target, public, private)
    return result


def public_closure(all_folders, targets):
    seen, todo = set(), list(targets)
    while todo:
        target = todo.pop()
        if target in seen:
            continue
        seen.add(target)
        if target in all_folders:
            todo.extend(all_folders[target].public)
    return seen
