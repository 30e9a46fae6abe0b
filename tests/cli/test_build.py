"""Building: what is written, kept, refused, completed."""
import os
import signal
import subprocess
import time
import unittest

import program


class Build(program.Case):
    def test_build_check_rebuild(self):
        self.fill()
        out, _ = self.run_expecting(1, 'build', '--check')
        self.assertIn('missing ', out)
        self.assertFalse((self.folder / 'dist').exists())
        out, err = self.run_expecting(0, 'build')
        self.assertRegex(out, r'^\./dist/prod: \d+ files, \d+ written, 0 removed\n$')
        self.assertEqual(err, '')
        first = self.artifacts()
        times = {p: os.stat(self.folder / 'dist/prod' / p).st_mtime_ns for p in first}
        self.run_expecting(0, 'build', '--check')
        self.run_expecting(0, 'build')
        self.assertEqual(times, {p: os.stat(self.folder / 'dist/prod' / p).st_mtime_ns for p in first})

        # One model changes: its files alone, and what names it.
        self.write_all({'numbers.pipe': program.MODEL.replace("'one'", "'two'"),
                    'other.pipe': program.MODEL.replace('numbers', 'others')})
        self.run_expecting(1, 'build', '--check')
        self.run_expecting(0, 'build')
        self.write_all({'other.pipe': program.MODEL.replace('numbers', 'others').replace("'one'", "'three'")})
        before = self.artifacts()
        self.run_expecting(0, 'build')
        after = self.artifacts()
        changed = {p for p in after if after[p] != before.get(p)}
        self.assertTrue(any('others' in p for p in changed))
        self.assertFalse([p for p in changed if 'numbers' in p])

        # A model goes: so do its files, and the folders that they leave empty.
        (self.folder / 'other.pipe').unlink()
        self.run_expecting(0, 'build')
        self.assertFalse([p for p in self.artifacts() if 'others' in p])

    def test_edited_and_foreign_files(self):
        self.fill()
        self.run_expecting(0, 'build')
        path = next(p for p in self.artifacts() if p.endswith('numbers.json'))
        artifact = self.folder / 'dist/prod' / path
        artifact.write_text('edited')
        self.write_all({'numbers.pipe': program.MODEL.replace("'one'", "'two'")})
        before = self.artifacts()
        _, err = self.run_expecting(1, 'build')
        self.assertEqual(self.codes(err), ['PIPE0851'])
        self.assertIn(path, err)
        self.assertEqual(self.artifacts(), before)
        self.run_expecting(0, 'build', '--force')
        self.assertNotEqual(artifact.read_bytes(), b'edited')

        (self.folder / 'elsewhere/prod' / path).parent.mkdir(parents=True)
        (self.folder / 'elsewhere/prod' / path).write_text('mine')
        _, err = self.run_expecting(1, 'build', '--force', '--out', 'elsewhere')
        self.assertEqual(self.codes(err), ['PIPE0850'])
        self.assertEqual(self.artifacts('elsewhere/prod'), {path: b'mine'})

    def test_an_output_folder_that_cannot_be_written(self):
        self.fill()
        self.write_all({'taken': 'a file'})
        _, err = self.run_expecting(74, 'build', '--out', 'taken')
        self.assertEqual(self.codes(err), ['PIPE0852'])
        self.assertIn('Not a directory', err)
        self.run_expecting(0, 'build')
        before = self.artifacts()
        self.write_all({'numbers.pipe': program.MODEL.replace("'one'", "'two'")})
        os.chmod(self.folder, 0o755)
        for folder, _, _ in os.walk(self.folder / 'dist'):
            os.chmod(folder, 0o555)
        _, err = self.run_expecting(74, 'build', preexec_fn=program.as_nobody)
        self.assertEqual(self.codes(err), ['PIPE0852'])
        self.assertIn('Permission denied', err)
        self.assertEqual(self.artifacts(), before)

    def test_killed_at_any_moment(self):
        """From outside, with the moment left to chance; tests/unit/driver does it at every single step."""
        names = [f'm{i}' for i in range(60)]
        versions = {}
        for word in ('one', 'two'):
            self.fill({f'{n}.pipe': program.MODEL.replace('numbers', n).replace("'one'", f"'{word}'") for n in names})
            self.run_expecting(0, 'build', '--out', word)
            versions[word] = self.artifacts(f'{word}/prod')
        began = time.monotonic()
        self.run_expecting(0, 'build', '--out', 'timing')
        usual = time.monotonic() - began
        self.run_expecting(0, 'build')
        for attempt in range(12):
            word = ('one', 'two')[attempt % 2]
            self.fill({f'{n}.pipe': program.MODEL.replace('numbers', n).replace("'one'", f"'{word}'") for n in names})
            build = subprocess.Popen([program.BINARY, 'build'], cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(usual * (attempt + 1) / 12)
            build.send_signal(signal.SIGKILL)
            build.wait()
            for path, content in self.artifacts().items():
                self.assertIn(content, [v.get(path) for v in versions.values()], f'{path} is torn')
        self.run_expecting(0, 'build')
        self.assertEqual(self.artifacts(), versions[word])
        self.assertFalse((self.folder / 'dist/prod/.pipec/journal.json').exists())


if __name__ == '__main__':
    unittest.main()
