"""Diagnostics: each code is unique, in its folder's block, emitted, explained, and shown by a case."""
import re
import unittest

import repository

KIND = re.compile(r'PIPEC_DIAGNOSTIC\(\s*(\w+),\s*"(PIPE\d{4})",\s*(Error|Warning|Note),\s*"((?:\\.|[^"\\])*)"\s*\)')

COMPLETE = False  # every kind is emitted and has its page

# Who may give out which hundreds.
BLOCKS = {
    'compiler/syntax': {'01'},
    'compiler/semantic': {'02', '05', '06', '07', '08'},
    'compiler/sql': {'03', '04'},
    'compiler/pipeline': {'05', '07'},
    'compiler/project': {'08'},
    'compiler/driver': {'08'},
    'backends/kafka_connect': {'20'},
    'backends/databricks': {'21'},
    'backends/dagster': {'22'},
    'backends/databricks_jobs': {'22'},
    'backends/postgres': {'23'},
}


def kinds():
    """(folder, name, code, title) of every kind."""
    found = []
    for listing in sorted(repository.ROOT.glob('compiler/*/diagnostics.def')) + sorted(
            repository.ROOT.glob('backends/*/diagnostics.def')):
        for name, code, _, title in KIND.findall(listing.read_text()):
            found.append((repository.name(listing.parent), name, code, title))
    return found


def pages():
    found = {}
    for pattern in ('docs/diagnostics/PIPE*.md', 'backends/*/diagnostics/PIPE*.md'):
        for path in repository.ROOT.glob(pattern):
            found[path.stem] = path
    return found


class Kinds(unittest.TestCase):
    def test_every_line_of_a_list_is_understood(self):
        for listing in repository.ROOT.glob('*/*/diagnostics.def'):
            text = re.sub(r'//[^\n]*', '', listing.read_text())
            self.assertEqual(text.count('PIPEC_DIAGNOSTIC('), len(KIND.findall(text)), repository.name(listing))

    def test_codes_are_unique_and_in_their_block(self):
        seen = {}
        for folder, name, code, _ in kinds():
            self.assertNotIn(code, seen, f'{code} is {name} and {seen.get(code)}')
            seen[code] = name
            if folder in BLOCKS:
                self.assertIn(code[4:6], BLOCKS[folder], f'{folder} gives out {code}')

    @unittest.skipUnless(COMPLETE, 'kinds are still being added')
    def test_every_kind_is_emitted(self):
        texts = {}
        for path in repository.sources('compiler', 'backends'):
            if path.suffix != '.def':
                texts[repository.name(path)] = repository.without_comments(path.read_text())
        everything = '\n'.join(texts.values())
        unused = [f'{code} {name}' for _, name, code, _ in kinds() if not re.search(rf'\bdiag::{name}\b', everything)]
        self.assertEqual(unused, [])

    @unittest.skipUnless(COMPLETE, 'pages are still being written')
    def test_every_code_has_a_page_and_every_page_a_code(self):
        titles = {code: title for _, _, code, title in kinds()}
        found = pages()
        self.assertEqual(sorted(set(titles) - set(found)), [], 'codes without a page')
        self.assertEqual(sorted(set(found) - set(titles)), [], 'pages without a code')
        for code, path in sorted(found.items()):
            first = path.read_text().split('\n')[0]
            self.assertEqual(first, f'# {code}: {titles[code]}', 'a page begins with its code and title')


if __name__ == '__main__':
    unittest.main()
