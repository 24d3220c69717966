#!/usr/bin/env python3
"""Checks an export of a SecureChat log as docs/audit.md describes it: exit code 0 only if it is whole.
Needs nothing but Python's standard library and the openssl command (3.0 or later)."""
import argparse, base64, functools, gzip, hashlib, json, pathlib, re, subprocess, sys, tempfile

DER = bytes.fromhex('302a300506032b6570032100')  # what stands before an Ed25519 key (RFC 8410)
NOTE = re.compile(r'([^\0-\x09\x0b-\x1f]*\n)\n((?:— [^\s+]+ \S+\n){1,100})')
CHECKPOINT = re.compile(r'securechat/([0-9]{1,5})/(\S+)\n(0|[1-9][0-9]{0,14})\n([^=\s]{43}=)\n')
N, S = r'(?:0|-?[1-9][0-9]{0,14})', r'"[^"\\]*(?:\\.[^"\\]*)*"'  # the numbers and strings of which lines are made
HEADER = rf'{{"securechat":"log","version":1,"format":{N},"partitions":{N},"epochs":\[(?:{S},?)*\],"key":(?:{S}|null)}}\n'
RECORD = rf'{{"p":{N},"n":{N},"s":{S},"r":{N},"t":{N}(?:,"l":\[{S},{N}\])?,"m":{S}(?:,"b":{S})?}}\n'
FILED = rf'{{"checkpoint":{{"p":{N},"note":{S},"range":\[(?:{S},?)*\],"leaves":{S}}}}}\n'
END = rf'{{"end":{{"records":{N}}}}}\n'
sha256 = lambda *parts: hashlib.sha256(b''.join(parts)).digest()

def read(line, *forms):
    value = json.loads(line.decode())
    written = json.dumps(value, ensure_ascii=False, separators=(',', ':')) + '\n'
    assert any(re.fullmatch(form, written) for form in forms) and written.encode() == line, 'not in the form that an export has'
    return value

def decode(base64_text):
    data = base64.b64decode(base64_text, validate=True)
    assert base64.b64encode(data).decode() == base64_text, f'no base64: {base64_text}'
    return data

def parse_key(written):
    name, key_id, public = written.split('+', 2)
    raw = decode(public)
    assert raw[0] == 1 and len(raw) == 33 and sha256(name.encode(), b'\n', raw)[:4].hex() == key_id, f'no public key: {written}'
    return name, bytes.fromhex(key_id), DER + raw[1:]

def parse_checkpoint(note):
    partition, epoch, size, root = CHECKPOINT.fullmatch(NOTE.fullmatch(note)[1]).groups()
    return {'note': note, 'p': int(partition), 'epoch': epoch, 'size': int(size), 'root': decode(root)}

def signed_text(note, keys):  # what it says, if one of these keys has signed it
    text, lines = NOTE.fullmatch(note).groups()
    found = [(name, decode(packed)) for _, name, packed in map(str.split, lines.splitlines())]
    assert all(len(data) > 4 for _, data in found), 'a signature that is none'
    mine = ((key, data[4:]) for *name_and_id, key in keys for name, data in found if [name, data[:4]] == name_and_id)
    return text if any(is_signed(text, signature, key) for key, signature in mine) else None

def is_signed(text, signature, key):
    with tempfile.TemporaryDirectory() as folder:
        paths = [pathlib.Path(folder, name) for name in ('key', 'text', 'signature')]
        [path.write_bytes(data) for path, data in zip(paths, (key, text.encode(), signature))]
        options = 'openssl pkeyutl -verify -rawin -pubin -keyform DER -inkey {} -in {} -sigfile {}'.format(*paths)
        return subprocess.run(options.split(), capture_output=True).returncode == 0

class Partition:
    def __init__(self, number, partitions, keys, kept):
        self.number, self.partitions, self.keys, self.kept = number, partitions, keys, [one for one in kept if one['p'] == number]
        self.leaves, self.sealed, self.epoch, self.was_set_back = [], 0, None, False
        self.bad = [] if number < partitions else [(1, 'is of a partition that there is not')]

    def record(self, one):
        n, expected, (stream2, revision2) = one['n'], len(self.leaves) + 1, one.get('l', ('', 0))
        lines = '\n'.join(map(str, ['securechat/record/v1', n, one['s'], one['r'], one['t'], stream2, revision2, '']))
        meta, body = json.loads(one['m'], parse_constant=int), decode(one.get('b', ''))
        named = base64.urlsafe_b64encode(sha256(body)).decode().rstrip('=') if 'b' in one else None
        assert meta.get('body') == named and '\n' not in one['s'] + stream2, 'another body, or no stream'
        assert all(type(meta[name]) is str for name in ('id', 'type', 'cause')) and {'v', 'actor', 'data'} < {*meta}, 'no metadata'
        if n != expected:
            return self.bad.append((min(n, expected), 'is missing, or out of its place'))
        self.event(n, meta['type'], meta['data'], body)
        self.leaves.append(sha256(b'\0', lines.encode(), one['m'].encode()))

    def event(self, n, kind, data, body):
        if kind == 'EpochStarted':
            self.epoch, self.was_set_back = data['epoch'], self.was_set_back or 'previous' in data
            assert data.get('partitions', self.partitions) == self.partitions, 'another number of partitions'
        if kind == 'SigningKeyPublished':
            key, voucher = parse_key(data['key']), f"securechat/signing-key\n{data['key']}\n"
            if not self.keys or ('note' in data and signed_text(data['note'], self.keys) == voucher):
                self.keys.append(key)
        if kind == 'CheckpointSigned':
            one, said = parse_checkpoint(data['note']), (data['size'], data['epoch'], data['epoch'], decode(data['root']))
            self.checkpoint(n, one, decode(body[1:].decode()))
            assert (one['size'], one['epoch'], self.epoch, one['root']) == said, 'a checkpoint that its note is not'

    @functools.cache  # leaves are only put to the end
    def root(self, end, start=0):
        if end - start < 2:
            return b''.join(self.leaves[start:end])
        middle = start + 2 ** ((end - start - 1).bit_length() - 1)
        return sha256(b'\x01', self.root(middle, start), self.root(end, middle))

    def checkpoint(self, at, one, hashes):
        size, signed = one['size'], [hashes[i:i + 32] for i in range(0, len(hashes), 32)]
        if one['p'] != self.number or size <= self.sealed or len(hashes) % 32 or not signed_text(one['note'], self.keys):
            self.bad.append((at, 'is a checkpoint that does not count'))
        elif self.root(size) == one['root']:
            self.sealed = size
        else:  # the hashes tell which record it is, if they were signed
            start, what, other = size - len(signed), f'is not what the checkpoint of size {size} sealed', Partition(0, 1, [], [])
            other.leaves = self.leaves[:start] + signed
            known = self.sealed <= start <= len(self.leaves) and other.root(size) == one['root']
            unlike = (i + 1 for i in range(start, size) if self.leaves[i:i + 1] != [signed[i - start]])
            self.bad.append((next(unlike), what) if known else (self.sealed + 1, f'or one up to {size} {what}'))
            self.sealed = sys.maxsize  # later trees differ too, and tell nothing more

    def findings(self, epochs):  # the first
        size, epoch = len(self.leaves), epochs[self.number:self.number + 1]
        if self.sealed < max(size, 1) and not self.bad:
            self.bad.append((self.sealed + 1, 'is missing, or not sealed'))
        if self.epoch is not None and (self.was_set_back or epoch != [self.epoch]):
            self.bad.append((size + 1, f'follows epoch {self.epoch}, and the first line says another, or it was set back'))
        for one in self.kept:
            if one['size'] <= size and not signed_text(one['note'], self.keys):
                self.bad.append((1, 'has a checkpoint, kept elsewhere, that does not count'))
            elif self.root(one['size']) != one['root']:
                self.bad.append((min(size + 1, one['size']), f"contradicts what was kept elsewhere, of size {one['size']}"))
        return [f'partition {self.number}: position {n} {what}' for n, what in sorted(self.bad)[:1]]

def check(path, keys, kept):
    at, epochs, number, place = Partition(0, 1, [], []), [], 1, (1, 0)
    try:
        with (gzip.open if path.endswith('.gz') else open)(path, 'rb') as lines:
            header = read(next(lines), HEADER)
            count, epochs, form = header['partitions'], header['epochs'], header['format']
            assert form == 1 and 1 <= count <= 256, 'of an unknown format'
            parts = {p: Partition(p, count, [*map(parse_key, keys)], kept) for p in {*range(count), *(one['p'] for one in kept)}}
            for number, text in enumerate(lines, 2):
                line, before = read(text, RECORD, FILED, END), place
                one = line.get('checkpoint', line)
                place = 3 if 'end' in line else 2 if 'checkpoint' in line else 1, one.get('p', 0)
                assert before <= place and before[0] < 3, 'it is out of its place'
                at = parts[one.get('p', at.number)]
                if 'n' in line:
                    at.record(line)
                elif 'checkpoint' in line:
                    hashes = [decode(base64_text) for base64_text in (*one['range'], one['leaves'])][-1]
                    at.checkpoint(len(at.leaves) + 1, parse_checkpoint(one['note']), hashes)
            assert place[0] == 3, 'the file breaks off'
            assert line['end']['records'] == sum(len(part.leaves) for part in parts.values()), 'there were other records'
    except Exception as error:  # whatever somebody has made of a line
        at.bad.append((len(at.leaves) + 1, f'cannot be read in or behind line {number}: {error!r}'))
        return at.findings(epochs)
    return [one for p in sorted(parts) for one in parts[p].findings(epochs)]

arguments = argparse.ArgumentParser(description=__doc__)
arguments.add_argument('file')
arguments.add_argument('--key', action='append', default=[], help='a public key that counts')
arguments.add_argument('--checkpoints', help='a folder of checkpoints that were kept elsewhere')
given = arguments.parse_args()
notes = [path.read_bytes().decode() for path in pathlib.Path(given.checkpoints).glob('*.note')] if given.checkpoints else []
kept = [parse_checkpoint(note) for note in notes if (found := NOTE.fullmatch(note)) and CHECKPOINT.fullmatch(found[1])]
findings = check(given.file, given.key, kept)
sys.exit(print('\n'.join(findings) or 'whole') or len(findings) > 0)
