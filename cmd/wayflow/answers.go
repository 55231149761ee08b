package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/wayflow-go/wayflow"
	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/value"
)

// answerFlags are the answers that a command line gives to what a conversation waits for, in their order.
type answerFlags struct {
	replies []*reply
	file    string
}

// reply is one answer. What it answers is the open request with the ID, or else the first one that it fits.
type reply struct {
	id string
	// One of the following is set.
	message  *string
	result   *toolResult
	decision *decision
	login    *string // the URL that a browser was sent back to
}

// toolResult is the result of one tool that whoever runs the conversation has performed.
type toolResult struct {
	tool  string // its name, or the ID of the request for it
	value value.Value
}

// decision says whether tools may be called, or that a login is refused.
type decision struct {
	confirmed bool
	args      wayflow.Inputs
	reason    string
}

// add adds the flags that answer.
func (f *answerFlags) add(flags *pflag.FlagSet) {
	flags.Var(f.each("TEXT", func(text string) error {
		f.replies = append(f.replies, &reply{message: &text})
		return nil
	}), "message", "a `TEXT` that answers the next question to the user")
	flags.Var(f.each("NAME=JSON", func(text string) error {
		name, text, err := splitPair("--result", text)
		if err != nil {
			return err
		}
		f.replies = append(f.replies, &reply{result: &toolResult{name, resultValue(text)}})
		return nil
	}), "result", "the result of a tool that the flow waits for, as `NAME=JSON`")
	confirm := flags.VarPF(f.each("", func(string) error {
		f.replies = append(f.replies, &reply{decision: &decision{confirmed: true}})
		return nil
	}), "confirm", "", "let the next tool be called that is to be confirmed")
	confirm.NoOptDefVal = "true"
	flags.Var(f.each("JSON", f.setArgs), "args", "confirm the next tool with other arguments: a `JSON` object of those that change")
	flags.Var(f.each("REASON", func(text string) error {
		f.replies = append(f.replies, &reply{decision: &decision{reason: text}})
		return nil
	}), "reject", "do not let the next tool be called, or refuse the login, for a `REASON`")
	flags.Var(f.each("URL", func(text string) error {
		f.replies = append(f.replies, &reply{login: &text})
		return nil
	}), "login", "the `URL` that the browser was sent to after the login that the flow waits for")
	flags.StringVar(&f.file, "answers", "", "a JSON `FILE` with answers, each with the id of its request")
}

// setArgs changes the arguments of the confirmation before it, or confirms.
func (f *answerFlags) setArgs(text string) error {
	args, err := parseArgs(text)
	if err != nil {
		return err
	}
	if last := len(f.replies) - 1; last >= 0 {
		if d := f.replies[last].decision; d != nil && d.confirmed && d.args == nil {
			d.args = args
			return nil
		}
	}
	f.replies = append(f.replies, &reply{decision: &decision{confirmed: true, args: args}})
	return nil
}

// resultValue is what a text means as the result of a tool: JSON if it is some, else itself.
func resultValue(text string) value.Value {
	if v, err := value.ParseJSON([]byte(text)); err == nil {
		return v
	}
	return value.String(text)
}

func parseArgs(text string) (wayflow.Inputs, error) {
	v, err := value.ParseJSON([]byte(text))
	if err != nil {
		return nil, fmt.Errorf("it is no JSON: %w", err)
	}
	o, ok := v.AsObject()
	if !ok {
		return nil, fmt.Errorf("write a JSON object of arguments, not %s", v.Kind())
	}
	args := wayflow.Inputs{}
	for name, v := range o.All() {
		args[name] = v
	}
	return args, nil
}

// each is a flag that may be given several times.
func (*answerFlags) each(kind string, add func(text string) error) pflag.Value {
	return &repeated{kind, add}
}

type repeated struct {
	kind string
	add  func(text string) error
}

func (r *repeated) String() string        { return "" }
func (r *repeated) Type() string          { return strings.ToLower(r.kind) }
func (r *repeated) Set(text string) error { return r.add(text) }

// read returns all answers: those of the flags, and then those of the file.
func (f *answerFlags) read() ([]*reply, error) {
	if f.file == "" {
		return f.replies, nil
	}
	data, err := readFile(f.file)
	if err != nil {
		return nil, err
	}
	v, err := value.ParseJSON(data)
	if err != nil {
		return nil, usagef("--answers %s: %v", f.file, err)
	}
	list, ok := v.AsList()
	if !ok {
		list = []value.Value{v}
	}
	replies := slices.Clone(f.replies)
	for i, v := range list {
		read, err := readReplies(v)
		if err != nil {
			return nil, usagef("--answers %s: answer %d %v", f.file, i+1, err)
		}
		replies = append(replies, read...)
	}
	return replies, nil
}

// readReplies reads an answer of a file: {"id": ..., and "message", "results", "confirm" (and "args"), "reject" or "login"}.
func readReplies(v value.Value) ([]*reply, error) {
	o, ok := v.AsObject()
	if !ok {
		return nil, fmt.Errorf("is %s; it must be a JSON object", v.Kind())
	}
	var id string
	var args wayflow.Inputs
	var replies []*reply
	for name, v := range o.All() {
		text, isText := v.AsString()
		object, isObject := v.AsObject()
		yes, isBool := v.AsBool()
		switch {
		case name == "id" && isText:
			id = text
		case name == "message" && isText:
			replies = append(replies, &reply{message: &text})
		case name == "login" && isText:
			replies = append(replies, &reply{login: &text})
		case name == "reject" && isText:
			replies = append(replies, &reply{decision: &decision{reason: text}})
		case name == "confirm" && isBool && yes:
			replies = append(replies, &reply{decision: &decision{confirmed: true}})
		case name == "args" && isObject:
			args = wayflow.Inputs{}
			for name, v := range object.All() {
				args[name] = v
			}
		case name == "results" && isObject:
			for tool, v := range object.All() {
				replies = append(replies, &reply{result: &toolResult{tool, v}})
			}
		default:
			return nil, fmt.Errorf(`has %q: %s; it may have "id", and one of "message" (a text), "results" (an object of tools), `+
				`"confirm" (true; with "args", an object), "reject" (a reason) and "login" (a URL)`, name, value.AppendJSON(nil, v))
		}
	}
	if len(replies) == 0 || len(replies) > 1 && replies[0].result == nil {
		return nil, fmt.Errorf("must have one of message, results, confirm, reject and login")
	}
	if args != nil {
		if d := replies[0].decision; d == nil || !d.confirmed {
			return nil, fmt.Errorf("has args and does not confirm")
		}
		replies[0].decision.args = args
	}
	for _, r := range replies {
		r.id = id
	}
	return replies, nil
}

// take removes and returns the first reply that is meant for a request and that fits.
func (a *answers) take(id string, fits func(r *reply) bool) *reply {
	i := slices.IndexFunc(a.given, func(r *reply) bool { return (r.id == "" || r.id == id) && fits(r) })
	if i < 0 {
		return nil
	}
	r := a.given[i]
	a.given = slices.Delete(slices.Clone(a.given), i, i+1)
	a.taken++
	return r
}

func isMessage(r *reply) bool  { return r.message != nil }
func isDecision(r *reply) bool { return r.decision != nil }
func isRefusal(r *reply) bool  { return r.decision != nil && !r.decision.confirmed }
func isLogin(r *reply) bool    { return r.login != nil }

// results answers a request for tools, if there is a result for each of them.
func (a *answers) results(conv *wayflow.Conversation, r *wayflow.Request, s *wayflow.ToolRequested) error {
	var values []value.Value
	var missing []string
	for i := range s.Requests {
		tool := &s.Requests[i]
		given := a.take(r.ID, func(r *reply) bool {
			return r.result != nil && (r.result.tool == tool.Name || r.result.tool == tool.ID)
		})
		if given == nil {
			missing = append(missing, tool.Name)
			continue
		}
		values = append(values, given.result.value)
	}
	switch {
	case len(values) == 0:
		return errNoAnswer
	case missing != nil:
		return usagef("the flow waits for the results of several tools at once; give that of %s too", strings.Join(missing, ", "))
	}
	return conv.ReturnTo(r.ID, values...)
}

// login answers a request to log in: with what was given, or by having the user do it.
func (a *answers) login(ctx context.Context, id string, s *wayflow.AuthorizationRequired) error {
	if r := a.take(id, isLogin); r != nil {
		return s.SubmitRedirect(*r.login)
	}
	if r := a.take(id, isRefusal); r != nil {
		return s.Deny(r.decision.reason)
	}
	if a.user == nil {
		return errNoAnswer
	}
	back := a.logins[s.URL] // branches that wait for the same login get it together
	if back == "" {
		var err error
		if back, err = userLogin(ctx, a.user, s.URL, s.RedirectURI); err != nil {
			return err
		}
	}
	if a.logins == nil {
		a.logins = map[string]string{}
	}
	a.logins[s.URL] = back
	return s.SubmitRedirect(back)
}

// decide decides about a call.
func (d *decision) decide(s *wayflow.ToolConfirmationRequired, r *message.ToolRequest) error {
	if d.confirmed {
		return s.Confirm(r.ID, d.args)
	}
	return s.Reject(r.ID, d.reason)
}

// reportUnused tells which answers the conversation did not ask for, which may have been meant for something else.
func reportUnused(w io.Writer, unused []*reply) {
	for _, r := range unused {
		switch {
		case r.message != nil:
			fmt.Fprintf(w, "wayflow: the message %q was never asked for\n", *r.message)
		case r.decision != nil:
			fmt.Fprintln(w, "wayflow: a decision on a tool was never asked for")
		case r.login != nil:
			fmt.Fprintln(w, "wayflow: a login was never asked for")
		default:
			fmt.Fprintln(w, "wayflow: a result of a tool was never asked for")
		}
	}
}
