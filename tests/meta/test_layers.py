"""Includes follow the links of CMake, and libraries stay behind the folder that owns them."""
import re
import unittest

import repository

INCLUDE = re.compile(r'^\s*#\s*include\s+["<]([^">]+)[">]', re.M)

# Headers of other people -> the folders that may see them. Tests and tools may use what they like.
OWNERS = {
    r'antlr|ANTLR|^PipeParser\.h$|^SqlParser\.h$': {'compiler/syntax'},
    r'^yaml-cpp/': {'compiler/project'},
    r'^nlohmann/': {'compiler/artifact', 'compiler/diagnostics'},
    r'^CLI/': {'cli'},
    r'^(xxhash|sha256|sha2)\.h$': {'compiler/base'},
    r'^date/': {'compiler/pipeline'},
}


def aggregate_links(folders):
    """pipec_backends links every backend; whoever links it sees their public headers' folder `backend` alone."""
    return {target for target, folder in folders.items() if folder.path.parent.name == 'backends'}


class Layers(unittest.TestCase):
    def setUp(self):
        self.folders = repository.folders()
        self.by_include = {folder.path.name: target for target, folder in self.folders.items()}

    def test_every_folder_is_a_target(self):
        for parent in ('compiler', 'backends'):
            for path in (repository.ROOT / parent).iterdir():
                if path.is_dir() and any(path.glob('*.cpp')):
                    self.assertTrue(any(f.path == path for f in self.folders.values()), f'{path.name}: no pipec_folder()')

    def test_includes_follow_links(self):
        wrong = []
        for target, folder in self.folders.items():
            public = repository.public_closure(self.folders, [target])
            if 'pipec_backends' in public:
                public |= repository.public_closure(self.folders, ['pipec_backend'])
            everything = public | repository.public_closure(self.folders, folder.private)
            paths = [p for p in folder.path.iterdir() if p.suffix in repository.SOURCE_ENDINGS]
            for path in sorted(paths):
                for include in INCLUDE.findall(path.read_text()):
                    owner = self.by_include.get(include.split('/')[0]) if '/' in include else None
                    if owner and owner not in everything:
                        wrong.append(f'{repository.name(path)} includes {include}, but {target} does not link {owner}')
        self.assertEqual(wrong, [])

    def test_no_circles(self):
        done, active = set(), []

        def visit(target):
            if target in active:
                self.fail('a circle of links: ' + ' -> '.join(active[active.index(target):] + [target]))
            if target in done or target not in self.folders:
                return
            active.append(target)
            for link in self.folders[target].public + self.folders[target].private:
                visit(link)
            active.pop()
            done.add(target)

        for target in sorted(self.folders):
            visit(target)

    def test_backends_see_only_the_interface(self):
        # What orchestrators share is a folder of its own, above the interface.
        allowed = repository.public_closure(self.folders, ['pipec_backend', 'pipec_orchestration'])
        for target in sorted(aggregate_links(self.folders)):
            links = set(self.folders[target].public + self.folders[target].private)
            self.assertLessEqual(links, allowed, f'{target} links more than what pipec_backend offers')

    def test_libraries_stay_with_their_folder(self):
        wrong = []
        for path in repository.sources('compiler', 'backends', 'cli'):
            folder = '/'.join(repository.name(path).split('/')[:2]) if not repository.name(path).startswith('cli/') else 'cli'
            if '/tests/' in repository.name(path):
                continue
            for include in INCLUDE.findall(path.read_text()):
                for pattern, owners in OWNERS.items():
                    if re.search(pattern, include) and folder not in owners:
                        wrong.append(f'{repository.name(path)} includes {include}')
        self.assertEqual(wrong, [])

    def test_only_the_driver_writes_files(self):
        """A project's files are written by the driver; elsewhere nothing opens a file for writing."""
        writes = re.compile(r'\bofstream\b|\bfopen\s*\(|\bO_WRONLY\b|\bO_CREAT\b|(?<!\w)::(?:rename|unlink|mkdir)\s*\(|create_director')
        wrong = []
        for path in repository.sources('compiler', 'backends', 'cli'):
            place = repository.name(path)
            if place.startswith('compiler/driver/') or '/tests/' in place:
                continue
            if writes.search(repository.without_comments(path.read_text())):
                wrong.append(place)
        self.assertEqual(wrong, [])


if __name__ == '__main__':
    unittest.main()
