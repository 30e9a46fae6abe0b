"""What every file of the repository keeps to: its size, no clock, no machine, no leftovers."""
import re
import unittest

import repository

LONGEST = 600
CODE_ENDINGS = {'.cpp', '.h', '.py', '.g4', '.sh', '.cmake', '.ts'}

# Whatever a machine, a user or a moment could change.
IMPURE = re.compile(
    r'\bgetenv\b|\benviron\b|\bsystem_clock\b|\bsteady_clock\b|\bhigh_resolution_clock\b|\bclock_gettime\b|'
    r'\bgettimeofday\b|\blocaltime\w*\b|\bgmtime\w*\b|\bmktime\b|\bstrftime\b|\btime\s*\(\s*(?:NULL|nullptr|0)\s*\)|'
    r'\brandom_device\b|\bsrand\b|\brand\s*\(|\bmt19937|\bsetlocale\b|\bstd::locale\b|\bgethostname\b|\bgetpid\b')


class Sources(unittest.TestCase):
    def test_no_file_is_too_long(self):
        long = {}
        for path in repository.files(endings=CODE_ENDINGS):
            lines = path.read_text(errors='replace').count('\n')
            if lines > LONGEST:
                long[repository.name(path)] = lines
        self.assertEqual(long, {}, f'at most {LONGEST} lines a file')

    def test_only_the_command_line_looks_at_the_machine(self):
        wrong = []
        for path in repository.sources('compiler', 'backends'):
            if '/tests/' in repository.name(path):
                continue
            for number, line in enumerate(repository.without_comments(path.read_text()).split('\n'), 1):
                if found := IMPURE.search(line):
                    wrong.append(f'{repository.name(path)}:{number}: {found[0].strip()}')
        self.assertEqual(wrong, [])

    def test_backends_have_no_order_of_hashes(self):
        wrong = [repository.name(path) for path in repository.sources('backends')
                 if 'unordered_' in repository.without_comments(path.read_text())]
        self.assertEqual(wrong, [], 'an unordered container in a backend: its order could reach an artifact')

    def test_headers_guard_themselves(self):
        for path in repository.files('compiler', 'backends', 'cli', 'tests', 'tools', endings={'.h'}):
            self.assertIn('#pragma once', path.read_text(), repository.name(path))

    def test_no_leftovers(self):
        marks = re.compile(r'\b(TO' r'DO|FIX' r'ME|X' r'XX|HA' r'CK)\b')
        machine = re.compile(r'(?<![\w.])/(?:wo' r'rk|ro' r'ot)/')
        wrong = []
        for path in repository.files(*repository.CODE_FOLDERS, 'cmake', 'docs', 'specs'):
            text = path.read_bytes()
            if b'\0' in text:
                continue
            for number, line in enumerate(text.decode(errors='replace').split('\n'), 1):
                if (found := marks.search(line) or machine.search(line)):
                    wrong.append(f'{repository.name(path)}:{number}: {found[0]}')
        self.assertEqual(wrong, [])


if __name__ == '__main__':
    unittest.main()
