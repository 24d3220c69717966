#!/usr/bin/env python3
"""Checks an export of a SecureChat log as docs/audit.md describes it: exit code 0 only if it is whole.
Needs nothing but Python's standard library and the openssl command (3.0 or later)."""
import argparse, base64, gzip, hashlib, json, pathlib, subprocess, sys, tempfile

DER = bytes.fromhex('302a300506032b6570032100')  # what stands before an Ed25519 key (RFC 8410)
FORMAT, PARTITIONS = 1, 256  # of the records that are known here, and how many a log has at most
sha256 = lambda *parts: hashlib.sha256(b''.join(parts)).digest()
def decode(text):
    data = base64.b64decode(text, validate=True)
    assert base64.b64encode(data).decode() == text, f'no base64: {text}'
    return data
number = lambda digits: int(float(digits)) if float(digits).is_integer() else float(digits)
load = lambda text: json.loads(text, parse_float=number, parse_constant=number)  # by its value: 4.0 is 4
def whole(*numbers):
    assert all(type(one) is int and abs(one) < 2**53 for one in numbers), f'no whole number: {numbers}'

class Key:
    def __init__(self, text):
        self.name, key_id, public = text.split('+', 2)
        raw = decode(public)
        self.id, self.der = sha256(self.name.encode(), b'\n', raw)[:4], DER + raw[1:]
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
            command = *'openssl pkeyutl -verify -rawin -pubin -keyform DER -inkey'.split(), key, '-in', signed, '-sigfile', given
            return subprocess.run(command, capture_output=True).returncode == 0
counts = lambda checkpoint, keys: any(key.signed(checkpoint['note']) for key in keys)
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
        self.tree, self.sealed, self.losses, self.epoch = Tree(), 0, [], None
        self.bad = [] if number < partitions else [(1, 'is of a partition that there is not')]
    def record(self, one):
        n, next_n, (stream2, revision2) = one['n'], len(self.tree.leaves) + 1, one.get('l', ['', 0])
        whole(n, one['r'], one['t'], revision2)
        if n != next_n: return self.bad.append((min(n, next_n), 'is missing, or out of its place'))
        lines = '\n'.join(map(str, ['securechat/record/v1', n, one['s'], one['r'], one['t'], stream2, revision2, '']))
        self.tree.add(sha256(b'\0', lines.encode(), one['m'].encode()))
        try:
            meta, body = load(one['m']), decode(one.get('b', ''))
            named = base64.urlsafe_b64encode(sha256(body)).decode().rstrip('=') if 'b' in one else None
            assert meta.get('body') == named and '\n' not in one['s'] + stream2, 'another body, or no stream'
            self.event(n, meta['type'], meta['data'], body)
        except Exception as error:
            self.bad.append((n, f'is damaged: {error!r}'))
    def event(self, n, kind, data, body):
        if kind == 'EpochStarted':
            self.epoch, self.losses = data['epoch'], self.losses + [(data[name], data['from']) for name in data if name == 'previous']
            assert data.get('partitions', self.partitions) == self.partitions, 'another number of partitions'
        if kind == 'SigningKeyPublished':
            key, voucher = Key(data['key']), data.get('note', '')
            vouched = voucher.startswith(f"securechat/signing-key\n{data['key']}\n\n")
            self.keys += [key] if not self.keys or (vouched and counts({'note': voucher}, self.keys)) else []
        if kind == 'CheckpointSigned':
            one = parse(data['note'])
            self.checkpoint(n, one, decode(body[1:].decode()))
            said = data['size'], data['epoch'], data['epoch'], decode(data['root'])
            assert (one['size'], one['epoch'], self.epoch, one['root']) == said, 'a checkpoint that its note is not'
    def checkpoint(self, at, one, hashes):
        size = one['size']
        if not (one['p'] == self.number and size > self.sealed and counts(one, self.keys)):
            return self.bad.append((at, 'is a checkpoint that does not count'))
        if self.tree.roots[size:size + 1] == [one['root']]:
            self.sealed = size
            return None
        signed, own = [hashes[i:i + 32] for i in range(0, len(hashes), 32)], self.tree.leaves
        start, what = size - len(signed), f'is not what the checkpoint of size {size} sealed'
        unlike = (i for i in range(start, size) if own[i:i + 1] != [signed[i - start]])
        known = self.sealed <= start <= len(own) and Tree(own[:start] + signed).roots[-1] == one['root']
        self.bad.append((next(unlike) + 1, what) if known else (self.sealed + 1, f'or one up to {size} {what}'))
        self.sealed = sys.maxsize  # later trees differ too, and tell nothing more
    def first_bad(self, epochs):
        size = len(self.tree.leaves)
        unsealed, other = self.sealed < max(size, 1), self.epoch not in (None, *epochs[self.number:self.number + 1])
        self.bad += [(self.sealed + 1, 'is missing, or not sealed')] if unsealed and not self.bad else []
        self.bad += [(size + 1, f'follows epoch {self.epoch}, and the first line says another')] if other else []
        for one in self.kept:
            lost = any(epoch == one['epoch'] and start <= one['size'] for epoch, start in self.losses)
            what = 'was lost' if lost else 'is not here' if one['size'] > size else 'contradicts what was kept elsewhere'
            if one['size'] <= size and not counts(one, self.keys):
                self.bad.append((1, 'has a checkpoint, kept elsewhere, that does not count'))
            elif self.tree.roots[one['size']:one['size'] + 1] != [one['root']]:
                self.bad.append((min(size + 1, one['size']), f"{what}, a checkpoint of size {one['size']}"))
        return [f'partition {self.number}: position {n} {what}' for n, what in sorted(self.bad)[:1]]

def check(path, keys, kept):
    partitions, records, end, line_number, at = {}, 0, None, 1, None
    of = lambda p: whole(p) or partitions.setdefault(p, Partition(p, map(Key, keys), kept, header['partitions']))
    try:
        with (gzip.open if path.endswith('.gz') else open)(path, 'rb') as lines:
            header = load(next(lines).decode())
            said = header['securechat'], header['version'], header['format'], 'before' in header
            known = said == ('log', 1, FORMAT, False) and header['partitions'] in range(1, PARTITIONS + 1)
            assert known and type(header['epochs']) is list, 'no log, or a part, or of an unknown format: it proves nothing'
            at = [of(p) for p in [*range(header['partitions']), *(one['p'] for one in kept)]][0]
            for line_number, text in enumerate(lines, 2):
                line = load(text.decode())
                assert text.endswith(b'\n') and end is None and 'securechat' not in line, 'it breaks off, or is out of its place'
                if 'end' in line:
                    end = line['end']['records']
                elif 'checkpoint' in line:
                    one, at = line['checkpoint'], of(line['checkpoint']['p'])
                    at.checkpoint(len(at.tree.leaves) + 1, parse(one['note']), decode(one['leaves']))
                else:
                    records, at = records + 1, of(line['p'])
                    at.record(line)
            assert end is not None, 'the file breaks off'
    except Exception as error:  # whatever somebody has made of a line
        if at is None: return [f'it cannot be read in line {line_number}: {error!r}']
        at.bad.append((len(at.tree.leaves) + 1, f'cannot be read in or behind line {line_number}: {error!r}'))
        return at.first_bad(header['epochs'])
    found = [one for p in sorted(partitions) for one in of(p).first_bad(header['epochs'])]
    found += [f'partition {p} was set back' for p in partitions if of(p).losses]
    return found + ([] if end == records else [f'there are {records} records, and should be {end}'])

arguments = argparse.ArgumentParser(description=__doc__)
arguments.add_argument('file')
arguments.add_argument('--key', action='append', default=[], help='a public key that counts')
arguments.add_argument('--checkpoints', help='a folder of checkpoints that were kept elsewhere')
given = arguments.parse_args()
notes = [path.read_text('utf-8') for path in pathlib.Path(given.checkpoints).glob('*.note')] if given.checkpoints else []
findings = check(given.file, given.key, [*map(parse, notes)])
sys.exit(print('\n'.join(findings) or 'whole') or len(findings) > 0)
