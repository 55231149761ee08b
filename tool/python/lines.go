package python

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"strconv"

	"github.com/wayflow-go/wayflow/tool"
	"github.com/wayflow-go/wayflow/value"
)

// The protocol is described at the head of host.py.

// callLine returns the request to call a function.
func callLine(id uint64, function, key string, args *value.Object) []byte {
	b := strconv.AppendUint(nil, id, 10)
	b = append(b, "\tcall\t"...)
	b = append(b, function...)
	b = append(b, '\t')
	b = value.AppendQuoted(b, key)
	b = append(b, '\t')
	b = value.AppendJSON(b, args.Of())
	return append(b, '\n')
}

// cancelLine returns the request to give up a call.
func cancelLine(id uint64) []byte {
	return append(strconv.AppendUint(nil, id, 10), "\tcancel\n"...)
}

// reply is a line that the process wrote. Its JSON has not been looked at.
type reply struct {
	id   uint64
	kind string
	json []byte
}

// The kinds of replies.
const (
	replyReady  = "ready"
	replyFailed = "failed"
	replyValue  = "value"
	replyMarked = "marked"
	replyError  = "error"
)

var errNoReply = errors.New("this is no line of the protocol")

// parseReply takes a line apart. The reply keeps hold of the line.
func parseReply(line []byte) (reply, error) {
	head, rest, ok1 := bytes.Cut(line, []byte{'\t'})
	kind, text, ok2 := bytes.Cut(rest, []byte{'\t'})
	id, err := strconv.ParseUint(string(head), 10, 64)
	if !ok1 || !ok2 || err != nil {
		return reply{}, errNoReply
	}
	r := reply{id: id, json: text}
	for _, known := range []string{replyReady, replyFailed, replyValue, replyMarked, replyError} {
		if string(kind) == known {
			r.kind = known
			return r, nil
		}
	}
	return reply{}, errNoReply
}

// result returns what a call came to.
func (r reply) result(name string) (value.Value, error) {
	var v value.Value
	var err error
	switch r.kind {
	case replyValue:
		v, err = value.ParseJSON(r.json)
	case replyMarked:
		err = v.UnmarshalJSON(r.json)
	case replyError:
		var f fault
		if f, err = parseFault(r.json); err == nil {
			return value.Null, &tool.Error{
				Tool: name, Class: f.class, Ancestors: f.ancestors, Message: f.message, Stack: f.stack,
			}
		}
	default:
		err = errNoReply
	}
	if err != nil {
		return value.Null, tool.Failf(name, tool.ValueError, "the result cannot be read: %v", err)
	}
	return v, nil
}

// fault is an exception as the process describes it.
type fault struct {
	class     string
	ancestors []string
	message   string
	stack     string
	file      string
	line      int64 // 0: unknown
}

func parseFault(text []byte) (f fault, err error) {
	v, err := value.ParseJSON(text)
	if err != nil {
		return fault{}, err
	}
	f = fault{
		class: v.Get("class").Str(), message: v.Get("message").Str(), stack: v.Get("stack").Str(),
		file: v.Get("file").Str(), ancestors: []string{},
	}
	f.line, _ = v.Get("line").AsInt()
	names, _ := v.Get("ancestors").AsList()
	for _, n := range names {
		f.ancestors = append(f.ancestors, n.Str())
	}
	if f.class == "" {
		return fault{}, fmt.Errorf("an exception without a class: %s", v)
	}
	return f, nil
}

var errLongLine = errors.New("a line is longer than any answer may be")

// readLine returns the next line without its end. It owns what it returns.
func readLine(r *bufio.Reader, most int) ([]byte, error) {
	var line []byte
	for {
		part, err := r.ReadSlice('\n')
		if len(line)+len(part) > most {
			return nil, errLongLine
		}
		line = append(line, part...)
		switch {
		case err == nil:
			return bytes.TrimRight(line, "\r\n"), nil
		case !errors.Is(err, bufio.ErrBufferFull):
			return nil, err
		}
	}
}
