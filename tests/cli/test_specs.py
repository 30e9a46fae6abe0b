"""The projects under specs/: each is sound, and each builds or is refused in a way that helps."""
import pathlib
import re
import unittest

from project import SOURCE, ProjectCase

SPECS = sorted(path.parent for path in (SOURCE / 'specs').glob('*/pipec.yaml'))
ERROR = re.compile(r'^error\[(PIPE\d{4})\]: (.*)\n +--> (.+):(\d+):(\d+)\n', re.M)


class Specs(ProjectCase):
    def test_there_are_some(self):
        self.assertGreaterEqual(len(SPECS), 5)

    def test_each_is_sound(self):
        for spec in SPECS:
            with self.subTest(spec.name):
                result = self.run_pipec('check', spec)
                self.assertEqual((result.returncode, result.stdout + result.stderr), (0, b''))

    def test_each_builds_or_is_refused(self):
        for spec in SPECS:
            with self.subTest(spec.name):
                out = self.root / spec.name
                result = self.run_pipec('build', spec, '--out', out)
                text = result.stderr.decode()
                if result.returncode == 0:
                    self.assertTrue((out / 'prod' / 'index.json').is_file())
                else:
                    self.assertEqual(result.returncode, 1, text)
                    self.assertFalse(out.exists())
                    self.check_refusal(spec, text)

    def check_refusal(self, spec, text):
        """Errors alone, each of something that no backend does, at a line of the project, with what to do."""
        blocks = text.strip().split('\n\n')
        self.assertEqual(blocks.pop(), f'error: {len(blocks)} error{"s" if len(blocks) > 1 else ""}')
        for block in blocks:
            match = ERROR.match(block + '\n')
            self.assertIsNotNone(match, block)
            code, message, path, line, _ = match.groups()
            self.assertEqual(code, 'PIPE0230', block)
            source = pathlib.Path(path)
            self.assertIn(spec.resolve(), source.resolve().parents, block)
            self.assertLessEqual(int(line), len(source.read_text().splitlines()))
            self.assertRegex(block, r'\n += help: (no backend of pipec can do it yet: take it out|turn on `\w+`)')
            self.assertNotRegex(message, r'\b([Aa] `?[aeio]|[Aa]n `?[^aeio`])', block)
            self.assertNotRegex(message, r'_(by|view)', block)


if __name__ == '__main__':
    unittest.main()
