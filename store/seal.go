package store

import (
	"bytes"
	"compress/flate"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"strings"
	"sync"
)

// Key seals what a conversation says with AES-256-GCM. What is needed for listing stays readable: names, times, statuses.
type Key [32]byte

// ParseKeys reads keys, one a line, each 32 bytes as base64 or hexadecimal digits. Empty lines and those that begin with #
// are skipped. The first key is the newest.
func ParseKeys(text string) ([]Key, error) {
	var keys []Key
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		raw, err := hex.DecodeString(line)
		if err != nil {
			raw, err = base64.StdEncoding.DecodeString(line)
		}
		if err != nil || len(raw) != len(Key{}) {
			return nil, fmt.Errorf("line %d is no key: write 32 bytes as base64 or hexadecimal digits, such as from `openssl rand -base64 32`", i+1)
		}
		keys = append(keys, Key(raw))
	}
	return keys, nil
}

// Fingerprint names the key in messages. It tells nothing of the key itself.
func (k Key) Fingerprint() string { id := k.id(); return hex.EncodeToString(id[:]) }

func (k Key) id() (id [8]byte) {
	sum := sha256.Sum256(append([]byte("wayflow store key "), k[:]...))
	copy(id[:], sum[:])
	return id
}

// AsideSize is the size in bytes from which a record is compressed and stored apart from the journal, unless a store is
// told otherwise.
const AsideSize = 4 << 10

// Sealer turns what is to be stored into the bytes that are, and back. A nil Key list only adds a checksum.
type Sealer struct {
	keys map[[8]byte]cipher.AEAD
	id   [8]byte
	seal cipher.AEAD // nil without keys
	// compress is the size from which things are compressed.
	compress int
}

// NewSealer returns a sealer. The first key seals, all of them open. What has compress bytes or more is compressed; 0
// means [AsideSize].
func NewSealer(keys []Key, compress int) *Sealer {
	if compress <= 0 {
		compress = AsideSize
	}
	s := &Sealer{keys: map[[8]byte]cipher.AEAD{}, compress: compress}
	for i, k := range keys {
		aead := newAEAD(k)
		s.keys[k.id()] = aead
		if i == 0 {
			s.id, s.seal = k.id(), aead
		}
	}
	return s
}

func newAEAD(k Key) cipher.AEAD {
	block, err := aes.NewCipher(k[:])
	if err != nil {
		panic(err) // the key has a right length
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		panic(err)
	}
	return aead
}

// The first byte of what is stored says what was done to it.
const (
	compressed = 1 << iota
	encrypted
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Seal returns what to store. The place binds it to where it belongs.
func (s *Sealer) Seal(place string, data []byte) []byte {
	var flags byte
	if len(data) >= s.compress {
		if small := deflate(data); len(small) < len(data) {
			flags, data = flags|compressed, small
		}
	}
	if s.seal == nil {
		out := make([]byte, 5, 5+len(data))
		out[0] = flags
		out = append(out, data...)
		binary.BigEndian.PutUint32(out[1:], checksum(place, flags, data))
		return out
	}
	flags |= encrypted
	head := 1 + len(s.id) + s.seal.NonceSize()
	out := make([]byte, head, head+len(data)+s.seal.Overhead())
	out[0] = flags
	copy(out[1:], s.id[:])
	nonce := out[1+len(s.id) : head]
	_, _ = rand.Read(nonce) // never fails
	return s.seal.Seal(out, nonce, data, additional(place, flags))
}

func additional(place string, flags byte) []byte { return append([]byte(place), flags) }

func checksum(place string, flags byte, data []byte) uint32 {
	sum := crc32.Update(0, castagnoli, []byte(place))
	sum = crc32.Update(sum, castagnoli, []byte{flags})
	return crc32.Update(sum, castagnoli, data)
}

var (
	errCut      = errors.New("it is cut off")
	errChecksum = errors.New("the checksum is wrong")
	errForm     = errors.New("its form is not known")
)

// Open returns what was sealed for a place. The error is a [*KeyError] if the key is missing; any other means that it is
// not what was stored.
func (s *Sealer) Open(place string, sealed []byte) ([]byte, error) {
	if len(sealed) < 5 {
		return nil, errCut
	}
	flags, data := sealed[0], sealed[1:]
	switch {
	case flags&^(compressed|encrypted) != 0:
		return nil, errForm
	case flags&encrypted == 0:
		sum := binary.BigEndian.Uint32(data)
		if data = data[4:]; checksum(place, flags, data) != sum {
			return nil, errChecksum
		}
	default:
		var err error
		if data, err = s.decrypt(place, flags, data); err != nil {
			return nil, err
		}
	}
	if flags&compressed != 0 {
		return io.ReadAll(flate.NewReader(bytes.NewReader(data)))
	}
	return data, nil
}

func (s *Sealer) decrypt(place string, flags byte, data []byte) ([]byte, error) {
	var id [8]byte
	if len(data) < len(id) {
		return nil, errCut
	}
	copy(id[:], data)
	aead := s.keys[id]
	if aead == nil {
		return nil, &KeyError{hex.EncodeToString(id[:])}
	}
	data = data[len(id):]
	if len(data) < aead.NonceSize() {
		return nil, errCut
	}
	return aead.Open(nil, data[:aead.NonceSize()], data[aead.NonceSize():], additional(place, flags))
}

var deflaters = sync.Pool{New: func() any {
	w, err := flate.NewWriter(io.Discard, flate.BestSpeed)
	if err != nil {
		panic(err) // the level is a right one
	}
	return w
}}

func deflate(data []byte) []byte {
	w := deflaters.Get().(*flate.Writer)
	defer deflaters.Put(w)
	var b bytes.Buffer
	w.Reset(&b)
	_, _ = w.Write(data) // a buffer takes everything
	_ = w.Close()
	return b.Bytes()
}
