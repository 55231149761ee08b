package program

import (
	"slices"

	"github.com/wayflow-go/wayflow/internal/jq"
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

// mapFields is what a MapNode and a ParallelMapNode have in common.
type mapFields struct {
	node     spec.Node
	field    string // the name of subflow in the document
	subflow  *spec.Flow
	reducers spec.Dict[string]
	unpack   spec.Dict[string]
	workers  *int
	parallel bool
	// questions is true if items that run at once may ask the user.
	questions bool
	// extended is true for the ports of the extension.
	extended bool
}

// mapNode runs a flow for each item of a list, one after the other (Agent Spec, "MapNode").
func (fc *flowCompiler) mapNode(n *Node, s *spec.MapNode) {
	fc.mapping(n, mapFields{
		node: s, subflow: s.Subflow, reducers: s.Reducers, unpack: s.UnpackInput, workers: s.MaxWorkers,
		parallel: s.ParallelExecution, questions: s.AllowQuestions,
		extended: s.Extended || s.UnpackInput != nil || s.ParallelExecution || s.MaxWorkers != nil || s.AllowQuestions ||
			len(s.InputMapping)+len(s.OutputMapping) > 0,
	})
}

// parallelMapNode is a mapNode whose items run at once.
func (fc *flowCompiler) parallelMapNode(n *Node, s *spec.ParallelMapNode) {
	fc.mapping(n, mapFields{
		node: s, subflow: s.Subflow, reducers: s.Reducers, unpack: s.UnpackInput, workers: s.MaxWorkers, parallel: true,
		questions: s.AllowQuestions,
		extended: s.Extended || s.UnpackInput != nil || s.MaxWorkers != nil || s.AllowQuestions ||
			len(s.InputMapping)+len(s.OutputMapping) > 0,
	})
}

func (fc *flowCompiler) mapping(n *Node, m mapFields) {
	m.field = "subflow"
	if m.extended {
		m.field = "flow"
	}
	sub := fc.subflow(m.subflow)
	if sub == nil {
		n.Op = &Unsupported{Kind: "a flow that is missing"}
		return
	}
	op := &Map{Flow: sub, Items: -1, Parallel: m.parallel, Workers: 1}
	if m.parallel {
		op.Workers = fc.workers(m.node, m.workers)
		if !m.questions {
			fc.mayNotAsk(at(m.node, m.field), m.node, sub)
		}
	}
	n.Op = op
	if m.extended {
		fc.extendedMap(n, &m, op)
	} else {
		fc.coreMap(n, &m, op)
	}
}

// coreMap gives a map the ports of Agent Spec: an input iterated_x, a value of x or a list of them, for each input x of
// the flow, and an output collected_y for each output y that is reduced. Where the document declares a plain type, that
// says whether the input iterates; else the source of its data edge does.
func (fc *flowCompiler) coreMap(n *Node, m *mapFields, op *Map) {
	sig := &signature{branches: nextOnly, typed: true}
	for i, p := range op.Flow.inputs() {
		from := MapInput{Input: i}
		p.Title = "iterated_" + p.Title
		if op.Flow.Inputs[i].Free {
			sig.free = append(sig.free, p.Title)
			from.Input = -1
		}
		sig.inputs = append(sig.inputs, p.WithType(value.UnionOf(p.Type, value.ListOf(p.Type))))
		op.Inputs = append(op.Inputs, from)
	}
	fc.reducedOutputs(m, op, sig)
	fc.ports(n, sig)
	fc.later = append(fc.later, func() { fc.chooseItems(n, op) })
}

func (fc *flowCompiler) reducedOutputs(m *mapFields, op *Map, sig *signature) {
	for i, p := range op.Flow.outputs() {
		name, ok := m.reducers.Get(p.Title)
		if m.reducers != nil && !ok {
			continue
		}
		reduce, t := fc.reducer(m.node, name, p)
		sig.outputs = append(sig.outputs, value.Property{Title: "collected_" + p.Title, Description: p.Description, Type: t})
		op.Outputs = append(op.Outputs, MapOutput{Output: i, Reduce: reduce})
	}
	for _, e := range m.reducers {
		if _, ok := find(op.Flow.outputs(), e.Key); !ok {
			fc.warnf(at(m.node, "reducers", e.Key), "unknown-output", "use one of its outputs: "+propertyNames(op.Flow.outputs()),
				"%s reduces %q, which flow %q does not have", nodeName(m.node), e.Key, op.Flow.Name)
		}
	}
}

// reducer returns a reducer by its name, and the type of what it makes of an output.
func (fc *flowCompiler) reducer(n spec.Node, name string, p value.Property) (Reducer, *value.Type) {
	kind := value.TypeAny
	if p.Type != nil {
		kind = p.Type.Kind
	}
	number := kind == value.TypeAny || kind == value.TypeInteger || kind == value.TypeNumber || kind == value.TypeBoolean
	r, need := Append, "numbers"
	t := p.Type
	switch name {
	case "", "append":
		return Append, value.ListOf(p.Type)
	case "sum":
		r = Sum
	case "average":
		r = Average
		if kind != value.TypeAny {
			t = value.NumberType
		}
	case "max", "min":
		if r = Max; name == "min" {
			r = Min
		}
		need = "numbers or texts"
		number = number || kind == value.TypeString
	default:
		fc.errorf(at(n, "reducers", p.Title), "reducer", "use append, sum, average, max or min",
			"%s has the unknown reducer %q", nodeName(n), name)
		return r, t
	}
	if !number {
		fc.errorf(at(n, "reducers", p.Title), "reducer", "use append, or an output of "+need,
			"%s cannot take the %s of output %q, which is %s", nodeName(n), name, p.Title, p.Type)
	}
	return r, t
}

// chooseItems decides which inputs iterate.
func (fc *flowCompiler) chooseItems(n *Node, op *Map) {
	iterates := false
	for i := range op.Inputs {
		if op.Inputs[i].Input < 0 {
			continue
		}
		in := &n.Inputs[i]
		op.Inputs[i].From = fc.mapSource(n, in, op.Flow.Inputs[i].Type)
		iterates = iterates || op.Inputs[i].From != Whole
		if k := in.Type.Kind; k == value.TypeUnion || k == value.TypeAny {
			in.Cast = false // each item is cast by itself: a union with text would make a list a text
		}
	}
	if !iterates {
		fc.errorf(at(n.Spec), "nothing-iterated", "lead a list of what its flow takes to one of its inputs",
			"%s has no input that holds a list of items", nodeName(n.Spec))
	}
}

// mapSource says what an input of a flow gets of an input of the node.
func (fc *flowCompiler) mapSource(n *Node, in *Input, item *value.Type) MapSource {
	if in.Type.Kind != value.TypeUnion && in.Type.Kind != value.TypeAny {
		return sourceFor(in.Type, item)
	}
	var sources []MapSource
	for _, t := range fc.sourceTypes(n, in.Slot) {
		sources = append(sources, sourceFor(t, item))
	}
	return agreed(sources)
}

// agreed is what several sources have in common; where they differ the value decides.
func agreed(sources []MapSource) MapSource {
	if len(sources) == 0 {
		return Whole
	}
	for _, s := range sources {
		if s != sources[0] {
			return ItemIfList
		}
	}
	return sources[0]
}

// sourceTypes are the types of what feeds a slot.
func (fc *flowCompiler) sourceTypes(n *Node, slot int) (types []*value.Type) {
	for _, p := range fc.producers[slot] {
		for _, out := range fc.out.Nodes[p].Outputs {
			if slices.Contains(out.Targets, slot) {
				types = append(types, out.Type)
			}
		}
	}
	for _, g := range n.Gather {
		for _, i := range g.Inputs {
			if n.Inputs[i].Slot == slot {
				types = append(types, g.Provider.Output.Type)
			}
		}
	}
	return types
}

// sourceFor says whether something of type t is what a flow takes, or a list of that. A list of just that type, or just
// that type, settles it. Where a list could be both, since the flow takes anything or text, it is iterated.
func sourceFor(t, item *value.Type) MapSource {
	list := value.ListOf(item)
	switch {
	case value.SameType(t, list):
		return Item
	case value.SameType(t, item):
		return Whole
	case t == nil || t.Kind == value.TypeAny:
		return ItemIfList
	case t.Kind == value.TypeUnion && len(t.Members) > 0:
		var sources []MapSource
		for _, member := range t.Members {
			sources = append(sources, sourceFor(member, item))
		}
		return agreed(sources)
	case t.Kind == value.TypeList && value.CanCast(t, list):
		return Item
	}
	return Whole
}

// iteratedInput is the input with the items, in the extension.
const iteratedInput = "iterated_input"

// extendedMap gives a map the ports of the extension: the list, the inputs of the flow that are not taken from an item,
// and those outputs of the flow that the document declares.
func (fc *flowCompiler) extendedMap(n *Node, m *mapFields, op *Map) {
	sig := &signature{branches: nextOnly, typed: true, loose: true}
	item := value.AnyType
	for i, p := range op.Flow.inputs() {
		from := MapInput{Input: -1}
		query, unpacked := m.unpack.Get(p.Title)
		switch {
		case unpacked:
			from.Query = fc.query(at(m.node, "unpack_input", p.Title), m.node, query)
			if len(m.unpack) == 1 && query == "." {
				item = p.Type
			}
		case op.Flow.Inputs[i].Free:
		default:
			from.Input = len(sig.inputs)
			sig.inputs = append(sig.inputs, p)
		}
		op.Inputs = append(op.Inputs, from)
	}
	for _, e := range m.unpack {
		if _, ok := find(op.Flow.inputs(), e.Key); !ok {
			fc.errorf(at(m.node, "unpack_input", e.Key), "unknown-input", "use one of its inputs: "+propertyNames(op.Flow.inputs()),
				"%s unpacks items into %q, which is no input of flow %q", nodeName(m.node), e.Key, op.Flow.Name)
		}
	}
	op.Items = len(sig.inputs)
	sig.inputs = append(sig.inputs, value.Property{Title: iteratedInput, Type: value.ListOf(item)})
	fc.collectedOutputs(m, op, sig)
	fc.ports(n, sig)
	fc.checkItems(n, m, n.Inputs[op.Items].Type, item)
}

// query parses a jq query of the document.
func (fc *flowCompiler) query(where finding, n spec.Node, text string) *jq.Query {
	q, err := jq.Parse(text)
	if err != nil {
		fc.errorf(where, "jq", "mend the query", "%s: %s", nodeName(n), err)
		return nil
	}
	return q
}

// collectedOutputs are the outputs of the flow that the document declares for the node: lists of what the items yield.
func (fc *flowCompiler) collectedOutputs(m *mapFields, op *Map, sig *signature) {
	mapping := m.node.Node().OutputMapping
	declared := m.node.Ports().Outputs
	for i, p := range op.Flow.outputs() {
		outer := outerName(mapping, p.Title)
		j := slices.IndexFunc(declared, func(d value.Property) bool { return d.Title == outer })
		if j < 0 {
			if _, renamed := mapping.Get(p.Title); !renamed {
				continue // a renamed output stays, so that the mapping is no finding
			}
		} else if k := declared[j].Type; k != nil && k.Kind != value.TypeList && k.Kind != value.TypeAny {
			fc.errorf(at(m.node, "outputs", j), "map-output", "declare a list",
				"%s collects %q from all items, so it is a list and not %s", nodeName(m.node), outer, k)
		}
		sig.outputs = append(sig.outputs, value.Property{Title: p.Title, Type: value.ListOf(p.Type)})
		op.Outputs = append(op.Outputs, MapOutput{Output: i})
	}
}

// checkItems checks that a type can be iterated over.
func (fc *flowCompiler) checkItems(n *Node, m *mapFields, t, item *value.Type) {
	where := at(m.node, "inputs")
	kind := value.TypeAny
	if t != nil {
		kind = t.Kind
	}
	switch kind {
	case value.TypeAny:
	case value.TypeDict, value.TypeObject:
		if len(m.unpack) == 0 {
			fc.errorf(at(m.node, "unpack_input"), "map-dict", "say with unpack_input what of ._key and ._value goes where",
				"%s iterates over an object, but takes nothing from its entries", nodeName(m.node))
		}
	case value.TypeList:
		if why := value.WhyNotCast(t.Items, item); why != "" && t.Items != nil && t.Items.Kind != value.TypeAny {
			fc.errorf(where, "type-mismatch", "change one of the types",
				"an item of %s cannot be an input of flow %q: %s", nodeName(m.node), n.Op.(*Map).Flow.Name, why)
		}
	default:
		fc.errorf(where, "map-items", "give it a list, or an object",
			"%s cannot iterate over %s", nodeName(m.node), t)
	}
}
