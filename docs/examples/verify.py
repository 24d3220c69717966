#!/usr/bin/env python3
"""Checks an export of a SecureChat log as docs/audit.md describes it: exit code 0 only if it is whole.
Needs nothing but Python's standard library and the openssl command (3.0 or later)."""
import argparse, base64, gzip, hashlib, json, pathlib, subprocess, sys, tempfile

DER = bytes.fromhex('302a300506032b6570032100')  # what stands before an Ed25519 key (RFC 8410)
decode = base64.b64decode
sha256 = lambda *parts: hashlib.sha256(b''.join(parts)).digest()

class Key:
    def __init__(self, text):
        self.name, key_id, public = text.split('+', 2)
        raw = decode(public)
        self.id = sha256(self.name.encode(), b'\n', raw)[:4]
        self.der = DER + raw[1:]
        assert raw[0] == 1 and len(raw) == 33 and self.id.hex() == key_id, 'no public key: ' + text

    def signed(self, note):
        text, _, signatures = note.rpartition('\n\n')
        found = [(dash, name, decode(packed)) for dash, name, packed in map(str.split, signatures.splitlines())]
        mine = [data[4:] for dash, name, data in found if (dash, name, data[:4]) == ('—', self.name, self.id)]
        return any(self.openssl((text + '\n').encode(), signature) for signature in mine)

    def openssl(self, text, signature):
        with tempfile.TemporaryDirectory() as folder:
            key, signed, given = (pathlib.Path(folder, name) for name in ('key', 'text', 'signature'))
            key.write_bytes(self.der), signed.write_bytes(text), given.write_bytes(signature)
            command = 'openssl pkeyutl -verify -rawin -pubin -keyform DER -inkey'.split()
            return subprocess.run([*command, key, '-in', signed, '-sigfile', given], capture_output=True).returncode == 0

def counts(checkpoint, keys):
    return any(key.signed(checkpoint['note']) for key in keys)

def parse(note):
    origin, size, root = note.partition('\n\n')[0].split('\n')
    _, partition, epoch = origin.split('/', 2)
    return {'note': note, 'p': int(partition), 'epoch': epoch, 'size': int(size), 'root': decode(root)}

class Tree:  # the leaves, their compact range, and the root at each size
    def __init__(self, leaves=()):
        self.leaves, self.range, self.roots = [], [], [sha256()]
        [self.add(leaf) for leaf in leaves]

    def add(self, leaf):
        node, rest = leaf, len(self.leaves)
        while rest % 2:
            node, rest = sha256(b'\x01', self.range.pop(), node), rest // 2
        self.leaves.append(leaf), self.range.append(node)
        for left in reversed(self.range[:-1]):
            node = sha256(b'\x01', left, node)
        self.roots.append(node)

class Partition:
    def __init__(self, number, keys, kept, partitions):
        self.number, self.partitions, self.keys, self.kept = number, partitions, list(keys), [one for one in kept if one['p'] == number]
        self.tree, self.sealed, self.published, self.losses, self.bad, self.pinned = Tree(), 0, [], [], [], bool(self.keys)

    def record(self, one):
        n, next_n, (stream2, revision2) = one['n'], len(self.tree.leaves) + 1, one.get('l', ['', 0])
        if n != next_n:
            return self.bad.append((min(n, next_n), 'is missing, or out of its place'))
        lines = ['securechat/record/v1', n, one['s'], one['r'], one['t'], stream2, revision2, '']
        self.tree.add(sha256(b'\0', '\n'.join(map(str, lines)).encode(), one['m'].encode()))
        try:
            meta, body = json.loads(one['m']), decode(one.get('b', ''))
            named = base64.urlsafe_b64encode(sha256(body)).decode().rstrip('=') if 'b' in one else None
            if meta.get('body') != named or '\n' in one['s'] + stream2:
                self.bad.append((n, 'has another body than its metadata names, or a stream that none can have'))
            self.event(n, meta['type'], meta['data'], body)
        except (AssertionError, ValueError, KeyError, TypeError, AttributeError):
            self.bad.append((n, 'is damaged'))

    def event(self, n, kind, data, body):
        assert kind != 'EpochStarted' or data.get('partitions', self.partitions) == self.partitions
        if kind == 'EpochStarted' and 'previous' in data:
            self.losses.append((data['previous'], data['from']))
        if kind == 'SigningKeyPublished':
            self.published.append((n if self.keys or self.pinned else 0, Key(data['key'])))
            self.vouch(0)
        if kind == 'CheckpointSigned':
            one = parse(data['note'])
            self.checkpoint(n, one, decode(body[1:]))
            if (one['size'], one['epoch'], one['root']) != (data['size'], data['epoch'], decode(data['root'])):
                self.bad.append((n, 'is a checkpoint that says other things than its note'))

    def vouch(self, size):
        self.keys += [key for n, key in self.published if n <= size]
        self.published = [(n, key) for n, key in self.published if n > size]

    def checkpoint(self, at, one, hashes):
        size = one['size']
        if one['p'] != self.number or size <= self.sealed or not counts(one, self.keys):
            return self.bad.append((at, 'is a checkpoint that does not count'))
        if self.tree.roots[size:size + 1] == [one['root']]:
            self.sealed = size
            return self.vouch(size)
        signed, own = [hashes[i:i + 32] for i in range(0, len(hashes), 32)], self.tree.leaves
        start, what = size - len(signed), f'is not what the checkpoint of size {size} sealed'
        unlike = (i for i in range(start, size) if own[i:i + 1] != [signed[i - start]])
        if self.sealed <= start <= len(own) and Tree(own[:start] + signed).roots[-1] == one['root']:
            self.bad.append((next(unlike) + 1, what))
        else:
            self.bad.append((self.sealed + 1, f'or one up to {size} {what}'))
        self.sealed = sys.maxsize  # later trees differ too, and tell nothing more

    def first_bad(self):
        size = len(self.tree.leaves)
        if not self.bad and self.sealed < max(size, 1):
            self.bad.append((self.sealed + 1, 'is missing, or not sealed'))
        for one in self.kept:
            lost = any(epoch == one['epoch'] and start <= one['size'] for epoch, start in self.losses)
            if not counts(one, self.keys):
                self.bad.append((1, 'has a checkpoint, kept elsewhere, that does not count'))
            elif self.tree.roots[one['size']:one['size'] + 1] != [one['root']]:
                what = 'was lost' if lost else 'contradicts what was kept elsewhere'
                self.bad.append((min(size + 1, one['size']), f"{what}, a checkpoint of size {one['size']}"))
        return sorted(self.bad)[:1]

def check(path, keys, kept):
    partitions, records, end = {}, 0, None
    of = lambda p: partitions.setdefault(p, Partition(p, map(Key, keys), kept, header['partitions']))
    with (gzip.open if path.endswith('.gz') else open)(path, 'rt', encoding='utf-8', newline='\n') as lines:
        header = json.loads(next(lines))
        assert (header['securechat'], header['version']) == ('log', 1), 'no log'
        [of(p) for p in [*range(header['partitions']), *(one['p'] for one in kept)]]
        for line in map(json.loads, lines):
            if 'checkpoint' in line:
                one, to = line['checkpoint'], of(line['checkpoint']['p'])
                to.checkpoint(len(to.tree.leaves) + 1, parse(one['note']), decode(one['leaves']))
            elif 'end' in line:
                end = line['end']['records']
            else:
                records += 1
                of(line['p']).record(line)
    found = [f'partition {p}: position {n} {what}' for p in sorted(partitions) for n, what in of(p).first_bad()]
    found += [] if end == records else [f'there are {records} records, and should be {end}']
    return found + [f'partition {p} was set back' for p in partitions if of(p).losses]

arguments = argparse.ArgumentParser(description=__doc__)
arguments.add_argument('file')
arguments.add_argument('--key', action='append', default=[], help='a public key that counts')
arguments.add_argument('--checkpoints', help='a folder of checkpoints that were kept elsewhere')
given = arguments.parse_args()
try:
    notes = pathlib.Path(given.checkpoints).glob('*.note') if given.checkpoints else []
    findings = check(given.file, given.key, [parse(path.read_text('utf-8')) for path in notes])
except (AssertionError, ValueError, KeyError, TypeError, StopIteration, EOFError, OSError) as error:
    findings = [f'the file is damaged: {error!r}']
print('\n'.join(findings) or 'whole')
sys.exit(1 if findings else 0)
