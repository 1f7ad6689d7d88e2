"""Prints every message of Supervisor's own source, as JSON: [[channel, text], ...]. Its argument is the folder of the source.

A message is what is given to a logger, to usage(), to stderr, or to a list that make_logger() writes. A variable stands for
everything that was assigned to it since it was written last. What is no literal is `%s`; a message of nothing else is left out.
"""

import ast
import json
import os
import sys

LEVELS = {
    'critical': 'CRIT',
    'error': 'ERRO',
    'warn': 'WARN',
    'info': 'INFO',
    'debug': 'DEBG',
    'trace': 'TRAC',
    'blather': 'BLAT',
}
LISTS = {'parse_criticals': 'CRIT', 'parse_warnings': 'WARN', 'parse_infos': 'INFO'}
# What a command is refused with; record_spawnerr() writes it.
REFUSALS = {'BadCommand', 'NotFound', 'NotExecutable', 'NoPermission'}
FILES = [
    'dispatchers.py',
    'events.py',
    'http.py',
    'options.py',
    'poller.py',
    'process.py',
    'rpcinterface.py',
    'socket_manager.py',
    'supervisord.py',
    'web.py',
    'xmlrpc.py',
    'medusa/asyncore_25.py',
    'medusa/auth_handler.py',
    'medusa/http_server.py',
]


def path_of(node):
    if isinstance(node, ast.Attribute):
        return path_of(node.value) + '.' + node.attr
    return node.id if isinstance(node, ast.Name) else ''


def message_of(call):
    """The channel and the argument that a call writes, or None."""
    if not isinstance(call.func, ast.Attribute) or not call.args:
        return None
    name, owner = call.func.attr, path_of(call.func.value)
    last, first = owner.split('.')[-1], call.args[0]
    if last == 'logger' and name in LEVELS:
        return LEVELS[name], first
    if name == 'log' and owner.endswith('options.logger'):
        return 'DEBG', call.args[1]  # dispatchers.py, mainlog_level
    if name == 'log' and owner.endswith('server.logger'):
        return 'HTTP', first if isinstance(first, ast.Constant) else call.args[1]
    if name == 'log_info':
        return 'HTTP', first
    if name == 'append' and last in LISTS:
        return LISTS[last], first
    if name == 'record_spawnerr':
        return 'INFO', first
    if name == 'usage' or last in ('stderr', 'warnings') and name in ('write', 'warn'):
        return 'stderr', first
    if owner == 'options' and name == 'write' and isinstance(first, ast.Constant):
        return 'child', call.args[1]
    return None


class Messages(ast.NodeVisitor):
    def __init__(self, found):
        self.found = found
        self.assigned = {}
        self.written = set()

    def texts(self, node):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return [node.value]
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
            return self.texts(node.left)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            return [one + other for one in self.texts(node.left) for other in self.texts(node.right)]
        return self.assigned.get(getattr(node, 'id', None)) or ['%s']

    def add(self, channel, node):
        self.found.update((channel, text) for text in self.texts(node))
        self.written.update(name.id for name in ast.walk(node) if isinstance(name, ast.Name))

    def visit_FunctionDef(self, node):
        inner = Messages(self.found)
        for statement in node.body:
            inner.visit(statement)

    def visit_Assign(self, node):
        self.generic_visit(node)
        for target in node.targets:
            if isinstance(target, ast.Name):
                before = [] if target.id in self.written else self.assigned.get(target.id, [])
                self.assigned[target.id] = before + self.texts(node.value)
                self.written.discard(target.id)

    def visit_Raise(self, node):
        if isinstance(node.exc, ast.Call) and path_of(node.exc.func) in REFUSALS:
            self.add('INFO', node.exc.args[0])
        self.generic_visit(node)

    def visit_Call(self, node):
        message = message_of(node)
        if message is not None:
            self.add(*message)
        self.generic_visit(node)


found = set()
for file in FILES:
    with open(os.path.join(sys.argv[1], file)) as source:
        Messages(found).visit(ast.parse(source.read()))
messages = sorted((channel, text.rstrip('\n')) for channel, text in found if text.strip('%sdr :()\n'))
print(json.dumps(messages))
