"""Migrations that mean harm: each must be read within bounds, without a trace outside of the result."""

from __future__ import annotations

from tests.rules.reading.capabilities import HEADER, migration

ESCAPES = {
    "object graph": "().__class__.__mro__[1].__subclasses__()",
    "string class": "''.__class__.__base__.__subclasses__()",
    "format string": "'{0.__class__.__init__.__globals__}'.format(op)",
    "format of a function": "'{0.__globals__[os]}'.format(upgrade)",
    "format_map": "'{x.__class__}'.format_map({'x': sa})",
    "f-string attribute": "f'{op.__class__.__mro__}'",
    "percent": "'%(x)s' % {'x': op.__dict__}",
    "import": "__import__('os').system('touch HARM')",
    "import by name": "__import__('o' + 's').popen('touch HARM').read()",
    "importlib": "__import__('importlib').import_module('os').system('touch HARM')",
    "eval": 'eval(\'open("HARM", "w")\')',
    "exec": 'exec(\'open("HARM", "w").write("x")\')',
    "compile": "exec(compile('open(\"HARM\", \"w\")', 'x', 'exec'))",
    "open": "open('HARM', 'w').write('x')",
    "builtins": "__builtins__['open']('HARM', 'w')",
    "globals": "globals()['__builtins__']['open']('HARM', 'w')",
    "getattr chain": "getattr(getattr(getattr(op, '__cla' + 'ss__'), '__mro__')[-1], '__subclasses__')()",
    "code object": "upgrade.__code__.co_consts",
    "function globals": "upgrade.__globals__['__builtins__']",
    "frame of a generator": "(x for x in ()).gi_frame.f_globals",
    "traceback": "sa.exc.SQLAlchemyError().__traceback__.tb_frame",
    "type of three": "type('X', (), {'__init__': lambda self: open('HARM', 'w')})()",
    "type subclasses": "type(type(sa)).__subclasses__(type)",
    "module of sqlalchemy": "sa.util.langhelpers.sys.modules['os'].system('touch HARM')",
    "plugin loader": "sa.dialects.registry.load('os')",
    "engine": "sa.create_engine('sqlite:///HARM').connect().execute(sa.text('create table x (y int)'))",
    "pickle": "__import__('pickle').loads(b\"cos\\nsystem\\n(S'touch HARM'\\ntR.\")",
    "pickle type": "sa.PickleType().result_processor(None, None)(b\"cos\\nsystem\\n(S'touch HARM'\\ntR.\")",
    "event": "sa.event.listen(sa.Table, 'before_create', lambda *a: open('HARM', 'w'))",
    "default": "sa.Column('x', sa.Integer, default=lambda: open('HARM', 'w'))",
    "dunder of a column": "sa.Column('x', sa.Integer).__class__.__init__.__globals__",
    "compiler": "sa.text('x').compile().__class__.__mro__",
    "dialect": "op.get_bind().dialect.__class__.__module__",
    "impl": "op.impl.__class__.__init__.__globals__",
    "context": "op.get_context().impl.dialect.dbapi.connect('HARM')",
    "op implementation": "op.implementation_for(op)(lambda *a: open('HARM', 'w'))",
    "unknown dialect keyword": "op.create_index('i', 't', ['x'], os_path='HARM')",
    "str subclass": "str.__subclasses__()",
    "hidden name": "getattr(op, 'ｅxecute')('x')",
    "walrus": "(y := ().__class__).__base__",
    "lambda default": "(lambda x=open: x('HARM', 'w'))()",
    "nested comprehension": "[c for c in [].__class__.__base__.__subclasses__() if c.__name__ == 'Popen']",
    "subprocess": "__import__('subprocess').run(['touch', 'HARM'])",
    "re with catastrophe": "__import__('re').match('(a+)+$', 'a' * 40 + 'b')",
}
"""Expressions known from the literature; a file named HARM would be the proof that one of them ran."""

_TWICE = "x, y = (1,), (1,)\nfor _ in range(60):\n    x, y = (x, x), (y, y)\n"
"""Small to hold, endless to look through."""
BLOWUPS = {
    "hash of one that holds another twice": _TWICE + "{}[x]",
    "key of a dict": _TWICE + "z = {x: 1}",
    "key to look for": _TWICE + "z = {1: 2}.get(x)\n{1: 2}.pop(x, None)\n{}.setdefault(x, 1)",
    "item of a set": _TWICE + "z = {x}",
    "item added to a set": _TWICE + "z = set()\nz.add(x)\nz.update([x])\nz.union([x])",
    "set of a list": _TWICE + "z = frozenset([x])",
    "comprehended set": _TWICE + "z = {one for one in [x]}",
    "comprehended dict": _TWICE + "z = {one: 1 for one in [x]}",
    "dict of pairs": _TWICE + "z = dict([(x, 1)])",
    "equal": _TWICE + "z = x == y",
    "contained": _TWICE + "z = x in [y]",
    "sorted": _TWICE + "z = sorted([x, y])",
    "largest": _TWICE + "z = max(x, y)",
    "object that holds another twice": "class A:\n    def __init__(self, held):\n        self.a = self.b = held\n"
    "x = A(1)\nfor _ in range(60):\n    x = A(x)\n{}[x]",
    "function that holds what holds it": "def f(held):\n    def g(): return held, held\n    return g\n"
    "x = 1\nfor _ in range(20):\n    x = f(x)\n{}[x]",
    "endless loop": "while True:\n    pass",
    "endless loop with work": "x = []\nwhile True:\n    x.append('a' * 1000)",
    "huge string": "x = 'a' * 10**9\nop.execute(x)",
    "huge string by doubling": "x = 'a'\nfor _ in range(64):\n    x += x\nop.execute(x)",
    "huge number": "x = 10 ** 10 ** 10",
    "huge shift": "x = 1 << 10 ** 9",
    "huge list": "x = [0] * 10**9",
    "huge range": "x = list(range(10**12))",
    "nested lists": "x = []\nfor _ in range(100000):\n    x = [x]\nop.execute(str(x))",
    "wide lists": "x = ['a']\nfor _ in range(40):\n    x = [x, x, x, x]\nop.execute(str(x))",
    "huge padding": "op.execute(f'{1:>1000000000}')",
    "huge percent padding": "op.execute('%1000000000d' % 1)",
    "huge format padding": "op.execute('{:>1000000000}'.format(1))",
    "huge ljust": "op.execute('x'.ljust(10**9))",
    "huge replace": "op.execute(('a' * 1000).replace('a', 'b' * 10000).replace('b', 'c' * 10000))",
    "huge join": "op.execute(('x' * 100000).join(['a'] * 10000))",
    "huge product": (
        "import itertools\n"
        "for x in itertools.product(range(100), repeat=9):\n"
        "    pass\n"
        "list(itertools.product(*[range(100)] * 9))"
    ),
    "recursion": "def f(n):\n    return f(n + 1)\nf(0)",
    "double recursion": "def f(n):\n    return f(n + 1) + f(n + 1)\nf(0)",
    "recursion on the unknown": (
        "def f(n):\n    if op.get_bind().execute(sa.text('select 1')).scalar():\n        f(n)\n        f(n)\nf(0)"
    ),
    "nested loops": (
        "for a in range(10000):\n    for b in range(10000):\n        for c in range(10000):\n            pass"
    ),
    "many statements": "for a in range(1000000):\n    op.execute('select 1')",
    "deep expression": (
        "x = sa.column('a') == 1\nfor _ in range(5000):\n    x = x & (sa.column('b') == 2)\nop.execute(sa.select(x))"
    ),
    "deep negation": "x = sa.column('a')\nfor _ in range(20000):\n    x = ~x\nop.execute(sa.select(x))",
    "quadratic regex": "import re\nre.sub('.*.*.*.*x', '', 'a' * 100000)",
    "number text": "x = int('9' * 4000)\nop.execute(str(x ** 3))",
    "decimal": "from decimal import Decimal\nop.execute(str(Decimal(10) ** Decimal(10**9)))",
    "itself in a list": "x = []\nx.append(x)\nop.execute(str(x))\nop.execute(str(x == x))",
    "generator without end": "def g():\n    while True:\n        yield 1\nfor x in g():\n    pass",
    "context without end": (
        "import contextlib\n"
        "@contextlib.contextmanager\n"
        "def g():\n"
        "    while True:\n"
        "        yield 1\n"
        "with g():\n"
        "    op.execute('select 1')"
    ),
    "sort by itself": "x = [[]]\nx[0] = x\nsorted(x, key=lambda y: y)",
    "metaclass": (
        "class M(type):\n"
        "    def __getattribute__(cls, name):\n"
        "        while True: pass\n"
        "class X(metaclass=M): pass\n"
        "X.y"
    ),
    "property without end": "class X:\n    @property\n    def y(self):\n        return self.y\nX().y",
    "wide table": "op.create_table('t', *[sa.Column(f'c{n}', sa.Integer) for n in range(30000)])",
}
"""Bodies of `upgrade()` that would take all time or memory."""

TEXTS = {
    "empty": "",
    "null byte": f"{HEADER}\x00",
    "only a byte order mark": "\ufeff",
    "lone surrogate": f"{HEADER}# \udcff",
    "cookie of latin-1": "# -*- coding: latin-1 -*-\n" + HEADER,
    "cookie of nothing": "# -*- coding: no-such-thing -*-\n" + HEADER,
    "deep brackets": "(" * 100_000,
    "deep unary": "x = " + "-" * 100_000 + "1",
    "deep not": "x = " + "not " * 50_000 + "1",
    "deep attributes": "x = a" + ".b" * 100_000,
    "deep calls": "x = a" + "()" * 100_000,
    "deep lambda": "x = " + "lambda:" * 50_000 + "1",
    "deep conditions": "x = " + "1 if 1 else " * 50_000 + "1",
    "long sum": HEADER + "x = " + "+".join(["1"] * 50_000),
    "deep blocks": "\n".join(" " * n + "if 1:" for n in range(90)) + "\n" + " " * 90 + "pass",
    "deep indentation": "\n".join(" " * n + "if 1:" for n in range(5000)),
    "very long": "#" * 5_000_000,
    "many nodes": HEADER + "x = [" + "1," * 210_000 + "]",
    "unfinished string": HEADER + "x = '''abc",
    "python 2": HEADER + "print 'x'",
    "tabs and spaces": "if 1:\n\tx = 1\n        y = 2\n",
    "form feed": HEADER.replace("\n\n", "\n\f\n"),
    "carriage returns": HEADER.replace("\n", "\r"),
    "right to left": HEADER + "x = '\u202e\u2066drop table\u2069'",
}


def with_expression(expression: str) -> str:
    """The expression at every place where a migration can have one."""
    return migration(
        f"""
        x = {expression}
        op.execute({expression})
        op.add_column("t", sa.Column("c", {expression}))
        {expression}
        """,
        top=f"class C:\n    y = {expression}\nz = {expression}",
    )
