"""Input that is broken in every way that we could think of: a clear error, the right exit code, nothing written."""
import os
import unittest

import program

GOOD = program.MODEL


class BrokenInput(program.Case):
    def expect_errors(self, files, *, config=program.CONFIG, code=1, where=None):
        """The build fails with diagnostics that name a file and line; the old artifacts stay whole."""
        self.fill()
        self.run_expecting(0, 'build')
        before = self.artifacts()
        (self.folder / 'numbers.pipe').unlink()
        self.fill(files, config)
        _, err = self.run_expecting(code, 'build')
        self.assertTrue(self.codes(err), err)
        if where:
            self.assertIn(f'--> {where}', err)
        self.assertEqual(self.artifacts(), before)
        for path in files:
            (self.folder / path).unlink()
        return err

    def test_no_project(self):
        (self.folder / 'pipec.yaml').unlink()
        _, err = self.run_expecting(74, 'build')
        self.assertEqual(self.codes(err), ['PIPE0801'])
        _, err = self.run_expecting(74, 'build', 'not/there')
        self.assertIn('No such file or directory', err)
        self.write_all({'file': ''})
        self.run_expecting(74, 'build', 'file')

    def test_unreadable_file(self):
        self.fill()
        os.chmod(self.folder, 0o755)
        for path in ('numbers.pipe', 'pipec.yaml'):
            os.chmod(self.folder / path, 0)
            _, err = self.run_expecting(74, 'check', preexec_fn=program.as_nobody)
            self.assertIn('PIPE0802', self.codes(err))
            self.assertIn('Permission denied', err)
            self.assertIn(path, err)
            os.chmod(self.folder / path, 0o644)

    def test_a_folder_that_may_not_be_listed(self):
        self.fill()
        self.write_all({'closed/x.pipe': GOOD.replace('numbers', 'x')})
        os.chmod(self.folder, 0o755)
        os.chmod(self.folder / 'closed', 0)
        self.addCleanup(os.chmod, self.folder / 'closed', 0o755)
        _, err = self.run_expecting(74, 'check', preexec_fn=program.as_nobody)
        self.assertIn('closed', err)

    def test_folders_and_pipes_in_the_place_of_files(self):
        self.fill()
        (self.folder / 'folder.pipe').mkdir()
        self.run_expecting(0, 'check')
        os.mkfifo(self.folder / 'queue.pipe')
        (self.folder / 'dangling.pipe').symlink_to('nowhere')
        _, err = self.run_expecting(74, 'check')
        self.assertIn('--> queue.pipe', err)
        self.assertIn('--> dangling.pipe', err)
        (self.folder / 'pipec.yaml').unlink()
        os.mkfifo(self.folder / 'pipec.yaml')
        self.run_expecting(74, 'check')

    def test_binary_files(self):
        for bytes_ in (b'\x7fELF\x02\x01\x01\0\0', b'model \xff\xfe {', bytes(range(256)) * 40, '\ufeff'.encode('utf-16')):
            with self.subTest(bytes_[:8]):
                err = self.expect_errors({'bad.pipe': bytes_}, where='bad.pipe:1:')
                self.assertTrue(err.isprintable() or all(c.isprintable() or c in '\n' for c in err))
        self.expect_errors({'x.pipe': GOOD}, config=b'\0\1\2', where='pipec.yaml:1:')

    def test_broken_text(self):
        second = GOOD.replace('numbers', 'second')
        for name, text, line in [
            ('half a block', GOOD[:30], None),
            ('lost brace', GOOD.replace('}', '') + second, None),
            ('lost quote', GOOD.replace("'one'", "'one") + second, 'bad.pipe:3:'),
            ('only a brace', '}\n', 'bad.pipe:1:'),
            ('unknown block', 'modle gold.x {\n}\n', 'bad.pipe:1:1'),
            ('words', 'hello world\n', 'bad.pipe:1:1'),
            ('unclosed comment', GOOD + '/* never closed', None),
        ]:
            with self.subTest(name):
                self.expect_errors({'bad.pipe': text}, where=line or 'bad.pipe:')

    def test_every_error_of_every_file_in_one_run(self):
        err = self.expect_errors({f'bad{i}.pipe': f'modle a{i} {{\n}}\n' for i in range(30)})
        for i in range(30):
            self.assertIn(f'--> bad{i}.pipe:1:1', err)
        self.assertIn('error: 30 errors', err)

    def test_deep_nesting(self):
        for text in ('(' * 50000 + '1' + ')' * 50000, '(' * 50000, 'case when ' * 20000, 'not ' * 50000 + 'true',
                     '- ' * 50000 + '1', 'array(' * 20000 + ')' * 20000):
            with self.subTest(text[:12]):
                err = self.expect_errors({'deep.pipe': GOOD.replace("'one'", text)}, where='deep.pipe:3:')
                self.assertLess(len(err), 20000)
        self.expect_errors({'deep.pipe': GOOD}, config=program.CONFIG + 'x: ' + '[' * 50000, where='pipec.yaml')

    def test_hostile_names(self):
        """They build, quoted everywhere, or are refused at their place; never a crash, never a torn artifact."""
        for name in ['a"b', "a'b", 'a\\b', 'a{{b}}', 'a${b}', '$a', 'a;drop table x', 'x' * 300, 'имя', '漢字', 'a b', 'a/b', '..',
                     'con', '-- x', '/* x', 'a\u202eb', '%s', 'A', 'select']:
            with self.subTest(name):
                self.fill({'numbers.pipe': GOOD.replace('gold.numbers', f'gold.`{name}`').replace(' as name', f' as `{name}`')})
                result = self.run_here('build')
                self.assertIn(result.returncode, (0, 1), result.stderr)
                if result.returncode == 1:
                    self.assertIn('--> numbers.pipe:', result.stderr)
                self.assertNotIn('\u202e', result.stderr)
        for name in ('a\nb', 'a\x00b', 'a\x1b[31mb'):
            with self.subTest(repr(name)):
                self.fill({'numbers.pipe': GOOD.replace('numbers', f'`{name}`')})
                result = self.run_here('build')
                self.assertIn(result.returncode, (0, 1), result.stderr)
                self.assertNotIn('\x1b', result.stderr)

    def test_a_literal_credential_is_not_echoed(self):
        secret = 'hunter2-S3cret'
        for line in (f'password: {secret}', f'url: postgres://u:{secret}@h/d', f'api_key: "{secret}"',
                     f'password: {{ databricks: {secret} }}', f'password: "{secret}'):
            with self.subTest(line):
                config = program.CONFIG + f'connections:\n  app_db:\n    host: h\n    {line}\n'
                err = self.expect_errors({'x.pipe': GOOD}, config=config, where='pipec.yaml:')
                self.assertNotIn('S3cret', err)
                out, _ = self.run_expecting(1, 'check', '--format', 'json')
                self.assertNotIn('S3cret', out)

    def test_large_files(self):
        self.expect_errors({'large.pipe': 'x' * 5_000_000}, where='large.pipe:1:')
        self.expect_errors({'large.pipe': 'modle x {}\n' * 20000}, where='large.pipe:1:')


if __name__ == '__main__':
    unittest.main()
