"""pipec fmt: files and folders, --check, --diff, standard input, what it must never touch."""
import os
import subprocess
import unittest

import program
from project import BINARY

ROUGH = 'model gold.x{full as select  1 AS id}\n'
FINE = 'model gold.x {\n  full\n  as\n  select 1 as id\n}\n'
BROKEN = 'model gold.broken {   full\n as select from }\n'


class Fmt(program.Case):
    def text(self, path):
        return (self.folder / path).read_text()

    def everything(self):
        return {str(p.relative_to(self.folder)): (p.read_bytes(), p.stat().st_mode, p.stat().st_mtime_ns)
                for p in sorted(self.folder.rglob('*')) if p.is_file()}

    def test_a_project(self):
        self.fill({'a.pipe': ROUGH, 'deep/b.pipe': FINE, 'note.txt': ROUGH, 'dist/c.pipe': ROUGH, '.git/d.pipe': ROUGH})
        before = self.everything()
        out, err = self.run_expecting(0, 'fmt')
        self.assertEqual((out, err), ('a.pipe\n', ''))
        after = self.everything()
        self.assertEqual(self.text('a.pipe'), FINE)
        self.assertEqual({p for p in before if before[p] != after[p]}, {'a.pipe'})
        self.assertEqual(set(before), set(after))
        self.assertEqual(self.run_expecting(0, 'fmt'), ('', ''))
        self.assertEqual(self.everything(), after)

    def test_one_file_and_its_mode(self):
        self.fill({'a.pipe': ROUGH, 'b.pipe': ROUGH})
        os.chmod(self.folder / 'a.pipe', 0o640)
        self.assertEqual(self.run_expecting(0, 'fmt', 'a.pipe'), ('a.pipe\n', ''))
        self.assertEqual((self.folder / 'a.pipe').stat().st_mode & 0o777, 0o640)
        self.assertEqual(self.text('b.pipe'), ROUGH)

    def test_a_link_stays_a_link(self):
        self.fill({'real.txt': ROUGH})
        os.symlink('real.txt', self.folder / 'a.pipe')
        self.run_expecting(0, 'fmt')
        self.assertTrue((self.folder / 'a.pipe').is_symlink())
        self.assertEqual(self.text('real.txt'), FINE)

    def test_check_writes_nothing(self):
        self.fill({'a.pipe': ROUGH, 'b.pipe': FINE})
        before = self.everything()
        self.assertEqual(self.run_expecting(1, 'fmt', '--check'), ('a.pipe\n', ''))
        self.assertEqual(self.everything(), before)
        self.assertEqual(self.run_expecting(0, 'fmt', '--check', 'b.pipe'), ('', ''))

    def test_diff_can_be_applied(self):
        self.fill({'a.pipe': ROUGH + '\n' + FINE.replace('gold.x', 'gold.y'), 'b.pipe': FINE.rstrip('\n')})
        out, err = self.run_expecting(1, 'fmt', '--diff')
        self.assertEqual(err, '')
        self.assertIn('--- a.pipe\n+++ a.pipe\n@@ -1,4 +1,8 @@\n-model gold.x{full', out)
        self.assertIn('\\ No newline at end of file', out)
        self.assertEqual(self.text('a.pipe')[:12], ROUGH[:12])
        patch = subprocess.run(['patch', '-p0'], cwd=self.folder, input=out, text=True, capture_output=True)
        self.assertEqual(patch.returncode, 0, patch.stdout + patch.stderr)
        self.assertEqual(self.run_expecting(0, 'fmt', '--check'), ('', ''))

    def test_standard_input(self):
        self.fill({'a.pipe': ROUGH})
        out, err = self.run_expecting(0, 'fmt', '-', input=ROUGH)
        self.assertEqual((out, err), (FINE, ''))
        self.assertEqual(self.text('a.pipe'), ROUGH)
        self.assertEqual(self.run_expecting(1, 'fmt', '--check', '-', input=ROUGH)[0], '<stdin>\n')
        self.assertEqual(self.run_expecting(0, 'fmt', '-', input='')[0], '')
        self.run_expecting(64, 'fmt', '-', 'a.pipe', input='')

    def test_a_broken_block_stays_and_is_reported(self):
        self.fill({'a.pipe': ROUGH + BROKEN + ROUGH.replace('gold.x', 'gold.y')})
        out, err = self.run_expecting(1, 'fmt')
        self.assertEqual(out, 'a.pipe\n')
        self.assertEqual(self.codes(err), ['PIPE0101'])
        self.assertIn(' --> a.pipe:3:', err)
        self.assertEqual(self.text('a.pipe'), FINE + '\n' + BROKEN + '\n' + FINE.replace('gold.x', 'gold.y'))
        self.assertEqual(self.run_expecting(1, 'fmt')[0], '')

    def test_what_cannot_be_read(self):
        self.fill({'a.pipe': ROUGH})
        _, err = self.run_expecting(74, 'fmt', 'nothing.pipe')
        self.assertEqual(self.codes(err), ['PIPE0802'])
        self.write('bad.pipe', b'model gold.x { full as select \xff }\n')
        out, err = self.run_expecting(1, 'fmt')
        self.assertEqual(out, 'a.pipe\n')
        self.assertIn('bad.pipe', err)
        self.assertEqual((self.folder / 'bad.pipe').read_bytes(), b'model gold.x { full as select \xff }\n')

    def test_what_cannot_be_written(self):
        self.fill({'a.pipe': ROUGH})
        os.chmod(self.folder / 'a.pipe', 0o444)
        for folder in (self.root, self.folder):
            os.chmod(folder, 0o777)
        result = self.run_here('fmt', preexec_fn=program.as_nobody)
        self.assertEqual(result.returncode, 74, result.stderr)
        self.assertEqual(self.codes(result.stderr), ['PIPE0852'])
        self.assertEqual(self.text('a.pipe'), ROUGH)
        self.assertEqual(sorted(p.name for p in self.folder.iterdir()), ['a.pipe', 'pipec.yaml'])

    def test_the_specifications_of_this_repository(self):
        result = subprocess.run([BINARY, 'fmt', '--check', program.ROOT / 'specs'], capture_output=True, text=True)
        self.assertEqual((result.returncode, result.stdout), (0, ''), result.stderr)


if __name__ == '__main__':
    unittest.main()
