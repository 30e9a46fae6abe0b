"""`check` for programs, its certain fixes, and the warnings that a project denies or allows."""
import json
import os
import unittest

import program

LOSSY = """/// The shop.
source shop {{ kind postgres  connection shop_db  database shop
  table public.t ( id bigint primary key{}, opens {} time )
}}
cdc bronze.t from shop.public.t {{ deletes hard }}
"""


class Formats(program.Case):
    def test_sarif(self):
        self.fill({'a b%.pipe': 'model gold.x { full as select nope from gold.numbers }\n', 'n.pipe': program.MODEL,
                   'c.pipe': 'modle x {\n}\n'})
        out, err = self.run_expecting(1, 'check', '--format', 'sarif')
        self.assertEqual(err, '')
        run = json.loads(out)['runs'][0]
        results = run['results']
        self.assertEqual([r['level'] for r in results], ['error', 'error'])
        self.assertEqual([run['tool']['driver']['rules'][r['ruleIndex']]['id'] for r in results],
                         [r['ruleId'] for r in results])
        place = results[0]['locations'][0]['physicalLocation']
        self.assertEqual(place['artifactLocation']['uri'], 'a%20b%25.pipe')
        self.assertEqual(place['region'], {'startLine': 1, 'startColumn': 31, 'endLine': 1, 'endColumn': 35})
        self.assertEqual(results[1]['fixes'][0]['artifactChanges'][0]['replacements'][0]['insertedContent'], {'text': 'model'})

    def test_github(self):
        self.fill({f'{i:02}.pipe': f'modle a{i} {{\n}}\n' for i in range(12)} |
                  {'%,:\n.pipe': 'modle gold.y {\n}\n'})
        out, err = self.run_expecting(1, 'check', '--format', 'github')
        lines = out.splitlines()
        self.assertEqual(len(lines), 11)
        self.assertTrue(lines[0].startswith('::error title=PIPE0'), lines[0])
        self.assertIn(',file=%25%2C%3A%0A.pipe,line=1,endLine=1,col=1,endColumn=6::', lines[0])
        self.assertEqual(lines[10], '::notice title=pipec::3 more in the log of this step')
        self.assertIn('error: 13 errors', err)


class Fixes(program.Case):
    def test_certain_fixes_are_written(self):
        good = 'model gold.x {\n  full\n  as select 1 as id\n}\n'
        self.fill({'a.pipe': good.replace('model', 'modle'), 'sub/b.pipe': good.replace('gold.x', 'gold.y').replace('full', 'fulll'),
                   'c.pipe': good.replace('gold.x', 'gold.z')})
        os.chmod(self.folder / 'a.pipe', 0o640)
        untouched = (self.folder / 'c.pipe').stat().st_mtime_ns
        _, err = self.run_expecting(0, 'check', '--fix')
        self.assertIn('mended: ./a.pipe, 1 place\n', err)
        self.assertEqual((self.folder / 'a.pipe').read_text(), good)
        self.assertEqual((self.folder / 'sub/b.pipe').read_text(), good.replace('gold.x', 'gold.y'))
        self.assertEqual((self.folder / 'a.pipe').stat().st_mode & 0o777, 0o640)
        self.assertEqual((self.folder / 'c.pipe').stat().st_mtime_ns, untouched)
        self.assertEqual(sorted(p.name for p in self.folder.rglob('*.pipe*')), ['a.pipe', 'b.pipe', 'c.pipe'])
        _, err = self.run_expecting(0, 'check', '--fix')
        self.assertEqual(err, '')

    def test_what_is_not_certain_stays(self):
        text = 'model gold.x {\n  full\n  as select nothing_like_it from gold.y\n}\n'
        self.fill({'a.pipe': text})
        self.run_expecting(1, 'check', '--fix')
        self.assertEqual((self.folder / 'a.pipe').read_text(), text)


class Warnings(program.Case):
    def check(self, expected, text, *words, config=program.SHOP_CONFIG):
        self.fill({'a.pipe': text}, config=config)
        _, err = self.run_expecting(expected, 'check', *words)
        return err

    def test_denied(self):
        text = LOSSY.format('', '')
        self.assertIn('warning[PIPE0602]', self.check(0, text))
        for words in (['--deny', 'PIPE0602'], ['--deny', 'warnings'], ['--deny', 'PIPE0223', '--deny', 'pipe0602']):
            self.assertIn('error[PIPE0602]', self.check(1, text, *words))
        self.assertIn('error[PIPE0602]', self.check(1, text, config=program.SHOP_CONFIG + 'defaults: { deny: [PIPE0602] }\n'))
        self.assertIn('`PIPE0301` is not the code of a warning', self.check(64, text, '--deny', 'PIPE0301'))
        self.assertIn('PIPE0807', self.check(1, text, config=program.SHOP_CONFIG + 'defaults: { deny: [PIPE0301] }\n'))

    def test_allowed(self):
        allow = "@allow(PIPE0602, 'only shown')"
        self.assertEqual(self.check(0, allow + '\n' + LOSSY.format('', '')), '')
        in_column = LOSSY.format('', '').replace('opens  time', f'{allow} opens time')
        self.assertEqual(self.check(0, in_column, '--deny', 'warnings'), '')
        elsewhere = LOSSY.format('', '').replace('( id', f'( {allow} id')
        self.assertEqual(self.codes(self.check(0, elsewhere)), ['PIPE0602', 'PIPE0818'])
        self.assertIn('error[PIPE0818]', self.check(1, elsewhere, '--deny', 'PIPE0818'))

    def test_what_cannot_be_allowed(self):
        for annotation in ("@allow", "@allow(PIPE0602)", "@allow(PIPE0602, '')", "@allow(PIPE0301, 'because')",
                           "@allow(PIPE9999, 'because')"):
            with self.subTest(annotation):
                self.assertIn('error[PIPE0817]', self.check(1, annotation + '\n' + LOSSY.format('', '')))


if __name__ == '__main__':
    unittest.main()
