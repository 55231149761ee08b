package store

import "strconv"

// The places of what is sealed, see [Sealer.Seal]: a record of a conversation, its state after one, a document.

// RecordPlace is that of a record.
func RecordPlace(id string, seq int64) string {
	return "record " + strconv.FormatInt(seq, 10) + " of conversation " + id
}

// StatePlace is that of the state after a record.
func StatePlace(id string, seq int64) string {
	return "state after record " + strconv.FormatInt(seq, 10) + " of conversation " + id
}

// DocumentPlace is that of a document.
func DocumentPlace(hash string) string { return "document " + hash }

// OpenAt is [Sealer.Open] with a [*CorruptError] that names the place.
func (s *Sealer) OpenAt(place string, sealed []byte) ([]byte, error) {
	data, err := s.Open(place, sealed)
	if err != nil {
		return nil, &CorruptError{What: "the " + place, Err: err}
	}
	return data, nil
}
