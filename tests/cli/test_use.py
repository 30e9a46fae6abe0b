"""The command line itself: words, exit codes, streams, colours."""
import json
import subprocess
import unittest

import program
import schema


class Use(program.Case):
    def test_help_and_version(self):
        out, err = self.run_expecting(0, '--help')
        for command in ('build', 'check', 'explain', 'fmt', 'lineage'):
            self.assertIn(f'\n  {command}', out)
            text, nothing = self.run_expecting(0, command, '--help')
            self.assertIn(f'pipec {command}', text)
            self.assertEqual(nothing, '')
        self.assertEqual(err, '')
        out, _ = self.run_expecting(0, '--version')
        self.assertRegex(out, r'^pipec \d+\.\d+\.\d+\n$')

    def test_wrong_use(self):
        for words, said in [
            ((), 'required'),
            (('biuld',), 'did you mean `build`?'),
            (('build', '--tagret', 'x'), 'did you mean `--target`?'),
            (('build', 'a', 'b'), 'too many words: `b`'),
            (('build', '--check', '--force'), '--force'),
            (('build', '--var', 'novalue'), 'NAME=VALUE'),
            (('build', '--jobs', '0'), 'jobs'),
            (('build', '--jobs', 'many'), 'jobs'),
            (('check', '--format', 'xml'), 'xml'),
            (('explain',), 'CODE'),
            (('explain', 'PIPE9999'), 'PIPE9999'),
        ]:
            with self.subTest(words):
                out, err = self.run_expecting(64, *words)
                self.assertEqual(out, '')
                self.assertIn(said, err)

    def test_explain(self):
        out, err = self.run_expecting(0, 'explain', 'pipe0803')
        self.assertTrue(out.startswith('# PIPE0803: '))
        self.assertEqual(err, '')

    def test_results_go_to_stdout_and_diagnostics_to_stderr(self):
        self.fill({'a.pipe': 'model gold.x {\n  full\n  as select nope from gold.numbers\n}\n', 'b.pipe': program.MODEL})
        out, err = self.run_expecting(1, 'build')
        self.assertEqual(out, '')
        self.assertIn('\n --> a.pipe:3:', err)
        self.assertFalse((self.folder / 'dist').exists())
        out, err = self.run_expecting(1, 'check')
        self.assertEqual(out, '')
        out, err = self.run_expecting(1, 'check', '--format', 'json')
        self.assertEqual(err, '')
        document = json.loads(out)
        schema.check(self, document, json.loads((program.ROOT / 'docs/schemas/diagnostics.schema.json').read_text()))
        self.assertEqual(document['errors'], len(document['diagnostics']))

    def test_paths_can_be_opened_from_here(self):
        self.fill({'a.pipe': 'modle x {\n}\n'})
        result = subprocess.run([program.BINARY, 'check', self.folder.name], cwd=self.folder.parent, capture_output=True, text=True)
        self.assertIn(f' --> {self.folder.name}/a.pipe:1:1', result.stderr)

    def test_colours_only_on_a_terminal(self):
        self.fill({'a.pipe': 'modle x {\n}\n'})
        _, err = self.run_expecting(1, 'check')
        self.assertNotIn('\x1b', err)
        self.assertIn('\x1b[1;31merror', self.on_terminal('check'))
        self.assertNotIn('\x1b', self.on_terminal('check', env={'NO_COLOR': '1'}))
        self.assertIn('\x1b', self.on_terminal('check', env={'NO_COLOR': ''}))

    def test_a_result_that_cannot_be_written(self):
        with open('/dev/full', 'w') as full:
            result = subprocess.run([program.BINARY, 'explain', 'PIPE0803'], stdout=full, stderr=subprocess.PIPE, text=True)
        self.assertEqual(result.returncode, 74)
        self.assertIn('cannot write the result', result.stderr)

    def test_the_environment_changes_nothing(self):
        self.fill()
        self.run_expecting(0, 'build')
        plain = self.artifacts()
        for name, value in [('TZ', 'Asia/Kathmandu'), ('LANG', 'tr_TR.UTF-8'), ('LC_ALL', 'C'), ('HOME', '/nowhere'),
                            ('USER', 'somebody')]:
            self.run_expecting(0, 'build', '--out', 'other', env={name: value})
            self.assertEqual(self.artifacts('other/prod'), plain, name)

    def test_lineage(self):
        self.fill({'a.pipe': program.MODEL + 'model gold.more {\n  full\n  as select id + 1 as next from gold.numbers\n}\n'})
        out, _ = self.run_expecting(0, 'lineage')
        self.assertIn('gold.numbers.id -> gold.more.next', out)
        out, _ = self.run_expecting(0, 'lineage', 'gold.more')
        self.assertIn('gold.numbers.id', out)
        out, _ = self.run_expecting(0, 'lineage', '.', 'gold.numbers.id', '--downstream', '--format', 'json')
        self.assertEqual(json.loads(out)['downstream'][0]['to'], {'node': 'gold.more', 'column': 'next'})
        _, err = self.run_expecting(64, 'lineage', 'gold.mroe')
        self.assertIn('did you mean `gold.more`', err)


if __name__ == '__main__':
    unittest.main()
